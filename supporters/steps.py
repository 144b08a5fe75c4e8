"""Long work in steps: it ends in the middle when the worker is to stop, or its turn is over.

What is left is taken up at the worker's next tick (tasks.py, `in_batches`).
"""

from collections.abc import Callable
from time import monotonic

TURN = 0.5  # seconds of the worker's, so that positions do not wait


def always() -> bool:
    """For whoever is not to be stopped."""
    return True


def in_steps(step: Callable[[], int], *, go_on: Callable[[], bool]) -> int:
    """Take steps until one finds nothing to do. Returns the sum of what they did.

    At least one is taken in each turn, unless `go_on` says no.
    """
    began, done = monotonic(), 0
    while go_on() and (number := step()):
        done += number
        if monotonic() - began >= TURN:
            break
    return done
