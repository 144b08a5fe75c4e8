"""The mails about reports, appeals and closing dates: queued here, worded when they are sent.

To whoever reported go the site's words and a moderator's answer, never their own: an address may be
typed by anybody.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from petitions.models import Appeal, Petition
from supporters import outbox
from supporters.models import OutgoingMail, Report
from supporters.steps import always, delete_in_steps
from supporters.tokens import Purpose, make

RECEIVED, DECIDED, APPEAL, CLOSING = "report_received", "report_decided", "appeal", "closing"


def report_received(report: Report) -> None:
    _to_reader(report, RECEIVED)


def report_decided(report: Report) -> None:
    """`report` as it was before its address was erased."""
    _to_reader(report, DECIDED)


def forget_receipt(report: Report) -> None:
    """Its row holds the address, whether it was sent or not."""
    of_report = {"petition": report.petition_id, "payload__report": report.pk}
    _of_readers().filter(payload__letter=RECEIVED, **of_report).delete()


def forget_sent(*, go_on: Callable[[], bool] = always) -> int:
    """Delete the answers that were sent, with the addresses in their rows. Returns how many."""
    answered = _of_readers().filter(payload__letter=DECIDED, sent_at__isnull=False)
    return delete_in_steps(answered, go_on=go_on)


def _of_readers() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(kind=OutgoingMail.Kind.REPORT)


def _to_reader(report: Report, letter: str) -> None:
    OutgoingMail.objects.create(
        kind=OutgoingMail.Kind.REPORT,
        recipient=report.email,
        petition_id=report.petition_id,
        payload={"letter": letter, "report": report.pk, "language": report.language},
        not_before=Now(),
    )


def appeal_decided(appeal: Appeal, *, became: str) -> None:
    """`became`: the state that the petition is in by it; '' where nothing was changed."""
    _to_organizer(appeal.petition, letter=APPEAL, appeal=appeal.pk, became=became)


def closing_soon(petition: Petition, *, at: datetime) -> None:
    _to_organizer(petition, letter=CLOSING, at=at.isoformat())


def _to_organizer(petition: Petition, **payload: Any) -> None:
    outbox.to_organizer(petition, OutgoingMail.Kind.REPORT, **payload)


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what fills it; None when nothing is to be said any more."""
    rows = Petition.objects.select_related("organizer")
    petition = rows.filter(pk=mail.petition_id or 0).first()
    name = mail.payload.get("letter", "")
    make_context = _CONTEXTS.get(name)
    if petition is None or make_context is None:
        return None
    context = make_context(mail, petition)
    return None if context is None else (name, {"petition": petition, "name": "", **context})


def _about_report(mail: OutgoingMail, petition: Petition) -> dict[str, Any] | None:
    report = Report.objects.filter(pk=mail.payload.get("report", 0)).first()
    if report is None:
        return None
    if mail.payload["letter"] == RECEIVED and report.state != Report.State.WAITING:
        return None  # the answer says it all
    page = reverse("report_receipt", args=[make(Purpose.REPORT, report.pk)])
    return {
        "report": report,
        "is_named": petition.is_published,  # a moderator has read its title
        "receipt_url": settings.SITE_URL + page,
        "rules_url": settings.SITE_URL + reverse("help", args=["rules"]),
    }


def _about_appeal(mail: OutgoingMail, petition: Petition) -> dict[str, Any] | None:
    appeal = Appeal.objects.filter(pk=mail.payload.get("appeal", 0)).first()
    if appeal is None:
        return None
    return {
        "appeal": appeal,
        "name": petition.organizer_first_name,
        "became": mail.payload.get("became", ""),
        "admin_url": _admin("change", petition),
    }


def _about_closing(mail: OutgoingMail, petition: Petition) -> dict[str, Any] | None:
    at = parse_datetime(mail.payload.get("at", ""))
    if not petition.is_open or petition.closes_at != at:
        return None
    return {
        "name": petition.organizer_first_name,
        "closes_at": at,
        "zone": timezone.get_current_timezone_name(),
        "admin_url": _admin("change", petition),
        "updates_url": _admin("updates", petition),
    }


def _admin(page: str, petition: Petition) -> str:
    return settings.SITE_URL + reverse(f"admin:petitions_petition_{page}", args=[petition.pk])


_CONTEXTS = {
    RECEIVED: _about_report,
    DECIDED: _about_report,
    APPEAL: _about_appeal,
    CLOSING: _about_closing,
}
