"""What the worker does at each of its turns, with nothing to do but to look. For growth.py."""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.cases.rounds import ROUNDS, Result, in_turns

MOST = 20  # turns until there is nothing left to do
ONCE = 20_000  # rows of the floor's UPDATE


def turns() -> dict[str, list[float]]:
    """Milliseconds of each task, the quickest of three, ROUNDS times. What there is to do at first
    is done before. Claiming mails is in docs/plans.md."""
    tasks = _tasks()
    for task in tasks.values():
        for _ in range(MOST):
            if not task():
                break
    return {name: [_quickest(task) for _ in range(ROUNDS)] for name, task in tasks.items()}


def _quickest(task: Callable[[], Any]) -> float:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        task()
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def results(before: dict[str, list[float]], after: dict[str, list[float]]) -> list[Result]:
    """A row for those above a hundredth of a second, and one of all together."""
    found = [
        Result(title=f"worker, {name}", beside="before the fill", target="", unit="ms",
               ours=times, floor=before[name])
        for name, times in after.items()
        if min(times) > 10
    ]  # fmt: skip
    together = Result(title="worker, a look at everything that may be due", target="≤ 1,000 ms",
                      beside="before the fill", unit="ms")  # fmt: skip
    together.ours = [sum(each) for each in zip(*after.values(), strict=True)]
    together.floor = [sum(each) for each in zip(*before.values(), strict=True)]
    return [*found, together]


def forgetting(petition: Any, oldest: Any) -> Result:
    """How fast networks are forgotten that are too old, which the `oldest` petition begins with;
    beside an UPDATE of as many rows of another by their ids."""
    from supporters.fraud.erasing import forget_networks
    from supporters.models import Signature, Watch
    from supporters.worker import SHARE

    # Signatures that were made today stand before them, where none of a real site do.
    first = Signature.objects.filter(petition=oldest).order_by("position")[:1].get().pk
    Watch.objects.update_or_create(pk=1, defaults={"networks_forgotten_to": first - 1})

    newest = Signature.objects.filter(petition=petition).order_by("-position")[:1].get().pk

    def ours(_number: int) -> float:
        began = time.perf_counter()
        until = began + SHARE
        done = forget_networks(go_on=lambda: time.perf_counter() < until)
        if not done:
            raise RuntimeError("No network was old enough to be forgotten.")
        return done / (time.perf_counter() - began)

    def floor(number: int) -> float:
        last = newest - (number + 1) * ONCE
        rows = Signature.objects.filter(pk__gt=last - ONCE, pk__lte=last)
        began = time.perf_counter()
        return rows.update(network=None) / (time.perf_counter() - began)

    result = Result(title="networks that are forgotten", beside="one UPDATE of 20,000 by id",
                    target="")  # fmt: skip
    return in_turns(ours, floor, result)


def _tasks() -> dict[str, Callable[[], Any]]:
    from supporters import transparency
    from supporters.growth import figures
    from supporters.tasks import TASKS

    return {task.name: task.act for task in TASKS} | {
        "which figures are due": figures.due,
        "transparency": transparency.refresh,
    }
