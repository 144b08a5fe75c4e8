"""The mail about what is new: how many, and where. No text of a report, no domain, no name, no
address."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from petitions.groups import may_moderate
from petitions.models import Appeal, User, impartial
from supporters.models import OutgoingMail, Report, Suspicion, Sweep

from .telling import LETTER
from .waiting import Kind

MOST = 20  # suspicions that are told one by one


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what fills it; None when there is nothing to say, or nobody who may
    know. What this moderator does not decide, they are not told of."""
    payload = mail.payload
    user = User.objects.filter(pk=payload.get("to", 0), is_active=True).first()
    if payload.get("letter") != LETTER or user is None or not may_moderate(user):
        return None
    new = _for(user, payload)
    numbers = {name: rows.count() for name, rows in new.items()}
    found = Suspicion.objects.filter(pk__in=payload.get("suspicions", []))
    suspicions = list(found.select_related("petition").order_by("-number"))
    if not (suspicions or any(numbers.values())):
        return None
    waiting = {name: rows.count() for name, rows in _for(user, None).items()}
    return "waiting", {
        "name": user.first_name,
        "subject": ", ".join(_in_words({**numbers, "suspicions": len(suspicions)})),
        "lines": [
            {"said": said, "waiting": waiting[name], "url": _queue(kind)}
            for name, kind in _KINDS.items()
            for said in _in_words({name: numbers[name]})
        ],
        "suspicions": [_told(each) for each in suspicions[:MOST]],
        "more": max(0, len(suspicions) - MOST),
        "list_url": settings.SITE_URL + reverse("admin:supporters_suspicion_changelist"),
    }


_KINDS = {"reports": Kind.REPORTED, "appeals": Kind.APPEALED, "sweeps": Kind.SWEPT}


def _for(user: Any, payload: dict[str, Any] | None) -> dict[str, QuerySet[Any]]:
    """What waits that this user may decide; of a payload, what it names of that."""
    theirs = impartial.works_on_which(user)
    reports = Report.objects.filter(state=Report.State.WAITING)
    appeals = Appeal.objects.filter(state=Appeal.State.WAITING)
    sweeps = Sweep.objects.filter(state=Sweep.State.PROPOSED)
    found: dict[str, QuerySet[Any]] = {
        "reports": reports if user.has_perm("supporters.change_report") else reports.none(),
        "appeals": appeals.exclude(decision__actor=user).exclude(appellant=user)
        if user.has_perm("petitions.change_appeal")
        else appeals.none(),
        "sweeps": sweeps.exclude(asked_by=user),
    }
    for name, rows in found.items():
        named = rows if payload is None else rows.filter(pk__in=payload.get(name, []))
        found[name] = named.exclude(petition__in=theirs)
    return found


def _in_words(numbers: dict[str, int]) -> list[str]:
    """“3 new reports”, of each kind that has any."""
    words = {
        "reports": lambda n: ngettext("%d new report", "%d new reports", n),
        "appeals": lambda n: ngettext("%d new appeal", "%d new appeals", n),
        "sweeps": lambda n: ngettext(
            "%d sweep that needs a second moderator", "%d sweeps that need a second moderator", n
        ),
        "suspicions": lambda n: ngettext(
            "%d unusual thing about new signatures", "%d unusual things about new signatures", n
        ),
    }
    return [words[name](number) % number for name, number in numbers.items() if number]


def _told(suspicion: Suspicion) -> dict[str, Any]:
    page = reverse("admin:petitions_petition_fraud", args=[suspicion.petition_id])
    return {
        "kind": suspicion.get_kind_display(),
        "number": suspicion.number,
        "looked_at": suspicion.looked_at,
        "petition": suspicion.petition.title,
        "url": settings.SITE_URL + page,
    }


def _queue(kind: Kind) -> str:
    return f"{settings.SITE_URL}{reverse('admin:queue')}?kind={kind}"
