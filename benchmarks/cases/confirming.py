"""Confirming beside a view with one guarded UPDATE."""

from typing import Any

from benchmarks.cases.checks import check, counted_exactly, quiet, sound
from benchmarks.cases.folding import company, folds
from benchmarks.cases.rounds import CLIENTS, SECONDS, TIMED, Place, Result, in_turns
from benchmarks.cases.rows import pending, petitions
from benchmarks.load import run


def confirm_at(place: Place, some: list[Any], *, is_ours: bool) -> float:
    """Confirmations per second, beside the fold that somebody runs and who asks for the number."""
    from supporters.models import Signature
    from supporters.tokens import Purpose, make

    ids = [petition.pk for petition in some]
    rows = pending(ids, 3_000 * SECONDS)
    file = place.scratch / "confirm.txt"
    file.write_text("\n".join(
        f"/confirm/{make(Purpose.CONFIRM, pk)}/" if is_ours else f"/floor/confirm/{pk}/"
        for pk in rows
    ))  # fmt: skip
    with company(place, some, confirming=False):
        seen = sound(run(place.url, seconds=SECONDS, clients=CLIENTS, script="post_each.lua",
                         args=(str(file),)))  # fmt: skip
    quiet()
    confirmed = Signature.objects.filter(pk__gte=rows[0], pk__lte=rows[-1], status="confirmed")
    check(confirmed.count(), seen.answered, "confirmations")
    counted_exactly(ids)
    return seen.per_second


def confirm(place: Place) -> list[Result]:
    made = petitions()
    result = Result(title="confirm, one petition", beside="minimal view with one guarded UPDATE",
                    target="≥ 0.70", how=TIMED, notes=["folded once a second on both sides"])  # fmt: skip
    with folds():
        return [in_turns(lambda _n: confirm_at(place, made, is_ours=True),
                         lambda _n: confirm_at(place, made, is_ours=False), result)]  # fmt: skip
