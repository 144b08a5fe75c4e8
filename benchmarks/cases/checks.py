"""What is compared after each run: what was acknowledged with what is stored and counted."""

import time

from benchmarks.cases.rounds import CLIENTS
from benchmarks.load import Run

PATIENCE = 60  # seconds


def sound(seen: Run, *, may_refuse: bool = False) -> Run:
    """Each request had its answer, or at least was refused in words."""
    failed = seen.lost + (0 if may_refuse else seen.refused)
    if failed:
        raise RuntimeError(
            f"{failed} requests failed of {seen.answered + seen.refused + seen.lost}"
        )
    return seen


def quiet() -> None:
    """Wait until the requests that wrk left behind are done."""
    from supporters.models import Signature

    def rows() -> tuple[int, int]:
        return Signature.objects.count(), Signature.objects.filter(status="confirmed").count()

    before, same, deadline = rows(), 0, time.monotonic() + PATIENCE
    while same < 5 and time.monotonic() < deadline:
        time.sleep(0.2)
        before, same = (now := rows()), same + 1 if now == before else 0


def check(stored: int, answered: int, what: str) -> None:
    """What was acknowledged is there; nothing else, but for what was under way at the end."""
    if not answered <= stored <= answered + CLIENTS:
        raise RuntimeError(f"{answered} {what} were acknowledged, and {stored} are stored.")


def counted_exactly(ids: list[int]) -> None:
    from django.db.models import Max

    from petitions.models import Petition
    from supporters.count import with_live_count
    from supporters.fold import fold_all
    from supporters.models import Signature

    def numbers() -> tuple[int, int]:
        shown = sum(row.live_count for row in with_live_count(Petition.objects.filter(pk__in=ids)))
        return shown, Signature.objects.filter(petition__in=ids, status="confirmed").count()

    before = numbers()
    fold_all()
    after = numbers()
    last = Signature.objects.filter(petition=ids[0]).aggregate(last=Max("position"))["last"]
    own = Signature.objects.filter(petition=ids[0], status="confirmed").count()
    if len({*before, *after}) != 1 or last != own:
        raise RuntimeError(f"Counted {before}, then {after}; last position {last} of {own}.")
