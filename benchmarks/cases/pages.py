"""Pages beside a constant view of the same bytes."""

import io
import statistics
import time
import urllib.request

from django.test import override_settings

from benchmarks import place as at
from benchmarks.cases.checks import sound
from benchmarks.cases.rounds import CLIENTS, ROUNDS, SECONDS, TIMED, Place, Result, in_turns, span
from benchmarks.cases.rows import petitions
from benchmarks.load import run
from config.handler import Handler

ANSWERS = 200
CONSTANT = "/floor/constant/page.html"
LOOP = 5_000_000
ANSWERED = f"{ROUNDS} × {ANSWERS} answers"


def _pages(place: Place, path: str, name: str, title: str) -> list[Result]:
    """Beside a constant view behind the site's own MIDDLEWARE, of which a page from memory meets the
    first few alone; and beside one behind none, on a server of its own.
    """
    with urllib.request.urlopen(place.url + path, timeout=10) as answer:
        (place.scratch / name).write_bytes(answer.read())
    constant = f"/floor/constant/{name}"
    p99: dict[str, list[float]] = {"ours": [], "floor": [], "bare": []}
    result = Result(
        title=title, beside="constant view of the same bytes", target="≥ 0.90", how=TIMED
    )
    bare = Result(title=f"{title} (no middleware on the floor)", target="", how=TIMED,
                  beside="constant view of the same bytes, MIDDLEWARE=[]")  # fmt: skip

    def measure(whose: str, address: str) -> float:
        seen = sound(run(address, seconds=SECONDS, clients=CLIENTS))
        p99[whose].append(seen.p99)
        return seen.per_second

    bare_server = at.server(place.environ, place.scratch, application="benchmarks.bare:application")
    with bare_server as (bare_url, _pid):

        def floors(number: int) -> float:
            alone = measure("bare", bare_url + constant)
            if number >= 0:
                bare.floor.append(alone)
            return measure("floor", place.url + constant)

        in_turns(lambda _n: measure("ours", place.url + path), floors, result)
    bare.ours = list(result.ours)
    ours, floor, alone = (statistics.median(p99[whose]) for whose in ("ours", "floor", "bare"))
    result.notes.append(f"p99 {ours:.1f} ms beside {floor:.1f} ms")
    bare.notes.append(f"p99 {ours:.1f} ms beside {alone:.1f} ms")
    return [result, bare]


def page(place: Place) -> list[Result]:
    petitions()
    return _pages(place, "/petitions/bench-0/", "page.html", "petition page, cached")


def count(place: Place) -> list[Result]:
    petitions()
    return _pages(place, "/petitions/bench-0/count.json", "count", "count.json")


def uncached(place: Place) -> list[Result]:
    """In this process, whose memory for pages is 0: CPU, not time. How fast the machine was meanwhile
    is told beside it, by a loop that is always the same.
    """
    petitions()
    handler, bare = Handler(), _bare()
    (place.scratch / "page.html").write_bytes(_get(handler, "/petitions/bench-0/"))
    loops: list[float] = []
    alone: list[float] = []
    result = Result(title="petition page, uncached", beside="constant view of the same bytes",
                    target="≤ 3 ms", unit="ms CPU", how=ANSWERED)  # fmt: skip

    def floors(number: int) -> float:
        if number >= 0:
            loops.append(loop())
            alone.append(_cpu(bare, CONSTANT))
        return _cpu(handler, CONSTANT)

    in_turns(lambda _n: _cpu(handler, "/petitions/bench-0/"), floors, result)
    part = statistics.median(result.ours) / statistics.median(loops)
    result.notes += [
        f"constant view without MIDDLEWARE: {span(alone, 'ms CPU')}",
        f"adding up {LOOP:,} numbers meanwhile: {span(loops, 'ms CPU')}; the page is {part:.4f} of it",
    ]
    return [result]


def middleware(place: Place) -> list[Result]:
    """What every request costs before its view is asked; in this process."""
    (place.scratch / "page.html").write_bytes(b"x" * 10_000)
    behind, bare = Handler(), _bare()
    result = Result(title="constant view of 10 KB", beside="the same without MIDDLEWARE",
                    target="", unit="ms CPU", how=ANSWERED)  # fmt: skip
    return [in_turns(lambda _n: _cpu(behind, CONSTANT), lambda _n: _cpu(bare, CONSTANT), result)]


def loop() -> float:
    """Milliseconds of CPU for a fixed piece of Python: how fast the machine is, at this moment."""
    began, x = time.process_time(), 0
    for i in range(LOOP):
        x += i
    return (time.process_time() - began) * 1_000


def _bare() -> Handler:
    with override_settings(MIDDLEWARE=[]):
        return Handler()


def _get(handler: Handler, path: str) -> bytes:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "",
               "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.input": io.BytesIO(),
               "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1"}  # fmt: skip
    status = []
    response = handler(environ, lambda line, _headers: status.append(line))
    body = b"".join(response)
    response.close()
    if status != ["200 OK"]:
        raise RuntimeError(f"{path} answered {status}")
    return body


def _cpu(handler: Handler, path: str) -> float:
    """Milliseconds of this process for one answer."""
    _get(handler, path)
    began = time.process_time()
    for _ in range(ANSWERS):
        _get(handler, path)
    return (time.process_time() - began) / ANSWERS * 1_000
