"""The next step that is suggested to who runs a petition: one at a time, from what is known."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext

from petitions.models import Petition, PetitionTarget, Update
from supporters import sources
from supporters.models import GrowthFigures, HourlyCount, MilestoneReached

from . import milestones
from .shown import SMALLEST, Rate, late_rate

QUIET = dt.timedelta(days=14)  # and its organizer is told (quiet.py)
NEWS = dt.timedelta(days=7)  # for how long a milestone is news
SILENCE = dt.timedelta(days=30)  # since the last update
_FIRST_TEN = 10
_ENOUGH = 20  # to speak of a rate
_FEW_CONFIRM = 50  # percent
_WORTH_AN_UPDATE = 25
_WORTH_A_LETTER = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`kind`: where it is done: share, update, goal, target, or ''."""

    kind: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the choice follows from."""

    total: int
    last_update: dt.datetime | None
    target: str
    milestone: tuple[int, dt.datetime] | None  # the last one, if it was reached here
    last_supporter: dt.datetime | None
    late: Rate
    best_source: str

    def has_come_since(self, now: dt.datetime) -> bool:
        """Whether anybody came within the last two weeks, so that it is not quiet."""
        return self.last_supporter is not None and now - self.last_supporter < QUIET

    @classmethod
    def of(cls, petition: Petition, figures: GrowthFigures | None, total: int) -> "Facts":
        """In one statement."""
        mine = {"petition": OuterRef("pk")}
        published = Update.objects.filter(**mine).published(timezone.now()).order_by()
        reached = MilestoneReached.objects.filter(**mine, reached_at__isnull=False).order_by(
            "-number"
        )
        decides = PetitionTarget.objects.addressed().filter(**mine).order_by("pk")
        found = (
            Petition.objects.filter(pk=petition.pk)
            .annotate(
                last_update=Subquery(
                    published.values("petition").annotate(last=Max("published_at")).values("last")
                ),
                target_name=Subquery(decides.values("target__name")[:1]),
                milestone=Subquery(reached.values("number")[:1]),
                milestone_at=Subquery(reached.values("reached_at")[:1]),
                last_hour=Subquery(
                    HourlyCount.objects.filter(**mine).order_by("-hour").values("hour")[:1]
                ),
            )
            .values_list("last_update", "target_name", "milestone", "milestone_at", "last_hour")
            .get()
        )
        last_update, target, milestone, milestone_at, last_hour = found
        return cls(
            total=total,
            last_update=last_update,
            target=target or "",
            milestone=(milestone, milestone_at) if milestone else None,
            last_supporter=last_hour,
            late=late_rate(figures) if figures else Rate(signed=0, confirmed=0, waiting=0),
            best_source=_best(figures),
        )


def next_step(petition: Petition, facts: Facts) -> Step:
    if petition.is_closed:
        return _after(petition, facts)
    if petition.read_only:
        return Step(kind="", text=gettext("It is signed elsewhere: nothing is to be done here."))
    now = timezone.now()
    for found in (
        _share_first(facts),
        _thank(petition, facts, now),
        _after_goal(petition, facts),
        _confirm(facts),
        _wake(facts, now),
        _address(facts),
        _tell(facts, now),
    ):
        if found:
            return found
    return Step(
        kind="share",
        text=gettext("Share it where most supporters came from: %(source)s.")
        % {"source": facts.best_source}
        if facts.best_source
        else gettext("Share it once more, with people who have not heard of it."),
        why=gettext("The next milestone is %(number)s supporters.")
        % {"number": number_format(milestones.next_after(facts.total), force_grouping=True)},
    )


def _after(petition: Petition, facts: Facts) -> Step:
    ended = petition.ended_at
    if ended is not None and (facts.last_update is None or facts.last_update < ended):
        return Step(
            kind="update",
            text=gettext("Tell supporters how it ended, in a last update."),
            why=gettext("It is closed, and nothing was said since."),
        )
    return Step(kind="", text=gettext("It is closed: nothing is left to do here."))


def _share_first(facts: Facts) -> Step | None:
    if facts.total >= _FIRST_TEN:
        return None
    return Step(
        kind="share",
        text=gettext("Share it with ten people who care, one by one."),
        why=gettext("The first ten supporters come from people you know."),
    )


def _thank(petition: Petition, facts: Facts, now: dt.datetime) -> Step | None:
    if facts.milestone is None:
        return None
    number, at = facts.milestone
    if now - at > NEWS or (facts.last_update is not None and facts.last_update > at):
        return None
    return Step(
        kind="update",
        text=gettext("Thank your supporters in an update."),
        why=gettext("%(number)s supporters: that is news to everybody who signed.")
        % {"number": number_format(number, force_grouping=True)},
    )


def _after_goal(petition: Petition, facts: Facts) -> Step | None:
    if not petition.goal or facts.total < petition.goal:
        return None
    return Step(
        kind="goal",
        text=gettext("Set a further goal, or write to %(target)s now.") % {"target": facts.target}
        if facts.target
        else gettext("Set a further goal."),
        why=gettext("The goal is reached."),
    )


def _confirm(facts: Facts) -> Step | None:
    if facts.late.signed < _ENOUGH or facts.late.percent >= _FEW_CONFIRM:
        return None
    return Step(
        kind="share",
        text=gettext("When you share it, say that an email comes, which has to be confirmed."),
        why=gettext("More than half of who signed in the last seven days did not confirm yet."),
    )


def _wake(facts: Facts, now: dt.datetime) -> Step | None:
    if facts.last_supporter is None or facts.has_come_since(now):
        return None
    if facts.last_update is not None and now - facts.last_update < QUIET:
        return Step(
            kind="share",
            text=gettext("Share your last update where people talk about it."),
            why=gettext("Nobody has signed for two weeks."),
        )
    return Step(
        kind="update",
        text=gettext("Post an update and email it: supporters who hear of it share it again."),
        why=gettext("Nobody has signed for two weeks."),
    )


def _address(facts: Facts) -> Step | None:
    if facts.target or facts.total < _FIRST_TEN:
        return None
    return Step(
        kind="target",
        text=gettext("Ask a moderator to add who the petition is addressed to."),
        why=gettext("Nobody is named yet who could do what is asked."),
    )


def _tell(facts: Facts, now: dt.datetime) -> Step | None:
    if facts.last_update is None:
        if facts.total < _WORTH_AN_UPDATE:
            return None
        return Step(
            kind="update",
            text=gettext("Post a first update, with what happens next."),
            why=gettext("Supporters have heard nothing since they signed."),
        )
    if now - facts.last_update < SILENCE:
        return None
    if facts.target and facts.total >= _WORTH_A_LETTER:
        text = gettext("Write to %(target)s, and tell supporters what comes back.")
        return Step(
            kind="update",
            text=text % {"target": facts.target},
            why=gettext("The last update is more than a month old."),
        )
    return Step(
        kind="update",
        text=gettext("Post an update."),
        why=gettext("The last update is more than a month old."),
    )


def _best(figures: GrowthFigures | None) -> str:
    """The source that most came from, if it is one that somebody can share by.

    Never another site: its name is whatever a form said, and this is put into mails.
    """
    for code, confirmed, _pending in figures.numbers.get("sources", []) if figures else []:
        if code and "." not in code and confirmed >= SMALLEST:
            return str(sources.LABELS.get(code, code))
    return ""
