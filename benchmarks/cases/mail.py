"""Confirmation mails of one worker beside smtplib, which sends the same bytes over one connection."""

import smtplib
import statistics
import time
from collections import Counter
from contextlib import ExitStack

from benchmarks import place as at
from benchmarks.cases.rounds import ROUNDS, Place, Result, in_turns
from benchmarks.cases.rows import pending, petitions
from benchmarks.place import Sink

MAILS = 3_000
PATIENCE = 120  # seconds
STAMP = "UPDATE supporters_outgoingmail SET sent_at = now() WHERE id = %s"


def mail(place: Place) -> list[Result]:
    [petition] = petitions()
    stamped: list[float] = []  # smtplib and one UPDATE for each mail: the least that keeps account
    with at.sink() as sink:

        def smtplib_alone(number: int) -> float:
            at_once = plainly_sent(sink, asked([petition.pk], MAILS), stamping=True)
            if number >= 0:
                stamped.append(at_once)
            return plainly_sent(sink, asked([petition.pk], MAILS))

        one = in_turns(
            lambda _n: worked(place, sink, asked([petition.pk], MAILS)),
            smtplib_alone,
            Result(title="confirmation mails, one worker", beside="smtplib, one connection",
                   target="≥ 0.60", how=f"{ROUNDS} × {MAILS:,} mails"),
        )  # fmt: skip
        two = in_turns(
            lambda _n: worked(place, sink, asked([petition.pk], 2 * MAILS), workers=2),
            lambda _n: worked(place, sink, asked([petition.pk], MAILS)),
            Result(
                title="confirmation mails, two workers",
                beside="one worker",
                target="more",
                how=f"{ROUNDS} × {2 * MAILS:,} and {MAILS:,} mails",
            ),
        )
    ratios = [ours / floor for ours, floor in zip(one.ours, stamped, strict=True)]
    one.notes.append(
        f"each mail there exactly once; smtplib that stamps each mail by one UPDATE:"
        f" {statistics.median(stamped):,.0f}/s ({min(stamped):,.0f}–{max(stamped):,.0f}), ours"
        f" {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) of it"
    )
    return [one, two]


def asked(ids: list[int], number: int) -> list[int]:
    """The ids of as many mails in the outbox, each for a new pending signature."""
    from django.utils import timezone

    from supporters.models import OutgoingMail, Signature

    now = timezone.now()
    rows = Signature.objects.filter(pk__in=pending(ids, number)).order_by("pk")
    made = OutgoingMail.objects.bulk_create(
        OutgoingMail(kind="signature", recipient=f"s{pk}@example.org", petition_id=petition,
                     signature_id=pk, payload={"language": "en"}, created_at=now, not_before=now)
        for pk, petition in rows.values_list("pk", "petition_id")
    )  # fmt: skip
    return [row.pk for row in made]


def worked(place: Place, sink: Sink, ids: list[int], *, workers: int = 1) -> float:
    """Mails per second of workers that empty the outbox, from the first to the last."""
    from supporters.models import OutgoingMail

    sink.take()
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(at.worker(place.environ, place.scratch, mail_port=sink.port))
        deadline = time.monotonic() + PATIENCE
        while sink.count() < len(ids) and time.monotonic() < deadline:
            time.sleep(0.2)
    stamped = OutgoingMail.objects.filter(pk__in=ids).exclude(sent_at=None).count()
    if stamped != len(ids):
        raise RuntimeError(f"{stamped} mails of {len(ids)} are stamped.")
    return rate(sink, ids)


def plainly_sent(sink: Sink, ids: list[int], *, stamping: bool = False) -> float:
    """Mails per second of smtplib alone; `stamping` each, without waiting for the disk."""
    from django.db import connection as database

    from supporters import mails
    from supporters.models import OutgoingMail

    rows = OutgoingMail.objects.filter(pk__in=ids)
    rows = rows.select_related("signature__petition", "mailing__update__petition")
    letters = []
    for row in rows:
        message = mails.compose(row)
        assert message
        letters.append((row.pk, message.to, bytes(message.message()).replace(b"\n", b"\r\n")))
    if not stamping:
        rows.update(sent_at=rows[0].created_at)
    sink.take()
    connection = smtplib.SMTP("127.0.0.1", sink.port)
    connection.ehlo()
    with database.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for pk, to, text in letters:
            connection.sendmail("petitions@example.org", to, text)
            if stamping:
                cursor.execute(STAMP, [pk])
        cursor.execute("RESET synchronous_commit")
    connection.quit()
    return rate(sink, ids)


def rate(sink: Sink, ids: list[int]) -> float:
    """By the sink's clock; each mail must have come exactly once."""
    came = sink.take()
    numbers = Counter(int(message_id[1:].partition(".")[0]) for _, message_id, _ in came)
    addresses = {recipient for recipient, _, _ in came}
    if set(numbers) != set(ids) or len(addresses) != len(ids) or len(came) != len(ids):
        raise RuntimeError(f"{len(came)} mails came of {len(ids)}, {len(numbers)} of them others.")
    return (len(came) - 1) / (came[-1][2] - came[0][2])
