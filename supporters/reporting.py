"""Reports: somebody says that something here breaks the rules, and a moderator decides.

Whoever leaves an address gets two mails, a receipt and the answer, and then it is erased, within an
hour or two also from the outbox. At most
MOST_WAITING reports that were not decided yet are answered by mail to one address: beyond them a
report is taken all the same, without it. So nobody can fill a stranger's mailbox faster than
moderators decide.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from petitions import claims
from petitions.deciding import AlreadyDecided
from petitions.locks import one_at_a_time
from petitions.models import Petition, StaffAct, Update, impartial
from supporters import answers, reasons
from supporters.addresses import email_key
from supporters.models import ReasonChoice, Report, Signature
from supporters.steps import always
from supporters.suppression import undeliverable
from supporters.tokens import Purpose, make

REPORTS_WITHIN = timedelta(days=7)
ADDRESSES_KEPT = timedelta(days=90)  # of what nobody decided
MOST_WAITING = 3


def take(
    petition: Petition,
    *,
    category: str,
    update: Update | None = None,
    signature: Signature | None = None,
    text: str = "",
    email: str = "",
) -> Report:
    """Keep it, with a receipt by mail where an address was left."""
    now = timezone.now()
    about = Report.About.PETITION
    if update or signature:
        about = Report.About.UPDATE if update else Report.About.REASON
    with transaction.atomic():
        if update:  # not to be removed meanwhile
            update = Update.objects.select_for_update(no_key=True).filter(pk=update.pk).first()
        email = _answerable(email)
        report = Report.objects.create(
            petition=petition,
            about=about,
            update=update,
            signature=signature,
            category=category,
            text=text,
            email=email,
            email_key=email_key(email) if email else "",
            language=get_language() or "",
            created_at=now,
            due_at=now + REPORTS_WITHIN,
        )
        if email:
            answers.report_received(report)
    return report


def _answerable(email: str) -> str:
    """The address, or '' where it is not written to (any more). Call it in a transaction."""
    if not email or undeliverable([email]):
        return ""
    key = email_key(email)
    one_at_a_time(f"reports answered to: {key}")  # or each of several would count too few
    waiting = Report.objects.filter(email_key=key, state=Report.State.WAITING)
    return email if waiting.count() < MOST_WAITING else ""


def token_of(report_id: int) -> str:
    return make(Purpose.REPORT, report_id)


def waiting_about_the_same(report: Report) -> QuerySet[Report]:
    """What may be decided with it, itself included. Of what is gone nobody can say any more whether
    another report is about the same: it stands alone."""
    waiting = Report.objects.filter(state=Report.State.WAITING)
    if report.is_about_what_is_gone:
        return waiting.filter(pk=report.pk)
    what: dict[str, Any] = {"update": report.update_id, "signature": report.signature_id}
    return waiting.filter(petition=report.petition_id, about=report.about, **what)


def decide(
    report: Report, *, by: Any, uphold: bool, answer: str, along: Iterable[int] = ()
) -> list[Report]:
    """Decide it with those `along` that wait about the same thing; all of them are answered.

    `along` are the ids of what `by` has read: others go on waiting. A supporter's reason is taken
    off the page at once; what becomes of a petition or an update is a step of its own. Raises
    AlreadyDecided, impartial.OwnPetition, and claims.Held where another moderator is at work on it.
    """
    state = Report.State.UPHELD if uphold else Report.State.DISMISSED
    verb = StaffAct.Verb.UPHELD if uphold else StaffAct.Verb.DISMISSED
    with transaction.atomic():
        petition = Petition.objects.lock().only("pk", "organizer").get(pk=report.petition_id)
        claims.act(petition, by=by, is_move=False)
        impartial.check(petition, by=by)
        rows = waiting_about_the_same(report).filter(pk__in={report.pk, *along})
        found = list(rows.select_for_update(no_key=True).order_by("pk"))
        if report.pk not in {each.pk for each in found}:
            raise AlreadyDecided(Report.objects.values_list("state", flat=True).get(pk=report.pk))
        if uphold and report.signature_id:
            _take_off(petition, report.signature_id, by=by)
        Report.objects.filter(pk__in=[each.pk for each in found]).update(
            state=state,
            decided_by=by,
            decided_at=timezone.now(),
            answer=answer,
            email="",
            email_key="",
        )
        for each in found:
            StaffAct.record(by=by, verb=verb, subject=each, petition_id=petition.pk)
            if each.email:
                answers.forget_receipt(each)
                answers.report_decided(each)
    return found


def _take_off(petition: Petition, signature_id: int, *, by: Any) -> None:
    try:
        reasons.choose(
            petition,
            signature_id,
            ReasonChoice.Kind.HIDDEN,
            by=by,
            by_moderators=True,
            also_not_shown=True,
        )
    except reasons.NotToBeChosen:
        return  # its signer withdrew, or took the words back


def forget_addresses(*, go_on: Callable[[], bool] = always) -> int:
    """Erase the addresses of reports that nobody decided for so long, and delete the answers that
    were sent. Returns how many of both."""
    deleted = answers.forget_sent(go_on=go_on)
    before = timezone.now() - ADDRESSES_KEPT
    old = Report.objects.filter(created_at__lt=before).exclude(email_key="")
    return deleted + old.update(email="", email_key="")
