"""/styleguide/: the pieces that pages are made of, in every state, from the real templates.

For who works on the look, so it is here while DEBUG or the demo is on, and in English alone.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from petitions.models import ActionStep, Petition, Update
from petitions.states import Outcome, Status
from supporters import browse
from supporters.chart import Chart, Period
from supporters.count import Tally
from supporters.forms import SignForm

# Name, where it is used. The values are in site.css, and only there.
COLOURS = [
    ("paper", "the ground of every page"),
    ("print", "what the site or an organizer wrote"),
    ("print-2", "small text beside it"),
    ("sheet", "the form, a quoted script"),
    ("ink", "what a person does or did: number, button, link, focus"),
    ("ink-2", "the same under a pointer"),
    ("on-ink", "words on ink"),
    ("wash", "a match of a search, a number that has just changed"),
    ("edge", "borders of what can be typed into or pressed"),
    ("rule", "lines between rows; decoration alone"),
    ("error", "what has to be put right"),
    ("error-wash", "behind it"),
    ("win", "won, wholly or in part"),
    ("win-wash", "behind it"),
    ("hold", "being checked"),
    ("hold-wash", "behind it"),
]
SIZES = [
    ("title", "The heading of a page, in the document's letters"),
    ("larger", "A number in a list"),
    ("large", "A heading of a section"),
    ("story", "The story of a petition"),
    ("body", "Everything else"),
    ("small", "Dates, hints, sources"),
]
SPACES = ["25", "50", "75", "100", "150", "200", "300", "400"]  # hundredths of a rem
GROWTH = [41, 120, 300, 266, 41, 90, 220, 156]  # signatures a week
COUNTS = [0, 1, 41, 766, 1_234, 12_345, 123_456, 1_234_567]
WRONG = {
    "given_name": "",
    "family_name": "Haddad",
    "email": "noor at example",
    "country": "GB",
    "postal_code": "1",
    "display": "initial",
    "reason": "x" * 538,
}


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.PETITIONS_DEMO):
        raise Http404
    context = {
        "colours": COLOURS,
        "sizes": SIZES,
        "spaces": SPACES,
        "petition": _petition(),
        "counts": [_tally(count) for count in COUNTS],
        "goals": [
            _tally(1_234, goal=2_000),
            _tally(2_345, goal=2_000),
            _tally(1_234, goal=2_000, is_open=False),
        ],
        "bands": _bands(),
        "form": SignForm(),
        "wrong": _wrong_form(),
        "rows": _rows(),
        "steps": [_step()],
        "chart": _chart(),
        "updates": _updates(),
    }
    return render(request, "supporters/styleguide.html", context)


def _petition(**fields: Any) -> Petition:
    """Never saved. Its address leads nowhere."""
    return Petition(slug="weir-lane", title="Mend the bridge", language="en", **fields)


def _tally(count: int, *, goal: int | None = None, is_open: bool = True) -> Tally:
    return Tally(count=count, goal=goal, is_open=is_open, as_of=timezone.now())


def _chart() -> Chart:
    first = timezone.localtime() - timedelta(weeks=len(GROWTH))
    periods = [
        Period(
            start=first + timedelta(weeks=week),
            end=first + timedelta(weeks=week + 1),
            signed=signed,
            total=sum(GROWTH[: week + 1]),
        )
        for week, signed in enumerate(GROWTH)
    ]
    return Chart(step="week", periods=periods, before=0, end=periods[-1].end)


def _bands() -> list[Petition]:
    closed = [
        _petition(status=Status.CLOSED, outcome=outcome, outcome_note="See below.")
        for outcome in Outcome.values
    ]
    return [*(_petition(status=status) for status in (Status.IN_REVIEW, Status.REJECTED)), *closed]


def _wrong_form() -> SignForm:
    form = SignForm(WRONG, auto_id="wrong_%s")
    form.is_valid()
    return form


def _rows() -> list[Any]:
    """Of the petitions that are here one of each kind."""
    kinds = [
        Q(status=Status.OPEN, goal__isnull=False),
        *(Q(status=Status.CLOSED, outcome=outcome) for outcome in Outcome.values),
        Q(status=Status.REJECTED),
    ]
    found = (
        Petition.objects.filter(kind).order_by("-id").values_list("pk", flat=True).first()
        for kind in kinds
    )
    return list(browse.rows([pk for pk in found if pk is not None]))


def _updates() -> list[Update]:
    html = "<p>The date is that of the event, written so that nobody takes a month for a day.</p>"
    return [
        Update(pk=number, kind=kind, title="The board answered", html=html)
        for number, kind in enumerate(Update.Kind, start=1)
    ]


def _step() -> ActionStep:
    return ActionStep(
        kind=ActionStep.Kind.CALL,
        contact="the Bridges Board",
        phone="01632 960 147",
        instruction="Mornings are best.",
        script="Hello, my name is … and I live near Weir Lane. When will the bridge be mended?",
    )
