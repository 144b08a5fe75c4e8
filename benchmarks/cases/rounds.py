"""A row of the report, and how it comes about: ours and the floor in turns, in another order each
round, so that whatever else the machine does meets both.
"""

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 3
SECONDS = int(os.environ.get("BENCH_ROUND_SECONDS") or 5)  # of wrk or pgbench
CLIENTS = 32


def timed(rounds: int) -> str:
    return f"{rounds} × {SECONDS} s, {CLIENTS} clients"


TIMED = timed(ROUNDS)


@dataclass(slots=True, kw_only=True)
class Result:
    title: str
    beside: str
    target: str
    how: str = ""  # what a round was; without it the row says how many there were
    unit: str = "/s"
    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    url: str
    pid: int  # granian's main process
    scratch: Path
    environ: dict[str, str]


def in_turns(
    ours: Callable[[int], float],
    floor: Callable[[int], float],
    result: Result,
    *,
    rounds: int = ROUNDS,
) -> Result:
    """Both of them so many times, and once before that to warm up."""
    ours(-1), floor(-1)
    for number in range(rounds):
        pair = [(result.ours, ours), (result.floor, floor)]
        for numbers, measure in pair if number % 2 else reversed(pair):
            numbers.append(measure(number))
    return result


def span(numbers: list[float], unit: str) -> str:
    """The median and, in brackets, the range."""
    digits = 2 if unit.startswith("ms") else 0
    low, middle, high = (
        f"{number:,.{digits}f}"
        for number in (min(numbers), statistics.median(numbers), max(numbers))
    )
    return f"{middle} {unit} ({low}–{high})" if unit != "/s" else f"{middle}/s ({low}–{high})"
