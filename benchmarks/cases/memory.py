"""Whether the web processes grow: their memory after the first visitors, and after many more."""

from pathlib import Path

from benchmarks.cases.checks import check, quiet, sound
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import petitions
from benchmarks.load import run

PETITIONS = 2
CLIENTS = 12  # as many different new pages at once as one process takes without refusing any
WARM, REQUESTS = 50_000, 200_000
STEP = 10  # seconds
MEGABYTE = 1_000_000


def memory(place: Place) -> list[Result]:
    """Pages of two petitions, searches that nobody asked before, and signatures. All that is kept has
    its limit, and is full when the first measure is taken (bench.py gives pages little room here).
    """
    made = petitions(PETITIONS)
    file = place.scratch / "visits.txt"
    file.write_text("\n".join(
        before + path
        for before in ("", "/es")
        for petition in made
        for path in (f"/petitions/{petition.slug}/", f"/petitions/{petition.slug}/count.json",
                     f"/petitions/{petition.slug}/supporters/", f"/petitions/{petition.slug}/sign/")
        if not (before and path.endswith(".json"))
    ))  # fmt: skip
    at_start = _resident(place.pid)
    _visit(place, file, "warm", WARM)
    before = _resident(place.pid)
    visits = _visit(place, file, "more", REQUESTS)
    after = _resident(place.pid)
    return [Result(
        title="memory of the web processes", beside=f"after the first {WARM:,} requests",
        target="≤ 1.10", unit="MB", ours=[after], floor=[before],
        notes=[(f"{at_start:.0f} MB before any request, {len(_workers(place.pid))} processes; after "
               f"{visits:,} more requests")],
    )]  # fmt: skip


def _visit(place: Place, file: Path, prefix: str, number: int) -> int:
    """At least so many requests, none of which may fail; how many there were."""
    from supporters.models import Signature

    seen = step = 0
    while seen < number:
        name = f"{prefix}{step}x"
        answered = sound(run(
            place.url, seconds=STEP, clients=CLIENTS, script="visit.lua",
            args=(str(file), "/petitions/bench-0/sign/", name),
        )).answered  # fmt: skip
        quiet()
        stored = Signature.objects.filter(email__startswith=name).count()
        check(stored, answered // 50 - 1, "signatures")
        seen, step = seen + answered, step + 1
    return seen


def _workers(pid: int) -> list[int]:
    """The processes under granian's main one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def _resident(pid: int) -> float:
    """Of all workers together, in MB: what is theirs alone and their share of what they share."""
    total = 0
    for worker in _workers(pid):
        for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1_024
    return total / MEGABYTE
