"""How many answers are made at once, who waits, who is turned away, and who goes first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from config import shedding
from config.onlookers import Onlookers
from config.shedding import Gate, Rank
from tests.looking_on import LookingOn
from tests.threads import wait_until

READING, SIGNING = Rank.READING, Rank.SIGNING
LONG = 30.0  # seconds, for a busy machine; nothing here waits for them to pass
NEVER = 1_000.0


@pytest.fixture
def onlookers():
    return Onlookers(0)


@pytest.fixture
def gate(onlookers):
    return Gate(16, onlookers)


@pytest.fixture
def nobody_waits(monkeypatch):
    monkeypatch.setattr(shedding, "PATIENCE", dict.fromkeys(Rank, 0.0))
    monkeypatch.setattr(shedding, "_MOMENT", 0.0)


@pytest.fixture
def all_wait(monkeypatch):
    monkeypatch.setattr(shedding, "PATIENCE", dict.fromkeys(Rank, LONG))


class Waiting:
    """Threads that ask to enter, each known to wait before the next begins."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.entered: list[Rank] = []
        self.came = threading.Condition()
        self.pool = ThreadPoolExecutor(20)

    def add(self, rank: Rank) -> None:
        before = sum(self.gate._waiting.values())
        self.pool.submit(self._enter, rank)
        wait_until(lambda: sum(self.gate._waiting.values()) > before, "it waits")

    def _enter(self, rank: Rank) -> None:
        if self.gate.enter(rank):
            with self.came:
                self.entered.append(rank)
                self.came.notify_all()

    def wait_for(self, number: int) -> list[Rank]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.entered) >= number, LONG)
            return list(self.entered)


@pytest.fixture
def waiting(gate):
    waiting = Waiting(gate)
    yield waiting
    gate.at_once = gate.readers = 1_000
    with gate._lock:
        for turn in gate._turn.values():
            turn.notify_all()
    waiting.pool.shutdown()


@pytest.mark.parametrize("threads", range(8, 65))
def test_there_is_room_for_readers_and_for_who_waits(threads):
    gate = Gate(threads, Onlookers(0))
    assert 1 <= gate.readers < gate.at_once
    assert gate.waiting >= gate.at_once


def test_readers_leave_room_for_who_signs(gate, nobody_waits):
    entered = [gate.enter(READING) for _ in range(gate.at_once)]
    assert entered == [True] * gate.readers + [False] * (gate.at_once - gate.readers)
    assert gate.enter(SIGNING)
    assert not gate.enter(SIGNING)
    gate.leave(READING)
    assert gate.enter(SIGNING)
    assert not gate.enter(READING)


def test_who_leaves_makes_room(gate, nobody_waits):
    for _ in range(100):
        assert gate.enter(READING)
        gate.leave(READING)
    assert [gate.enter(SIGNING) for _ in range(gate.at_once)] == [True] * gate.at_once


def test_who_waits_enters_when_another_leaves(gate, all_wait, waiting):
    for _ in range(gate.readers):
        gate.enter(READING)
    waiting.add(READING)
    assert waiting.entered == []
    gate.leave(READING)
    assert waiting.wait_for(1) == [READING]


def test_who_signs_goes_before_who_has_waited_for_longer(gate, all_wait, waiting):
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    waiting.add(READING)
    waiting.add(SIGNING)
    gate.leave(SIGNING)
    assert waiting.wait_for(1) == [SIGNING]
    gate.leave(SIGNING)
    assert waiting.wait_for(2) == [SIGNING, READING]


