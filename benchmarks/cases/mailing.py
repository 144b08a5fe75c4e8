"""An update to 100,000 supporters through a worker who is killed three times on the way.

BENCH_SUPPORTERS makes it fewer, for a slow machine: after PATIENCE it fails.
Beside smtplib, which sends the same bytes while no worker is there. On the way one in twenty of those
who have not had it yet unsubscribes, as their mail program would. Afterwards each address is looked
at: who got it, how often, and when.
"""

import os
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import pairwise
from urllib.parse import urlsplit

from benchmarks import place as at
from benchmarks.cases.mail import plainly_sent
from benchmarks.cases.processes import megabytes
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import petitions
from benchmarks.cases.surge import mailing_begins, supporters_for_news
from benchmarks.place import Sink

SUPPORTERS = int(os.environ.get("BENCH_SUPPORTERS") or 100000)
KILLS = (0.15, 0.25, 0.35)  # after so much of the mails
LOOKS = (0.1, 0.5, 0.9)  # at the worker's memory: the first one's, then the last one's
UNSUBSCRIBE_AT = 0.55
ONE_IN = 20
LEASE = 60  # seconds, so that what a killed worker had claimed waits no longer than that
PATIENCE = 540  # seconds, for the whole mailing
FEW = 3_000  # that smtplib sends each time
GRACE = 1.0  # seconds for what was on its way already when somebody left
PAUSE = 2.0  # seconds without a mail: what is left is leased to one who was killed

Worker = subprocess.Popen[bytes]


@dataclass(slots=True)
class Seen:
    came: list[tuple[str, str, float]] = field(default_factory=list)  # as sink.take() has it
    lives: list[int] = field(default_factory=list)  # where in `came` each worker begins
    plain: list[float] = field(default_factory=list)  # mails a second of smtplib, between them
    memory: list[float] = field(default_factory=list)
    left: dict[str, float] = field(default_factory=dict)  # address: when it was told "done"


def mailing(place: Place) -> list[Result]:
    [petition] = petitions()
    supporters_for_news(petition, SUPPORTERS)
    pk = mailing_begins(petition, is_filled=False)
    seen = Seen()
    environ = {**place.environ, "PETITIONS_OUTBOX_LEASE": str(LEASE)}
    with at.sink() as sink, at.sink() as other:
        until = time.monotonic() + PATIENCE
        for life, end in enumerate((*KILLS, 2)):
            seen.lives.append(len(seen.came))
            with at.worker(environ, place.scratch, mail_port=sink.port) as worker:
                _live(place, sink, seen, worker, end, pk, until)
                if life < len(KILLS):
                    worker.kill()  # -9
                    worker.wait()
                    seen.came += sink.take()
                    seen.plain.append(plainly_sent(other, _sent(pk)))
    found = _judged(seen, pk)
    mails = f"{SUPPORTERS:,} supporters"
    return [
        Result(title="mails of an update, one worker", beside="smtplib, one connection",
               target="nobody missed", ours=_rates(seen)[1:], floor=seen.plain, notes=[mails, found]),
        Result(title="memory of the worker, at 90 % of an update’s mails", beside="at 50 %",
               target="≤ 1.10", unit="MB", ours=seen.memory[2:], floor=seen.memory[1:2],
               notes=[mails, f"{seen.memory[0]:.0f} MB at 10 %, of the first of {len(seen.lives)} workers"]),
    ]  # fmt: skip


def _live(
    place: Place, sink: Sink, seen: Seen, worker: Worker, end: float, mailing: int, until: float
) -> None:
    """Let the worker go on until so much has come; at the last, until nothing is left to do."""
    while len(seen.came) < end * SUPPORTERS and not _is_over(mailing, seen):
        if time.monotonic() > until or worker.poll() is not None:
            raise RuntimeError(
                f"{len(seen.came)} of {SUPPORTERS} mails, and the worker or the time is over."
            )
        time.sleep(0.1)
        seen.came += sink.take()
        done = len(seen.came) / SUPPORTERS
        if len(seen.memory) < len(LOOKS) and done >= LOOKS[len(seen.memory)]:
            seen.memory.append(megabytes(worker.pid))
        if not seen.left and done >= UNSUBSCRIBE_AT:
            seen.left = _unsubscribed(place, {recipient for recipient, _, _ in seen.came})


