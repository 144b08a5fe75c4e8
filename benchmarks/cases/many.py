"""A petition among a thousand and among 100,000: what grows with the number of petitions.

Each lot has a database of its own, of the same schema and with the same petition in it, and they take
turns at every single run, so that whatever else the machine does meets both. Beside millions of
signatures is growth.py's matter.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import place as at
from benchmarks.cases.checks import counted_exactly
from benchmarks.cases.growth import (
    AIMED,
    RUNS,
    Act,
    acts,
    admin_lists,
    each_in_turns,
    fold_tail,
    timed,
)
from benchmarks.cases.rounds import ROUNDS, Place, Result
from benchmarks.cases.rows import petitions

PETITIONS = int(os.environ.get("BENCH_PETITIONS") or 100000)
FEW = 1_000
EACH = 3  # counted signatures of each
TAIL = 10
LIST_RUNS, ADMIN_RUNS = 8, 4  # in a round, of what takes longer
_LISTS = {
    "first page": "/",
    "list": "/petitions/",
    "list, page 20": "/petitions/?page=20",
    "list, newest, page 20": "/petitions/?sort=newest&page=20",
    "search, a word of all": "/petitions/?q=bridge",
    "search, no match": "/petitions/?q=xylophone",
    "feed": "/petitions.atom",
    "page of a target": "/targets/council/",
    "targets": "/targets/",
    "sitemap": "/sitemap.xml",
}
# Those of a single petition are growth.py's.
_ADMIN = ("admin, petitions", "admin, all signatures", "admin, adjustments", "admin, mails")

_PETITIONS = """
INSERT INTO petitions_petition (slug, opened_at, supporter_count, trend, {shared})
SELECT 'many-' || n, now() - n * interval '10 minutes', {each}, n % 1000, {shared}
FROM petitions_petition AS pattern, generate_series(1, {number}) AS n WHERE pattern.id = {pattern}
"""
_VERSIONS = """
INSERT INTO petitions_petitionversion (petition_id, {shared})
SELECT petition.id, {shared_of_pattern} FROM petitions_petitionversion AS pattern,
    petitions_petition AS petition WHERE pattern.id = {version} AND petition.version_id IS NULL
"""
_POINT = """
UPDATE petitions_petition AS petition SET version_id = version.id
FROM petitions_petitionversion AS version
WHERE version.petition_id = petition.id AND petition.version_id IS NULL
"""
_SEARCH = """
INSERT INTO petitions_petitionsearch (petition_id, vector)
SELECT petition.id, pattern.vector FROM petitions_petitionsearch AS pattern,
    petitions_petition AS petition
WHERE pattern.petition_id = {pattern} AND petition.slug LIKE 'many-%'
"""
_SIGNATURES = """
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, position, mails_asked,
    created_at, confirmed_at, language, source
)
SELECT id, version_id, 'Sam', 'Okoro', address, address, 'GB', 'MV1 1', '', '', 'initial', false,
    'confirmed', 'online', false, n, 1, opened_at, opened_at, 'en', ''
FROM petitions_petition, generate_series(1, {each}) AS n,
    LATERAL (SELECT 'm' || n || '-' || id || '@example.org') AS of_signer (address)
WHERE slug LIKE 'many-%'
"""


@dataclass(slots=True, kw_only=True)
class Lot:
    """A database with so many petitions, and what is asked of it."""

    connection: Any
    petition: Any
    acts: dict[str, Act]


def many(place: Place) -> list[Result]:
    from django.db import connections

    big, large = connections["default"], f"{PETITIONS:,}"
    began = time.monotonic()
    with _another_database() as little:
        lots = {large: _lot(big, PETITIONS), "few": _lot(little, FEW)}
        filled = time.monotonic() - began
        results = [
            _result(name, each_in_turns(_asked(name), lots, runs), runs)
            for names, runs in ((AIMED, RUNS), (_LISTS, LIST_RUNS), (_ADMIN, ADMIN_RUNS))
            for name in names
        ]
        folds = each_in_turns(_of(lambda lot: fold_tail([lot.petition], TAIL)), lots, RUNS)
        results.append(_result(f"fold of {TAIL}", folds, RUNS))
        for lot in lots.values():
            _use(lot.connection)
            counted_exactly([lot.petition.pk])
        _use(big)
    results[0].notes.append(f"petitions with {EACH} signatures each, filled in {filled:.0f} s")
    return results


def _result(name: str, times: dict[str, list[float]], runs: int) -> Result:
    ours, floor = times.values()
    return Result(title=f"{name}, {PETITIONS:,} petitions", beside=f"with {FEW:,}, in a database of their own",
                  target="≤ 1.10" if name in AIMED else "", unit="ms", ours=ours, floor=floor,
                  how=f"{ROUNDS} × {runs} runs, the quickest quarter")  # fmt: skip


def _of(act: Callable[[Lot], float]) -> Callable[[Lot], float]:
    def of_lot(lot: Lot) -> float:
        _use(lot.connection)
        return act(lot)

    return of_lot


def _asked(name: str) -> Callable[[Lot], float]:
    return _of(lambda lot: lot.acts[name](lot.petition))


def _use(connection: Any) -> None:
    """From now on this is the database of the site in this process and thread."""
    from django.db import connections

    connections["default"] = connection


@contextmanager
def _another_database() -> Iterator[Any]:
    """A connection to one with the same tables; the site's own is used again afterwards."""
    from urllib.parse import urlsplit

    from django.core.management import call_command
    from django.db import connections

    own = connections["default"]
    with at.postgresql("_few") as address:
        settings = {**own.settings_dict, "NAME": urlsplit(address).path[1:]}
        other = type(own)(settings, "default")
        try:
            _use(other)
            call_command("migrate", verbosity=0)
            yield other
        finally:
            other.close()
            _use(own)


def _lot(connection: Any, number: int) -> Lot:
    _use(connection)
    petition = petitions(4)[0]
    _fill(petition, number)
    petition.refresh_from_db()
    return Lot(connection=connection, petition=petition, acts=acts() | _lists() | admin_lists())


def _lists() -> dict[str, Act]:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")

    def get(path: str) -> Act:
        return lambda _petition: timed(lambda: client.get(path), 200)

    return {name: get(path) for name, path in _LISTS.items()}


def _fill(pattern: Any, number: int) -> None:
    """Copies of the petition, each with a version, what search knows and a few signatures."""
    from django.db import connection

    from petitions.models import Petition, PetitionVersion

    own = {"id", "slug", "opened_at", "supporter_count", "trend", "version_id"}
    values = {"each": EACH, "number": number, "pattern": pattern.pk}
    version = _columns(PetitionVersion, {"id", "petition_id"})
    statements = (
        _PETITIONS.format(shared=", ".join(_columns(Petition, own)), **values),
        _VERSIONS.format(
            shared=", ".join(version), version=pattern.version_id,
            shared_of_pattern=", ".join(f"pattern.{name}" for name in version),
        ),
        _POINT,
        _SEARCH.format(**values),
        _SIGNATURES.format(**values),
        "VACUUM (ANALYZE) petitions_petition",
        "VACUUM (ANALYZE) petitions_petitionversion",
        "VACUUM (ANALYZE) petitions_petitionsearch",
        "VACUUM (ANALYZE) supporters_signature",
    )  # fmt: skip
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _columns(model: Any, without: set[str]) -> list[str]:
    fields = model._meta.concrete_fields  # noqa: SLF001 — documented
    return [field.column for field in fields if field.column not in without]
