"""Long work in steps: it ends in the middle when the worker is to stop, or its turn is over.

What is left is taken up at one of the worker's next ticks (tasks.py, `in_batches`).
"""

from collections.abc import Callable


def always() -> bool:
    """For whoever is not to be stopped."""
    return True


def in_steps(step: Callable[[], int], *, go_on: Callable[[], bool]) -> int:
    """Take steps until one finds nothing to do, or `go_on` says no before it.

    Returns the sum of what they did.
    """
    done = 0
    while go_on() and (number := step()):
        done += number
    return done
