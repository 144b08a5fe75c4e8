"""Several tasks that have much to do share each tick of a worker; positions come round all the same.

By a clock that only the tasks move, and resting.
"""

from collections import Counter
from itertools import pairwise

import pytest

from supporters import worker as worker_module
from supporters.steps import in_steps
from supporters.tasks import TASKS, Task
from supporters.worker import SHARE, TICK, Worker

HOUR = 3600.0
BUSY = ("erasure", "swept signatures", "networks", "drafts", "old mails")


class Days:
    """What happens, and when. In the place of the module `time`."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.seen: list[tuple[str, float]] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def task(self, name: str, seconds: float = 0.0, *, every: float = 0.0, **more) -> Task:
        """One that is done in one piece."""

        def act() -> int:
            self.seen.append((name, self.now))
            self.now += seconds
            return 0

        return Task(name, every, act, **more)

    def busy(self, name: str, step_takes: float, *, steps: int = 1_000_000) -> Task:
        """One that comes due each hour and has so many steps to do."""
        left = iter(range(steps))

        def step() -> int:
            if next(left, None) is None:
                return 0
            self.seen.append((name, self.now))
            self.now += step_takes
            return 1

        return Task(
            name,
            HOUR,
            lambda *, go_on: in_steps(step, go_on=go_on),
            in_batches=True,
            takes_go_on=True,
        )

    def times(self, name: str) -> list[float]:
        return [at for seen, at in self.seen if seen == name]

    def steps(self) -> Counter[str]:
        return Counter(name for name, _at in self.seen if name in BUSY)


@pytest.fixture
def days(monkeypatch):
    days = Days()
    monkeypatch.setattr(worker_module, "time", days)
    return days


@pytest.fixture
def work(days, monkeypatch):
    def ticks(how_many: int, *tasks: Task) -> Worker:
        fold = days.task("fold", is_prompt=True)
        monkeypatch.setattr(worker_module, "TASKS", (fold, *tasks))
        worker = Worker()
        for _ in range(how_many):
            began = days.now
            worker._tick()
            worker._rest(began + TICK)
        return worker

    return ticks


def longest_wait(days: Days) -> float:
    """Between two folds."""
    return max(after - before for before, after in pairwise(days.times("fold")))


def test_what_is_prompt_comes_first():
    names = [task.name for task in TASKS if task.is_prompt]
    assert names == ["closing", "fold", "scheduled updates"]
    assert [task.name for task in TASKS[:3]] == names
    assert {task.every for task in TASKS[:3]} == {0}


def test_five_busy_tasks_share_half_of_each_second(days, work):
    work(20, *[days.busy(name, 0.06) for name in BUSY])
    assert longest_wait(days) == pytest.approx(TICK)
    done = days.steps()
    assert sum(done.values()) * 0.06 >= 20 * SHARE  # they have all of it
    assert min(done.values()) >= 20  # in each tick each of them
    assert max(done.values()) <= 2 * min(done.values())


def test_with_steps_that_take_a_whole_turn_each_comes_every_fifth_second(days, work):
    work(20, *[days.busy(name, 0.7) for name in BUSY])
    assert longest_wait(days) == pytest.approx(TICK)
    assert days.steps() == dict.fromkeys(BUSY, 4)


def test_one_with_long_steps_starves_nobody(days, work):
    first, *others = BUSY
    work(20, days.busy(first, 0.5), *[days.busy(name, 0.01) for name in others])
    assert longest_wait(days) == pytest.approx(TICK)
    for name in others:
        assert len({round(at) for at in days.times(name)}) >= 9  # of twenty ticks
    assert days.steps()[first] >= 9


def test_what_comes_due_meanwhile_does_not_wait_for_their_end(days, work):
    trend = days.task("trend", every=60)
    mailings = days.task("mailings")
    work(150, *[days.busy(name, 0.7) for name in BUSY], trend, mailings)
    assert longest_wait(days) == pytest.approx(TICK)
    assert all(after - before <= 60 + 8 for before, after in pairwise(days.times("trend")))
    assert len(days.times("trend")) == 3
    assert len(days.times("mailings")) == 150 // (len(BUSY) + 1)


def test_one_alone_has_the_whole_share_and_ends_with_its_work(days, work):
    work(20, days.busy("erasure", 0.1, steps=12))
    assert [round(at) for at in days.times("erasure")] == [1_000] * 5 + [1_001] * 5 + [1_002] * 2
    assert longest_wait(days) == pytest.approx(TICK)


def test_a_turn_has_a_step_however_long_the_way_to_it(days, work):
    """Or a task that looks for long before its first step would never come to one."""
    drafts = days.busy("drafts", 0.1)

    def slow(*, go_on):
        days.now += 2 * SHARE
        return drafts.act(go_on=go_on)

    work(3, Task("drafts", HOUR, slow, in_batches=True, takes_go_on=True))
    assert days.steps() == {"drafts": 3}


def test_a_worker_that_is_to_stop_begins_no_other(days, monkeypatch):
    worker = Worker()

    def last() -> None:
        worker.stop()

    tasks = (Task("closing dates", HOUR, last), days.busy("erasure", 0.1), days.task("sessions"))
    monkeypatch.setattr(worker_module, "TASKS", tasks)
    worker._tick()
    assert worker.stopping
    assert days.seen == []