def test_a_crowd_is_turned_away_at_once_readers_first(gate, all_wait, waiting):
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(gate.waiting // 2):
        waiting.add(READING)
    assert not gate.enter(READING)
    for _ in range(gate.waiting - gate.waiting // 2):
        waiting.add(SIGNING)
    assert not gate.enter(SIGNING)
    assert waiting.entered == []


@pytest.fixture
def crowded(gate, all_wait, waiting):
    """All places are taken, and all seats; answers were just made, and will be for the whole test."""
    gate.enter(SIGNING)
    gate.leave(SIGNING)
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(gate.waiting):
        waiting.add(SIGNING)
    return waiting


def test_a_burst_of_signers_is_taken_whole_while_answers_are_made(gate, crowded, monkeypatch):
    monkeypatch.setattr(shedding, "_MOMENT", LONG)
    monkeypatch.setattr(shedding, "_BURST", LONG)
    for _ in range(3):
        crowded.add(SIGNING)
    assert not gate.enter(READING)
    for number in range(gate.waiting + 3):
        gate.leave(SIGNING)
        crowded.wait_for(number + 1)
    assert crowded.entered == [SIGNING] * (gate.waiting + 3)


def test_a_burst_is_taken_whole_by_who_had_nothing_to_do(gate, all_wait, waiting, monkeypatch):
    monkeypatch.setattr(shedding, "_MOMENT", LONG)
    monkeypatch.setattr(shedding, "_BURST", LONG)
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(gate.waiting + 3):
        waiting.add(SIGNING)
    for number in range(gate.waiting + 3):
        gate.leave(SIGNING)
        waiting.wait_for(number + 1)


def test_no_burst_is_waited_for_where_nothing_moves(gate, crowded, monkeypatch):
    monkeypatch.setattr(shedding, "_BURST", LONG)
    gate._moved_at -= 2 * shedding._MOMENT
    assert not gate.enter(SIGNING)
    assert crowded.entered == []


def test_a_burst_that_goes_on_is_a_crowd(gate, crowded, monkeypatch):
    monkeypatch.setattr(shedding, "_MOMENT", LONG)
    monkeypatch.setattr(shedding, "_BURST", 0.0)
    assert not gate.enter(SIGNING)
    assert crowded.entered == []


def test_a_burst_is_over_once_half_of_them_wait_no_more(gate, crowded, monkeypatch):
    monkeypatch.setattr(shedding, "_MOMENT", LONG)
    monkeypatch.setattr(shedding, "_BURST", 0.0)
    gate.enter(SIGNING)
    before = gate._crowded_since
    assert before is not None
    for number in range(gate.waiting - gate.waiting // 2):
        assert gate._crowded_since == before
        gate.leave(SIGNING)
        crowded.wait_for(number + 1)
    gate.leave(SIGNING)
    assert gate._crowded_since is None


def test_who_gives_up_leaves_nothing_behind(gate, nobody_waits):
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(50):
        assert not gate.enter(SIGNING)
        assert not gate.enter(READING)
    gate.leave(SIGNING)
    assert gate.enter(READING)


# Who waits for a page that another makes has what is left


@pytest.fixture
def looking_on(onlookers):
    with LookingOn(onlookers) as looking_on:
        yield looking_on


@pytest.mark.parametrize("threads", [8, 32])
def test_there_and_for_pages_never_are_more_than_their_share(threads, looking_on, nobody_waits):
    gate = Gate(threads, looking_on.onlookers)
    share = gate.at_once + gate.waiting
    looking_on.add(share)
    assert looking_on.turns_away()
    for number in range(1, gate.at_once + 1):
        assert gate.enter(SIGNING)
        looking_on.come_to(share - number)
    assert looking_on.turns_away()
    gate.leave(SIGNING)
    looking_on.add()
    assert looking_on.turns_away()


def test_who_waits_at_the_gate_takes_theirs_as_well(gate, looking_on, all_wait, waiting):
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(gate.waiting - 1):
        waiting.add(SIGNING)
    looking_on.add()
    waiting.add(SIGNING)
    looking_on.come_to(0)
    assert looking_on.turns_away()


def test_who_is_turned_away_at_once_takes_nothing(gate, looking_on, all_wait, waiting):
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(gate.waiting // 2):
        waiting.add(READING)
    left = gate.waiting - gate.waiting // 2
    looking_on.add(left)
    for _ in range(50):
        assert not gate.enter(READING)
    looking_on.come_to(left)


def test_who_waits_in_vain_gives_it_back(gate, looking_on, nobody_waits):
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(50):
        assert not gate.enter(READING)
        assert not gate.enter(SIGNING)
    looking_on.add(gate.waiting)
    assert looking_on.turns_away()


# Organizers are answered past who waits, on places of that line


def test_the_line_is_shorter_by_those_who_are_answered_beside_it(gate, all_wait, waiting):
    beside = [gate.enter_beside() for _ in range(gate.organizers + 1)]
    assert beside == [True] * gate.organizers + [False]
    for _ in range(gate.at_once):
        gate.enter(SIGNING)
    for _ in range(gate.waiting - gate.organizers):
        waiting.add(SIGNING)
    assert not gate.enter(SIGNING)
    gate.leave_beside()
    waiting.add(SIGNING)
    assert not gate.enter_beside()  # the line is full
    assert waiting.entered == []


def test_who_waits_for_a_page_leaves_them_room(gate, looking_on):
    share = gate.at_once + gate.waiting
    looking_on.add(share)
    assert gate.enter_beside()
    looking_on.come_to(share - 1)
    gate.leave_beside()
    looking_on.add()
    assert looking_on.turns_away()
