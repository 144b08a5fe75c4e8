"""The outbox: rows of mails to be sent, claimed with a lease by the database's clock.

A row says what a mail is about; it is written in the transaction that makes the mail necessary,
and made into a message when it is sent (mails.py) by any of the workers (delivery.py). Every
change after the claim is guarded by the lease: who has lost it changes nothing.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext

from petitions import clock
from petitions.clock import Moment
from petitions.models import ModerationEvent, Petition
from petitions.states import Status
from supporters import metrics, switches
from supporters.addresses import InvalidAddress, check_address
from supporters.compiled import Compiled
from supporters.models import OutgoingMail, SuppressedAddress
from supporters.suppression import present_hash, undeliverable

BATCH, LARGEST_BATCH = 100, 400
COUNTED_UP_TO = 10_000

# A mail's own temporary failures: after 1, 2, 4 … minutes, then every 4 hours, for two days.
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=4)
MAX_ATTEMPTS = 19

# What each kind is about. Read again for every mail, so no more of it than is needed.
_ABOUT: dict[str, tuple[str, ...]] = {
    OutgoingMail.Kind.SIGNATURE: ("signature__petition",),
    OutgoingMail.Kind.UPDATE: ("signature", "mailing__update__petition"),
    OutgoingMail.Kind.DECISION: ("petition",),
    OutgoingMail.Kind.ACCOUNT: (),
    OutgoingMail.Kind.START: (),
    OutgoingMail.Kind.TEAM: (),
    OutgoingMail.Kind.TEST: (),
    OutgoingMail.Kind.GROWTH: (),
    OutgoingMail.Kind.REPORT: (),
    OutgoingMail.Kind.MODERATORS: (),
}

# An update's, with all that it is about but for the petition's texts. What was suppressed before
# the mailing was filled is not in it; what came since is under the present key.
_update = Compiled(
    lambda mail, leased_until, key_hash: (
        waiting()
        .filter(pk=mail, leased_until=leased_until)
        .select_related(*_ABOUT[OutgoingMail.Kind.UPDATE])
        .defer(*(f"mailing__update__petition__{name}" for name in ("summary", "body", "ask")))
        .annotate(is_suppressed=Exists(SuppressedAddress.objects.filter(key_hash=key_hash)))
    ),
    mail=-9_999,
    leased_until=datetime(1, 2, 3, tzinfo=UTC),
    key_hash="?",
)

# SQLite's clock has milliseconds and Python's has more: what was written a moment ago is due.
_TICK = timedelta(milliseconds=1)


def decision(event: ModerationEvent) -> None:
    """Tell the organizer what became of the petition; call it in the move's own transaction.

    No mail about what they did themselves, and none where there is no organizer or no address.
    """
    if decision_recipient(event):
        to_organizer(event.petition, OutgoingMail.Kind.DECISION, event=event.pk)


def decision_recipient(event: ModerationEvent) -> str:
    """The address that a mail about this decision goes to; '' where none is sent."""
    return "" if why_no_decision(event) else _address_of_organizer(event.petition)


def why_no_decision(event: ModerationEvent) -> str:
    """Why nobody is told by mail, in words; '' where the organizer is."""
    organizer = event.petition.organizer
    if event.to_status == Status.IN_REVIEW:
        return gettext("No mail is sent: that it is in review is no decision.")
    if organizer is None:
        return gettext("No mail is sent: the petition has no organizer.")
    if organizer.pk == event.actor_id:
        return gettext("No mail is sent: it is your own petition.")
    if not _address_of_organizer(event.petition):
        return gettext("No mail is sent: its organizer has no email address that can be used.")
    return ""


def _address_of_organizer(petition: Petition) -> str:
    try:
        return check_address(petition.organizer.email if petition.organizer else "")
    except InvalidAddress:
        return ""


def to_organizer(petition: Petition, kind: str, **payload: Any) -> None:
    """Ask for a mail in the petition's language; none without an organizer or an address."""
    if not (recipient := _address_of_organizer(petition)):
        return
    OutgoingMail.objects.create(
        kind=kind,
        recipient=recipient,
        petition=petition,
        payload={**payload, "language": petition.language},
        not_before=Now(),
    )


