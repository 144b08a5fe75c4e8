"""Whether the web processes grow: their memory at the start, after a warm-up in which all that is kept
fills, and after many more visitors.

By a clock as well, so that a slow machine ends it too: the row says how many requests there were.
Five minutes of it; BENCH_SECONDS=900 gives any machine the time for all of them.
Signers come in crowds, and most readers to one petition. When one in fifty signed all the time, which
makes pages stale ten times a second, and all pages were read as often as each other, the case was
nothing but the making of pages, at 400 requests a second.
"""

import os
import re
import time
import urllib.request
from typing import Any

from benchmarks.cases.checks import check, quiet, sound
from benchmarks.cases.processes import children, megabytes
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import pending, petitions
from benchmarks.load import run

PETITIONS = 2
CLIENTS = 12  # as many different new pages at once as one process takes without refusing any
WARM, REQUESTS = 50_000, 200_000
SECONDS = int(os.environ.get("BENCH_SECONDS", "300"))  # at most, and what is under way
STEP = 10  # seconds
BLOCK, CROWD = 5_000, 100  # as in visit.lua
_OF_ONE_PETITION = (
    "", "count.json", "sign/", "supporters/", "count/", "changes/", "embed/", "updates.atom",
)  # fmt: skip
_OF_ALL = (
    "/", "/petitions/", "/petitions/?sort=newest", "/petitions.atom", "/topics/", "/targets/",
    "/targets/council/", "/help/", "/robots.txt", "/sitemap.xml", "/healthz",
)  # fmt: skip


def memory(place: Place) -> list[Result]:
    """Every kind of public page, searches that nobody asked before, pages of one signer, and
    signatures. What is kept has its limit, and grows up to it: that is the warm-up. From then on
    nothing may grow (bench.py gives pages little room here, so that it is short).
    """
    at_start = _each(place)  # nothing was asked but /healthz
    made = petitions(PETITIONS)
    shared, own = _addresses(place, made), _own_addresses(made)
    (place.scratch / "visits.txt").write_text("\n".join(shared))
    (place.scratch / "own.txt").write_text("\n".join(own))
    warm, _ = _visit(place, "warm", WARM, SECONDS // 3)
    before = _each(place)
    visits, between = _visit(place, "more", REQUESTS, SECONDS - SECONDS // 3)
    after = _each(place)
    if not at_start.keys() == before.keys() == after.keys():
        raise RuntimeError("A web process was replaced.")
    path = ", ".join(f"{figure:.0f}" for figure in between)
    single = "; ".join(
        f"{at_start[pid]:.0f}, {before[pid]:.0f} and {after[pid]:.0f} MB" for pid in at_start
    )
    title = "memory of the web processes"
    how = f"once, {visits:,} requests after the warm-up"
    if visits < REQUESTS:
        how += f" (of {REQUESTS:,}: the time was over)"
    return [
        Result(title=title, beside=f"after a warm-up of {warm:,} requests", target="≤ 1.10", unit="MB",
               how=how, ours=[sum(after.values())], floor=[sum(before.values())],
               notes=[f"{len(shared)} addresses and {len(own)} of one person; after each quarter: {path}"]),
        Result(title=f"{title}, since the start", beside="right after the start", target="", unit="MB",
               how=how, ours=[sum(after.values())], floor=[sum(at_start.values())],
               notes=[f"each process at the start, after the warm-up and at the end: {single}"]),
    ]  # fmt: skip


def _addresses(place: Place, made: list[Any]) -> list[str]:
    page = urllib.request.urlopen(f"{place.url}/petitions/bench-0/").read().decode()
    cards = {found[0] for found in re.finditer(r"/petitions/[a-z0-9-]+/card-[0-9a-f]+\.png", page)}
    plain = [f"/petitions/{each.slug}/{rest}" for each in made for rest in _OF_ONE_PETITION]
    plain += [*_OF_ALL, *sorted(cards)]
    spoken = [path for path in plain if path.endswith("/") and "?" not in path]
    return plain + [f"/es{path}" for path in spoken]


def _own_addresses(made: list[Any]) -> list[str]:
    """Pages that are never kept: behind the links in mails, and to log in."""
    from supporters.models import Signature
    from supporters.tokens import Purpose, make

    signers = Signature.objects.filter(petition=made[0], status="confirmed")[:100]
    links = [f"/signature/{make(Purpose.SIGNATURE, each.pk)}/" for each in signers]
    links += [f"/unsubscribe/{make(Purpose.UNSUBSCRIBE, each.pk)}/" for each in signers]
    links += [f"/confirm/{make(Purpose.CONFIRM, pk)}/" for pk in pending([made[0].pk], 100)]
    return [*links, *["/accounts/login/"] * 20]


def _visit(place: Place, prefix: str, number: int, seconds: int) -> tuple[int, list[float]]:
    """So many requests, or so many seconds; none may fail. How many there were, and the memory at
    the end of each quarter.
    """
    from supporters.models import Signature

    seen, step, until, quarters = 0, 0, time.monotonic() + seconds, []
    while seen < number and (left := until - time.monotonic()) > 0:
        name = f"{prefix}{step}x"
        answered = sound(run(
            place.url, seconds=STEP, clients=CLIENTS, script="visit.lua",
            args=(str(place.scratch / "visits.txt"), str(place.scratch / "own.txt"),
                  "/petitions/bench-0/sign/", name),
        )).answered  # fmt: skip
        quiet()
        blocks, rest = divmod(answered, BLOCK)
        stored = Signature.objects.filter(email__startswith=name).count()
        check(stored, blocks * CROWD + min(rest, CROWD) - CLIENTS, "signatures")
        seen, step = seen + answered, step + 1
        done = max(seen / number, 1 - (left - STEP) / seconds)
        while len(quarters) < min(int(4 * done), 4):
            quarters.append(sum(_each(place).values()))
    return seen, quarters


def _each(place: Place) -> dict[int, float]:
    """Of each web process, in MB."""
    return {pid: megabytes(pid) for pid in children(place.pid)}