def _is_over(mailing: int, seen: Seen) -> bool:
    from supporters.models import Mailing
    from supporters.outbox import waiting

    if len(seen.came) < SUPPORTERS * (1 - 1 / ONE_IN):
        return False
    filled = Mailing.objects.filter(pk=mailing).exclude(finished_at=None).exists()
    return filled and not waiting().filter(mailing=mailing).exists()


def _sent(mailing: int) -> list[int]:
    from supporters.models import OutgoingMail

    rows = OutgoingMail.objects.filter(mailing=mailing).exclude(sent_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:FEW])


def _unsubscribed(place: Place, had: set[str]) -> dict[str, float]:
    """One in twenty of who has had no mail yet, as RFC 8058 has it; when each was answered."""
    from supporters.models import Signature
    from supporters.tokens import Purpose, make

    rows = Signature.objects.filter(wants_updates=True).order_by("pk")
    wanting = [row for row in rows.values_list("pk", "email") if row[1] not in had][::ONE_IN]
    host = urlsplit(place.url).netloc
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def some(share: list[tuple[int, str]]) -> dict[str, float]:
        answered = {}
        with closing(HTTPConnection(host, timeout=60)) as connection:
            for pk, email in share:
                address = f"/unsubscribe/{make(Purpose.UNSUBSCRIBE, pk)}/"
                connection.request("POST", address, "List-Unsubscribe=One-Click", form)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"Unsubscribing answered {answer.status}.")
                answered[email] = time.time()
        return answered

    with ThreadPoolExecutor(4) as pool:
        shares = pool.map(some, [wanting[n::4] for n in range(4)])
        return {email: moment for share in shares for email, moment in share.items()}


def _rates(seen: Seen) -> list[float]:
    """Of each worker, from its first mail to its last before a pause."""
    found = []
    for begin, end in pairwise([*seen.lives, len(seen.came)]):
        times = sorted(moment for _, _, moment in seen.came[begin:end])
        pauses = (n for n, (one, two) in enumerate(pairwise(times)) if two - one > PAUSE)
        last = next(pauses, len(times) - 1)
        found.append(last / (times[last] - times[0]))
    return found


def _judged(seen: Seen, mailing: int) -> str:
    """Raises where a promise was broken."""
    from supporters.models import OutgoingMail, Signature

    times = Counter(recipient for recipient, _, _ in seen.came)
    came_at = {recipient: moment for recipient, _, moment in seen.came}
    rows = Signature.objects.filter(email__startswith="news")
    missed = set(rows.values_list("email", flat=True)) - times.keys() - seen.left.keys()
    repeated = sum(times.values()) - len(times)
    other_mails = len({message_id for _, message_id, _ in seen.came}) - len(times)
    stamped = OutgoingMail.objects.filter(mailing=mailing).exclude(sent_at=None).count()
    after = [came_at[email] - moment for email, moment in seen.left.items() if email in came_at]
    late = [seconds for seconds in after if seconds > GRACE]
    if missed or repeated > len(KILLS) or other_mails or stamped != len(times) or late:
        raise RuntimeError(
            f"{len(missed)} missed, {repeated} repeated, {other_mails} under another Message-ID,"
            f" {stamped} stamped of {len(times)}, {len(late)} had left: {late[:5]}"
        )
    honoured = len(seen.left) - len(after)
    return (
        f"killed {len(KILLS)} times: nobody missed, {repeated} mails repeated; {len(seen.left):,}"
        f" unsubscribed on the way: {sum(seconds <= 0 for seconds in after):,} had just had it,"
        f" {sum(seconds > 0 for seconds in after)} were being sent it, {honoured:,} got nothing"
    )
