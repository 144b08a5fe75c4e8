"""Afterwards: everything that a client was told is compared with the rows and the mails."""

import re
from collections import Counter
from dataclasses import dataclass

from tests.faults.journal import Journal
from tests.faults.sampler import PETITIONS
from tests.faults.world import World
from tests.smtp import Delivery

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<(\d+)\.", re.IGNORECASE | re.MULTILINE)

# A traceback to its last line, which names what was raised.
_OF_DATABASE = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)+"
    r"(?:psycopg2?|django\.db\.utils)\.(?:[\w.]*\.)?(?:\w*Error|AdminShutdown|CrashShutdown)\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Row:
    pk: int
    email: str
    status: str
    position: int | None
    mails_asked: int


def reckon(
    world: World, journal: Journal, *, repeats: int = 0, database_died: bool = False
) -> None:
    """Settle the accounts; `repeats` is how many mails may have gone out twice, one for each kill.

    Workers log no failure but, where it died, the database's.
    """
    world.settle()
    rows = [
        Row(*found)
        for found in world.ask(
            "SELECT id, email, status, position, mails_asked FROM supporters_signature"
            " WHERE petition_id = 1"
        )
    ]
    _answers_are_fit_for_people(journal)
    _nobody_is_lost_or_doubled(journal, rows)
    _the_positions_are_right(rows)
    for petition in PETITIONS:
        _the_number_is_right(world, petition)
    _samples_were_right(world)
    _readings_were_right(journal)
    _mails_came_once(world, rows, repeats)
    _nothing_is_in_the_logs(world)
    _workers_failed_at_nothing_else(world, database_died=database_died)


def _answers_are_fit_for_people(journal: Journal) -> None:
    """Done, "come back in a minute", or no answer at all; never a fault, never endless waiting."""
    answers = Counter(attempt.status for attempt in journal.everything())
    assert all(status in {0, 503} or 200 <= status < 400 for status in answers), answers
    busy = [attempt for attempt in journal.everything() if attempt.status == 503]
    assert all(attempt.retry_after.isdigit() for attempt in busy)


def _nobody_is_lost_or_doubled(journal: Journal, rows: list[Row]) -> None:
    signed, confirmed = journal.acknowledged("sign"), journal.acknowledged("confirm")
    withdrawn = journal.acknowledged("withdraw")
    assert signed.keys() == journal.attempted("sign").keys()  # all of them were told in the end
    assert len(rows) == len(signed)
    left = [row for row in rows if row.status == "withdrawn"]
    assert {row.pk for row in left} == withdrawn.keys() == journal.attempted("withdraw").keys()
    live = Counter(row.email for row in rows if row.status != "withdrawn")
    assert live.keys() <= signed.keys()
    assert all(times == 1 for times in live.values())
    assert len(live) == len(signed) - len(withdrawn)
    standing = {row.pk for row in rows if row.status == "confirmed"}
    assert standing == confirmed.keys() - withdrawn.keys()
    assert confirmed.keys() == journal.attempted("confirm").keys()
    assert {row.status for row in rows} <= {"confirmed", "withdrawn"}


def _the_positions_are_right(rows: list[Row]) -> None:
    positions = sorted(row.position for row in rows if row.position is not None)
    assert positions == list(range(1, len(positions) + 1))
    assert all(row.position for row in rows if row.status == "confirmed")


def _the_number_is_right(world: World, petition: int) -> None:
    [(count, adjusted, standing, positions, last)] = world.ask(
        "SELECT supporter_count,"
        " (SELECT COALESCE(SUM(quantity), 0) FROM supporters_countadjustment"
        " WHERE petition_id = petition.id),"
        " (SELECT COUNT(*) FROM supporters_signature"
        " WHERE petition_id = petition.id AND status = 'confirmed'),"
        " (SELECT COUNT(DISTINCT position) FROM supporters_signature"
        " WHERE petition_id = petition.id),"
        " (SELECT COALESCE(MAX(position), 0) FROM supporters_signature"
        " WHERE petition_id = petition.id)"
        " FROM petitions_petition AS petition WHERE id = %s",
        petition,
    )
    assert count == standing == positions + adjusted
    assert positions == last


def _samples_were_right(world: World) -> None:
    recounted = world.processes.manage("recount")
    assert recounted.returncode == 0, recounted.stdout + recounted.stderr
    samples = world.sampled()
    assert "WRONG" not in samples, samples
    for petition in PETITIONS:
        assert re.search(rf"SAMPLES of {petition}: [1-9]", samples), samples


def _readings_were_right(journal: Journal) -> None:
    """Each count.json lies between what was acknowledged before the moment that it names, and what
    had been asked for when it came."""
    asked, done = journal.attempted("confirm"), journal.acknowledged("confirm")
    leaving, left = journal.attempted("withdraw"), journal.acknowledged("withdraw")
    assert journal.readings
    for reading in journal.readings:
        as_of = reading.as_of.timestamp()
        assert as_of <= reading.ended
        least = _before(as_of, done) - _before(reading.ended, leaving)
        most = _before(reading.ended, asked) - _before(as_of, left)
        assert least <= reading.count <= most, (reading, least, most)
        if reading.confirmed_at:
            assert reading.confirmed_at.timestamp() <= reading.ended


def _before(moment: float, firsts: dict[str | int, float]) -> int:
    return sum(first <= moment for first in firsts.values())


def _mails_came_once(world: World, rows: list[Row], repeats: int) -> None:
    """One for each time that somebody asked; and each a single time, save for what was in flight."""
    outbox = world.ask(
        "SELECT id, signature_id, sent_at IS NOT NULL, failed_at IS NULL FROM supporters_outgoingmail"
        " WHERE petition_id = 1"
    )
    assert all(sent and not_failed for _, _, sent, not_failed in outbox)
    came = Counter(map(message_id, world.inbox.deliveries))
    assert {pk for pk, *_ in outbox} <= came.keys()
    asked = Counter(signature for _, signature, *_ in outbox)
    for row in rows:
        if row.status != "withdrawn":  # their mails were erased with their address
            assert asked[row.pk] == row.mails_asked, row
    assert max(came.values()) <= 1 + repeats
    assert came.total() - len(came) <= repeats, came.most_common(3)


def message_id(mail: Delivery) -> int:
    """The row's id, which its Message-ID begins with."""
    return int(_MESSAGE_ID.search(mail.raw)[1])


def _nothing_is_in_the_logs(world: World) -> None:
    assert "deadlock detected" not in world.cluster.log()
    for running in world.processes.running:
        assert "Internal Server Error" not in running.log()


def _workers_failed_at_nothing_else(world: World, *, database_died: bool) -> None:
    for running in world.processes.running:
        if running.name.startswith("worker"):
            log = running.log()
            expected = len(_OF_DATABASE.findall(log)) if database_died else 0
            assert log.count("Traceback (most recent call last)") == expected, log