def waiting() -> QuerySet[OutgoingMail]:
    """Neither sent nor given up; also what is leased or put off."""
    return OutgoingMail.objects.filter(sent_at=None, failed_at=None)


def claim(limit: int = BATCH, *, take_over: bool = True) -> list[OutgoingMail]:
    """Lease up to `limit` mails that are due to this caller, and commit.

    What single people wait for goes before the mailings, which wait while they are paused. No two
    callers get the same row before its lease (PETITIONS_OUTBOX_LEASE seconds) has ended; nor after
    that without `take_over`.
    """
    single = Q(mailing=None)
    due = _due() if take_over else _due().filter(leased_until=None)
    due = due if not switches.current().mailings_paused else due.filter(single)
    if not due.exists():  # so that an idle worker never asks SQLite for its write lock
        return []
    with transaction.atomic():
        # Two statements and not UPDATE … WHERE id IN (SELECT … LIMIT n FOR UPDATE SKIP LOCKED):
        # PostgreSQL may run such a subquery more than once, and lock more than n rows.
        # In the order of an index that begins with the mailing: by date alone, PostgreSQL walks
        # past all updates that wait.
        found = _locked(due.filter(single), limit, "mailing_id", "not_before", "pk")
        if len(found) < limit:
            found += _locked(due.exclude(single), limit - len(found), "not_before", "pk")
        if not found:
            return []
        leased_until = found[0][1] + timedelta(seconds=settings.PETITIONS_OUTBOX_LEASE)
        ids = [pk for pk, _ in found]
        OutgoingMail.objects.filter(pk__in=ids).update(leased_until=leased_until)
        mails = OutgoingMail.objects.in_bulk(ids)
    return [mails[pk] for pk in ids]


def current(mail: OutgoingMail) -> OutgoingMail | None:
    """The claimed mail as it is now, with all that it is about; None when it is no longer ours.

    Nor is one of a kind that only a newer release knows: its workers get it when the lease ends.
    """
    if mail.kind not in _ABOUT:
        return None
    if mail.kind == OutgoingMail.Kind.UPDATE and mail.leased_until:
        key_hash = present_hash(mail.recipient)
        found = _update(mail=mail.pk, leased_until=mail.leased_until, key_hash=key_hash)
        return next(iter(found), None)
    about = _ABOUT[mail.kind] or (None,)  # None: nothing, where no argument would mean everything
    return next(iter(_ours(mail).select_related(*about)), None)


def without_undeliverable(mails: Collection[OutgoingMail]) -> list[OutgoingMail]:
    """Give up those that signing asked for to addresses that mail does not reach; the others.

    One statement for a claimed batch. Updates are looked at one by one, in current().
    """
    asked = {mail.recipient for mail in mails if mail.kind == OutgoingMail.Kind.SIGNATURE}
    refused = undeliverable(asked)
    left = []
    for mail in mails:
        if mail.kind == OutgoingMail.Kind.SIGNATURE and mail.recipient in refused:
            fail(mail, "Not sent: mail to this address bounced, or was reported as spam.")
        else:
            left.append(mail)
    return left


def release(mails: Collection[OutgoingMail]) -> None:
    """Give back mails of one claim that were not tried."""
    for leased_until in {mail.leased_until for mail in mails}:
        ids = [mail.pk for mail in mails]
        waiting().filter(pk__in=ids, leased_until=leased_until).update(leased_until=None)


def sent(mail: OutgoingMail) -> bool:
    """Stamp it. False when the lease had been lost, so that it may go out twice."""
    return bool(_stamp(mail))


def sent_before(mails: Collection[OutgoingMail]) -> None:
    """Stamp those of them that are still ours and have no stamp: it was lost with the database."""
    for mail in mails:
        _stamp(mail)


