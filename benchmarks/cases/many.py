"""A petition beside three others and beside 100,000: what grows with the number of petitions.

Not in turns, since they cannot be there and not there at once: before they are filled in and right
after, a minute or two apart. What the machine did else at either time is seen in the control, an answer
for which nobody asks the database. Beside millions of signatures is growth.py's matter.
"""

import os
import time
from typing import Any

from benchmarks.cases.checks import counted_exactly
from benchmarks.cases.growth import (
    AIMED,
    QUICK,
    RUNS,
    Act,
    acts,
    each_in_turns,
    fold_tail,
    timed,
)
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import petitions

PETITIONS = int(os.environ.get("BENCH_PETITIONS", "100000"))
EACH = 3  # counted signatures of each
TAIL = 10
CONTROL = "control, /healthz"

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


def many(place: Place) -> list[Result]:
    petition = petitions(4)[0]
    before = _measured(petition)
    began = time.monotonic()
    _fill(petition)
    filled = time.monotonic() - began
    after = _measured(petition)
    results = [
        Result(title=f"{name}, beside {PETITIONS:,} petitions", beside="beside 3, before the fill",
               target="", unit="ms", how=QUICK, ours=times, floor=before[name])
        for name, times in after.items()
    ]  # fmt: skip
    results[0].notes.append(
        f"{PETITIONS:,} petitions with {EACH} signatures each were filled in {filled:.0f} s"
    )
    counted_exactly([petition.pk])
    return results


def _measured(petition: Any) -> dict[str, list[float]]:
    petition.refresh_from_db()
    alone = {"": petition}
    known = acts() | {CONTROL: _control()}
    found = {name: each_in_turns(known[name], alone, RUNS)[""] for name in (CONTROL, *AIMED)}
    found[f"fold of {TAIL}"] = each_in_turns(lambda each: fold_tail([each], TAIL), alone, RUNS)[""]
    return found


def _control() -> Act:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    return lambda _petition: timed(lambda: client.get("/healthz"), 200)


def _fill(pattern: Any) -> None:
    """Copies of the petition, each with a version, what search knows and a few signatures."""
    from django.db import connection

    from petitions.models import Petition, PetitionVersion

    own = {"id", "slug", "opened_at", "supporter_count", "trend", "version_id"}
    values = {"each": EACH, "number": PETITIONS, "pattern": pattern.pk}
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
