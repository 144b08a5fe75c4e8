"""The memory of processes, as the kernel tells it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cases.beside import repeated

_MEGABYTE = 1_000_000
_PAUSE = 0.1  # seconds between two looks


def children(pid: int) -> list[int]:
    """The processes under one: granian's that answer, under its main one."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def megabytes(pid: int) -> float:
    """What is its own alone and its share of what it shares (Pss)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1_024 / _MEGABYTE
    raise RuntimeError(f"Nothing is known of the memory of {pid}.")


@contextmanager
def peaks(pids: list[int]) -> Iterator[dict[int, float]]:
    """The most that each of them had in the block, by looking ten times a second."""
    found = {pid: megabytes(pid) for pid in pids}

    def look() -> None:
        for pid in pids:
            found[pid] = max(found[pid], megabytes(pid))

    with repeated(look, every=_PAUSE):
        yield found