def keep_stamps(mails: Collection[OutgoingMail]) -> None:
    """Wait until their stamps are on the disk: a commit that waits takes all before it along."""
    stamped = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])
    stamped.exclude(sent_at=None).update(failure="")


def _stamp(mail: OutgoingMail) -> int:
    return _ours(mail).update(sent_at=Now(), leased_until=None, failure="")


def drop(mail: OutgoingMail) -> None:
    """There is nothing to say any more."""
    metrics.mails.labels("dropped").inc()
    _ours(mail).delete()


def fail(mail: OutgoingMail, reason: str) -> None:
    """Give it up and keep the reason."""
    metrics.mails.labels("failed").inc()
    _ours(mail).update(
        failed_at=Now(), leased_until=None, attempts=F("attempts") + 1, failure=_cut(reason)
    )


def put_off(mail: OutgoingMail, reason: str, *, own_fault: bool = True) -> None:
    """Try again later, each time after a longer while; after two days of that, give up.

    With `own_fault=False` the try is not counted, and never ends in giving up.
    """
    attempts = mail.attempts + own_fault
    if own_fault and attempts >= MAX_ATTEMPTS:
        fail(mail, reason)
        return
    metrics.mails.labels("put_off").inc()
    delay = min(FIRST_DELAY * 2 ** min(max(attempts - 1, 0), 10), LONGEST_DELAY)
    _ours(mail).update(
        not_before=Now() + delay, leased_until=None, attempts=attempts, failure=_cut(reason)
    )


def oldest_age() -> timedelta | None:
    """For how long the oldest mail has been due; None when nothing is. Not what is to wait."""
    due = waiting().filter(not_before__lte=Now())
    if switches.current().mailings_paused:
        due = due.filter(mailing=None)
    oldest = due.order_by("not_before").values_list("not_before", Moment()).first()
    return oldest[1] - oldest[0] if oldest else None


def backlog() -> dict[str, tuple[int, timedelta]]:
    """By kind: how many mails wait, and for how long the oldest of them has been due.

    Looks at the first COUNTED_UP_TO mails to single people and as many of mailings, and no
    further. What is to wait has no age.
    """
    now = clock.now()
    single = waiting().filter(mailing=None).order_by("mailing_id", "not_before", "pk")
    news = waiting().exclude(mailing=None).order_by("not_before", "pk")
    found = dict.fromkeys(map(str, OutgoingMail.Kind), (0, timedelta(0)))
    for mails in (single, news):
        # Of a slice, so that nothing else is looked at; grouping a slice is not to be had.
        numbers = mails[:COUNTED_UP_TO].aggregate(
            **{f"{kind}_number": Count("pk", filter=Q(kind=kind)) for kind in found},
            **{f"{kind}_oldest": Min("not_before", filter=Q(kind=kind)) for kind in found},
        )
        for kind in found:
            if number := numbers[f"{kind}_number"]:
                found[kind] = number, max(now - numbers[f"{kind}_oldest"], timedelta(0))
    if switches.current().mailings_paused:
        found[OutgoingMail.Kind.UPDATE] = found[OutgoingMail.Kind.UPDATE][0], timedelta(0)
    return found


def _due() -> QuerySet[OutgoingMail]:
    free = Q(leased_until=None) | Q(leased_until__lte=Now())
    return waiting().filter(free, not_before__lte=Now() + _TICK)


def _locked(mails: QuerySet[OutgoingMail], limit: int, *order: str) -> list[tuple[int, datetime]]:
    """Ids and the database's time; the rows stay locked for the transaction."""
    return list(
        mails.select_for_update(skip_locked=True, no_key=True)
        .order_by(*order)
        .values_list("pk", Now())[:limit]
    )


def _ours(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    return waiting().filter(pk=mail.pk, leased_until=mail.leased_until)


def _cut(reason: str) -> str:
    """As the column takes it: no NUL (PostgreSQL), 500 characters at most."""
    printable = "".join(character if character.isprintable() else " " for character in reason)
    return printable.strip()[:500]
