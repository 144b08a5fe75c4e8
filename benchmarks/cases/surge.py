"""A petition in the news: signing while a big mailing waits, and how long each signer waits for the
mail. At 300 a second, the clock decides how many sign; as fast as they can, nothing but the machine.

A minute of it, in BENCH_SECONDS; BENCH_WORKERS is how many send.
"""

import os
import statistics
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from benchmarks import place as at
from benchmarks.cases.checks import check, quiet, sound
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import petitions
from benchmarks.load import run
from benchmarks.place import Sink

PER_SECOND = 300
CLIENTS = 32
UPDATES = 50_000
PATIENCE = 300  # seconds after the last signature
PREFIX = "surge"

_SUPPORTERS = """
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at,
    confirmed_at, language, source
)
SELECT id, version_id, 'Sam', '', 'news' || n || '@example.org', 'news' || n || '@example.org', '',
    '', '', '', 'initial', true, 'confirmed', 'online', false, 1, now(), now(), 'en', ''
FROM petitions_petition, generate_series(1, %s) AS n WHERE id = %s
"""
_MAILS = """
INSERT INTO supporters_outgoingmail (
    kind, recipient, petition_id, signature_id, mailing_id, payload, created_at, not_before,
    attempts, failure
)
SELECT 'update', email, petition_id, id, %s, '{}', now(), now(), 0, ''
FROM supporters_signature WHERE petition_id = %s AND wants_updates
"""


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Moments by address, in seconds of time.time()."""

    signed: dict[str, float]
    mailed: dict[str, float]
    seconds: int
    notes: list[str]

    @property
    def ended(self) -> float:
        return max(self.signed.values())

    def waits(self, *, until: float = float("inf")) -> list[float]:
        """Seconds from the signature to the mail, in order, of the mails that came before `until`."""
        return sorted(
            came - self.signed[address] for address, came in self.mailed.items() if came <= until
        )


def surge(place: Place) -> list[Result]:
    crowd = _crowd(place, str(PER_SECOND))
    waits = crowd.waits()
    result = Result(title="surge: the longest wait for a confirmation mail", beside="95 % wait less",
                    target="≤ 10,000 ms", unit="ms", how=f"once, {crowd.seconds} s", ours=[1_000 * waits[-1]],
                    floor=[1_000 * most_wait_less(waits)], notes=crowd.notes)  # fmt: skip
    return [result]


def surge_free(place: Place) -> list[Result]:
    """As fast as they can sign. No target: what machine and clients can is not the site's promise."""
    return [keeping_pace(_crowd(place))]


def keeping_pace(crowd: Crowd) -> Result:
    began, ended, mailed = min(crowd.signed.values()), crowd.ended, crowd.mailed.values()
    lasted = max(ended - began, 0.001)
    meanwhile, waits = crowd.waits(until=ended), crowd.waits()
    result = Result(title="surge without a clock: confirmation mails meanwhile", target="", beside="signatures",
                    how=f"once, {crowd.seconds} s", ours=[len(meanwhile) / lasted],
                    floor=[len(crowd.signed) / lasted], notes=crowd.notes)  # fmt: skip
    if meanwhile:
        result.notes.append(
            f"of the mails that came while they signed 95 % had taken less than"
            f" {most_wait_less(meanwhile):,.1f} s, the longest {meanwhile[-1]:,.1f} s"
        )
    result.notes.append(
        f"{len(waits) - len(meanwhile):,} had none yet at the last signature, the last of them"
        f" {max(*mailed, ended) - ended:,.1f} s later; the longest wait was {waits[-1]:,.1f} s"
    )
    return result


def most_wait_less(waits: list[float]) -> float:
    """What 95 % do not wait for."""
    return statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0]


def _crowd(place: Place, *per_second: str) -> Crowd:
    """With a mailing in the outbox. Each of them must get one mail. Without a clock more may press than
    the site takes, and some be told to come back."""
    seconds = int(os.environ.get("BENCH_SECONDS") or 60)
    workers = int(os.environ.get("BENCH_WORKERS") or 2)
    [petition] = petitions()
    mailing_waits(petition)
    file = place.scratch / "surge.txt"
    file.write_text("/petitions/bench-0/sign/")
    with ExitStack() as stack:
        sink = stack.enter_context(at.sink())
        for _ in range(workers):
            stack.enter_context(at.worker(place.environ, place.scratch, mail_port=sink.port))
        while not sink.count():  # the workers are there, and have begun with the mailing
            time.sleep(0.1)
        seen = run(place.url, seconds=seconds, clients=CLIENTS, script="sign.lua",
                   args=(str(file), PREFIX, *per_second))  # fmt: skip
        sound(seen, may_refuse=not per_second)
        quiet()
        waits = still_waiting()
        signed_at = signed(seen.answered)
        mailed_at, updates = arrived(sink, signed_at)
    note = (
        f"{len(signed_at):,} signatures in {seconds} s ({seen.per_second:,.0f}/s), {workers} workers;"
        f" of {UPDATES:,} updates that had waited from the beginning {updates:,} went meanwhile"
        f" and {waits:,} still waited; each address had its mail exactly once"
    )
    if not per_second:
        note += f"; {seen.refused:,} were refused"
    return Crowd(signed=signed_at, mailed=mailed_at, seconds=seconds, notes=[note])


def mailing_waits(petition: Any) -> None:
    """A mailing with its mails in the outbox, before the first worker starts."""
    from django.db import connection

    supporters_for_news(petition, UPDATES)
    with connection.cursor() as cursor:
        cursor.execute(_MAILS, [mailing_begins(petition, is_filled=True), petition.pk])


def supporters_for_news(petition: Any, number: int) -> None:
    """So many who want updates, news1@example.org and so on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SUPPORTERS, [number, petition.pk])


def mailing_begins(petition: Any, *, is_filled: bool) -> int:
    """An update and its mailing; `is_filled`: it needs nothing more in the outbox."""
    from django.utils import timezone

    from petitions.models import Update
    from supporters.models import Mailing

    now = timezone.now()
    update = Update.objects.create(petition=petition, title="News", body="The council has met.",
                                   happened_on=now.date(), published_at=now)  # fmt: skip
    mailing = Mailing.objects.create(update=update, finished_at=now if is_filled else None)
    return mailing.pk


def still_waiting() -> int:
    from supporters.outbox import waiting

    return waiting().exclude(mailing=None).count()


def signed(answered: int) -> dict[str, float]:
    """When each address of the crowd signed, by the database's clock."""
    from supporters.models import Signature

    rows = Signature.objects.filter(email__startswith=PREFIX).values_list("email", "created_at")
    check(len(rows), answered, "signatures")
    return {email: moment.timestamp() for email, moment in rows}


def arrived(sink: Sink, signed_at: dict[str, float]) -> tuple[dict[str, float], int]:
    """When the mail of each signer came, and how many updates came as well."""
    came: list[tuple[str, str, float]] = []
    missing = set(signed_at)
    deadline = time.monotonic() + PATIENCE
    while missing and time.monotonic() < deadline:
        new = sink.take()
        came += new
        missing -= {recipient for recipient, _, _ in new}
        time.sleep(0.5)
    if missing:
        raise RuntimeError(f"{len(missing)} of {len(signed_at)} signers got no mail.")
    times = Counter(recipient for recipient, _, _ in came)
    if twice := [recipient for recipient, number in times.items() if number > 1]:
        raise RuntimeError(f"{len(twice)} addresses got more than one mail.")
    mailed_at = {recipient: moment for recipient, _, moment in came if recipient in signed_at}
    return mailed_at, len(came) - len(mailed_at)
