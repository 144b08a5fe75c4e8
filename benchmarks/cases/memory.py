"""Whether the web processes grow: their memory after the start, and after many visitors.

"After the start" is when each process has been asked a few times for each kind of page, and has taken
signatures, by as many clients at once as come later, so that what is loaded at its first use is there:
modules, templates, connections. The memory for pages has its usual room and would be filled by nothing
but many thousand different pages, so it is filled here with pages of its own kind. They are all of one
size and lie side by side; the first few thousand visitors after them put others in their place, between
which gaps remain, and bring all threads to what they need at most. So those visitors belong to the start.
One row is from before the filling, one from after them.

By a clock as well, so that a slow machine ends it too: the row says how many requests there were. All
of it in BENCH_SECONDS, usually less than five minutes; 900 give any machine the time for all requests.
Signers come in crowds, and most readers to one petition. When one in fifty signed all the time, which
makes pages stale ten times a second, and all pages were read as often as each other, the case was
nothing but the making of pages, at 400 requests a second.
"""

import json
import os
import re
import time
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from benchmarks.cases.checks import PATIENCE, check, quiet, sound
from benchmarks.cases.processes import children, megabytes
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import pending, petitions
from benchmarks.load import run

PETITIONS = 2
CLIENTS = 12  # as many different new pages at once as one process takes without refusing any
WARMING, REQUESTS = 10_000, 200_000
SECONDS = int(os.environ.get("BENCH_SECONDS") or 300)  # at most, and what is under way
WARMING_SECONDS = SECONDS / 8  # of them
TIMES = 3  # that each process is asked for each kind of page, or more: who answers is by chance
STEP = 10  # seconds
AT_ONCE = 1_000  # requests between two looks
FULL = 0.88  # of its room, since a tenth is made free at once
LOOKS = 100  # each by a new connection: so many that every process has answered
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
    signatures. What is kept has its limit, and is full; nothing else may grow.
    """
    until = time.monotonic() + SECONDS
    bare = _each(place)  # nothing was asked but /healthz
    made = petitions(PETITIONS)
    shared, own = _addresses(place, made), _own_addresses(made)
    (place.scratch / "visits.txt").write_text("\n".join(shared))
    (place.scratch / "own.txt").write_text("\n".join(own))
    times = TIMES * len(bare)
    searches = [f"/petitions/?q=first{n}" for n in range(times)]
    _ask(place, [*[*shared, *one_of_each(own)] * times, *searches])
    _sign(place, times * CLIENTS)
    started, few = _each(place), _kept_pages(place)
    _fill(place, len(bare))
    filled, full = _each(place), _kept_pages(place)
    warming, _ = _visit(place, "warm", WARMING, WARMING_SECONDS)
    warm = _each(place)
    visits, between = _visit(place, "more", REQUESTS, until - time.monotonic())
    after, last = _each(place), _kept_pages(place)
    looks = [bare, started, filled, warm, after]
    if any(look.keys() != bare.keys() for look in looks):
        raise RuntimeError("A web process was replaced.")
    if visits < WARMING:
        raise RuntimeError(f"{visits} visits in what was left of {SECONDS} s say nothing.")
    path = ", ".join(f"{figure:.0f}" for figure in between)
    single = "; ".join(", ".join(f"{look[pid]:.0f}" for look in looks) + " MB" for pid in bare)
    title = "memory of the web processes"
    how = f"once, {visits:,} requests after the start"
    if visits < REQUESTS:
        how += f" (of {REQUESTS:,}: the time was over)"
    total = [sum(after.values())]
    return [
        Result(title=title, beside="after the first visitors, memory for pages full", target="≤ 1.10", unit="MB",
               how=how, ours=total, floor=[sum(warm.values())],
               notes=[f"after a start with {warming:,} visits; {len(shared)} addresses and {len(own)} of one person; after each quarter: {path}"]),
        Result(title=f"{title}, with the pages that are kept", target="", unit="MB", how=how,
               beside="after the start, hardly a page kept", ours=total, floor=[sum(started.values())],
               notes=[f"pages kept by all processes together: {few}, filled to {full}, at the end {last}",
                      "each process before any page, after the start, full, after the first visitors and at the end: " + single]),
    ]  # fmt: skip


def _ask(place: Place, paths: Iterable[str]) -> None:
    """Each over a connection of its own, so that it is not one process that answers all of them."""

    with ThreadPoolExecutor(CLIENTS) as clients:
        for _ in clients.map(lambda path: _get(place.url + path), paths):
            pass


def _sign(place: Place, number: int) -> None:
    def sign(n: int) -> None:
        values = {"given_name": "Sam", "family_name": "Okoro", "email": f"first{n}@example.org",
                  "country": "GB", "postal_code": "SW1A 1AA", "display": "initial"}  # fmt: skip
        _get(f"{place.url}/petitions/bench-0/sign/", urlencode(values).encode())

    with ThreadPoolExecutor(CLIENTS) as clients:
        for _ in clients.map(sign, range(number)):
            pass


def _get(url: str, form: bytes | None = None) -> bytes:
    """Who is told to come back does so: a process that has just begun has much to load."""
    for _ in range(PATIENCE):
        try:
            with urllib.request.urlopen(url, form, timeout=30) as answer:
                return answer.read()
        except HTTPError as error:
            with error:
                if error.code != 503:
                    raise
            time.sleep(1)
    raise RuntimeError(f"{url} was refused for {PATIENCE} seconds.")


def one_of_each(own: list[str]) -> list[str]:
    """Of the pages for one person, the first of each kind."""
    return list({path.split("/")[1]: path for path in reversed(own)}.values())


def _fill(place: Place, processes: int) -> None:
    """Until no process has room for more pages."""
    begin, deadline = 0, time.monotonic() + SECONDS / 3
    while len(full := _stores(place)) < processes or any(
        each["weight"] < FULL * each["limit"] for each in full.values()
    ):
        if time.monotonic() > deadline:
            raise RuntimeError(f"The memory for pages is not filled: {full}")
        _ask(place, (f"/floor/kept/?n={n}" for n in range(begin, begin + AT_ONCE)))
        begin += AT_ONCE


def _stores(place: Place) -> dict[int, dict[str, int]]:
    """By process, what it says of its memory for pages: limit, pages and weight, in bytes."""
    found: dict[int, dict[str, int]] = {}

    with ThreadPoolExecutor(CLIENTS) as clients:
        for answer in clients.map(_get, [f"{place.url}/floor/pages/"] * LOOKS):
            each = json.loads(answer)
            found[each.pop("process")] = each
    return found


def _kept_pages(place: Place) -> str:
    stores = _stores(place).values()
    number, weight = (sum(each[name] for each in stores) for name in ("pages", "weight"))
    return f"{number:,} ({weight / 1_000_000:.0f} MB by their own reckoning)"


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


def _visit(place: Place, prefix: str, number: int, seconds: float) -> tuple[int, list[float]]:
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
