"""A million supporters as CSV, by who may have them, beside PostgreSQL's own COPY of the same rows.

What the web process has in memory meanwhile, also while a reader takes nothing for a while.
"""

import csv
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks.browser import Browser
from benchmarks.cases.crowd import fill
from benchmarks.cases.processes import children, megabytes, peaks
from benchmarks.cases.rounds import ROUNDS, Place, Result
from benchmarks.cases.rows import petitions

SUPPORTERS = 1_000_000
SECONDS = 180  # after them no other round begins
PIECE = 65_536
SLOW = 20  # seconds for which the slow reader takes nothing
PATIENCE = 60  # seconds, until the site has seen that the reader is gone

# The rows and columns of supporters/download.py, without what it makes of them.
_SHARED = """
FROM supporters_signature
WHERE petition_id = {petition} AND status = 'confirmed' AND position > 0
    AND (consent_id IS NOT NULL OR display <> 'hidden')
"""
_COPY = f"""
COPY (
    SELECT position, email, given_name, family_name, locality, postal_code, country, language,
        created_at, confirmed_at, source, reason, display, consent_id
    {_SHARED} ORDER BY position
) TO STDOUT WITH (FORMAT csv)
"""
_NUMBERS = f"SELECT count(*), count(consent_id) {_SHARED}"


def download(place: Place) -> list[Result]:
    from supporters import consent

    [petition] = petitions()
    fill({petition: SUPPORTERS - 200}, consent=consent.consent_id("Yes"))
    expected = _numbers(petition)
    address = f"/admin/petitions/petition/{petition.pk}/download/"
    file = place.scratch / "supporters.csv"
    rows = Result(title=f"download of {SUPPORTERS:,} supporters", beside="COPY of the same by psycopg2",
                  target="every row")  # fmt: skip
    pids = children(place.pid)
    _logged_in(place, petition)
    before, until = max(map(megabytes, pids)), time.monotonic() + SECONDS
    with peaks(pids) as most:
        while len(rows.ours) < ROUNDS and time.monotonic() < until:
            browser = _logged_in(place, petition)
            rows.ours.append(expected[0] / _seconds(lambda to=browser: _save(to, address, file)))
            rows.floor.append(expected[0] / _seconds(lambda: _copy(place, petition, file)))
            _is_all(petition, place.scratch / "supporters.csv", expected)
    after = max(map(megabytes, pids))
    with peaks(pids) as most_slowly:
        handed_over = _read_slowly(_logged_in(place, petition), address, petition)
    rows.notes.append(
        f"rounds: {len(rows.ours)}; {expected[0]:,} of them let something be given away, {expected[1]:,}"
        f" of those their address: each was there once, and the log says the same"
    )
    return [rows, Result(
        title="memory of the web process that gives the download", beside="before it",
        target="< 150 MB", unit="MB", ours=[max(most.values())], floor=[before],
        notes=[(f"the most of any process; {after:.0f} MB afterwards; {max(most_slowly.values()):.0f} MB"
                f" with a reader who took nothing for {SLOW} s and left, when {handed_over:,} rows had"
                f" been handed over")],
    )]  # fmt: skip


def _logged_in(place: Place, petition: Any) -> Browser:
    """Anew for each download: who typed the password five minutes ago is asked for it again."""
    browser = Browser(place.url)
    browser.log_in(petition.organizer)
    return browser


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _save(browser: Browser, address: str, file: Path) -> None:
    connection, answer = browser.post(address, {})
    with closing(connection), file.open("wb") as out:
        while piece := answer.read(PIECE):
            out.write(piece)


def _copy(place: Place, petition: Any, file: Path) -> None:
    with (
        closing(psycopg2.connect(place.environ["DATABASE_URL"])) as connection,
        connection.cursor() as cursor,
        file.with_name("copy.csv").open("wb") as out,
    ):
        cursor.copy_expert(_COPY.format(petition=int(petition.pk)), out)


def _numbers(petition: Any) -> tuple[int, int]:
    """How many rows the file is to have, and how many addresses."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS.format(petition=int(petition.pk)))
        return cursor.fetchone()


def _is_all(petition: Any, file: Path, expected: tuple[int, int]) -> None:
    from supporters.models import Download

    with file.open(encoding="utf-8-sig", newline="") as lines:
        addresses = [row["email"] for row in csv.DictReader(lines)]
    given = [address for address in addresses if address]
    if (len(addresses), len(set(given))) != expected or len(given) != len(set(given)):
        raise RuntimeError(f"{len(addresses)} rows and {len(given)} addresses of {expected}.")
    noted = Download.objects.filter(petition=petition).latest("id")
    if (noted.rows, noted.addresses) != expected:
        raise RuntimeError(f"{noted.rows} rows and {noted.addresses} addresses are noted.")


def _read_slowly(browser: Browser, address: str, petition: Any) -> int:
    """Take a little, wait, leave; how many rows are noted to have been handed over by then."""
    from supporters.models import Download

    connection, answer = browser.post(address, {})
    with closing(connection), closing(answer):
        answer.read(PIECE)
        time.sleep(SLOW)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        noted = Download.objects.filter(petition=petition).latest("id")
        if noted.ended_at:
            return noted.rows or 0
        time.sleep(0.2)
    raise RuntimeError("A download whose reader had left was not ended.")
