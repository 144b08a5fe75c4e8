"""Pages that show somebody who is to be shown otherwise, or no more: no process gives them again.

A page is made anew each second; but while it cannot be, the last one stands in: for ten minutes
where the database is away, and for as long as staff have the site answer "busy". Who withdrew was
told that it is done, so their petition's pages are dropped from the memory of every process, at the
next reading of supporters.switches. Shared caches and browsers keep theirs for their own time.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from petitions import clock
from supporters.models import PageRecall
from supporters.steps import always, delete_in_steps

KEPT = timedelta(hours=1)  # for a process that cannot read for a while


def recall(petition_id: int) -> None:
    """Ask for it. Holds when the transaction does."""
    PageRecall.objects.create(petition_id=petition_id)


def newest(most: int) -> Iterable[tuple[int, str]]:
    """(Primary key, slug of the petition), the newest first."""
    rows: Iterable[tuple[int, str]] = PageRecall.objects.order_by("-pk").values_list(
        "pk", "petition__slug"
    )[:most]
    return rows


def forget(*, go_on: Callable[[], bool] = always) -> int:
    """Delete those that every process has seen long ago. Returns how many."""
    old = PageRecall.objects.filter(created_at__lt=clock.now() - KEPT)
    return delete_in_steps(old, go_on=go_on)
