"""Signing beside a view that checks as little as it must and inserts one row."""

from contextlib import AbstractContextManager, nullcontext
from functools import partial

from benchmarks.cases.checks import check, quiet, sound
from benchmarks.cases.folding import CONFIRMED, company, folds
from benchmarks.cases.rounds import CLIENTS, SECONDS, TIMED, Place, Result, in_turns
from benchmarks.cases.rows import petitions
from benchmarks.load import run

BLOCKS = 300_000


def sign_at(
    place: Place, addresses: list[str], prefix: str, *, is_ours: bool,
    beside: AbstractContextManager[None] | None = None,
) -> float:  # fmt: skip
    from supporters.models import OutgoingMail, Signature

    file = place.scratch / f"{prefix}.txt"
    file.write_text("\n".join(addresses))
    with beside or nullcontext():
        seen = sound(run(place.url, seconds=SECONDS, clients=CLIENTS, script="sign.lua",
                         args=(str(file), prefix)))  # fmt: skip
    quiet()
    stored = Signature.objects.filter(email__startswith=prefix)
    check(stored.count(), seen.answered, "signatures")
    if is_ours:
        check(OutgoingMail.objects.filter(signature__in=stored).count(), stored.count(), "mails")
    return seen.per_second


def sign(place: Place) -> list[Result]:
    from django.db import connection

    [petition] = petitions()
    # On SQLite nobody confirms meanwhile: its one writer would be asked by three.
    confirming = connection.vendor == "postgresql"
    others = partial(company, place, [petition], confirming=confirming)
    ours, floor = (
        ["/petitions/bench-0/sign/"],
        [f"/floor/sign/{petition.pk}/{petition.version_id}/"],
    )
    result = Result(title="sign, one petition", beside="minimal validated view with one INSERT",
                    target="≥ 0.60", how=TIMED)  # fmt: skip
    if confirming:
        result.notes.append(f"on both sides {CONFIRMED} a second confirm, and are folded")
    with folds():
        return [in_turns(
            lambda n: sign_at(place, ours, f"ours{n + 1}x", is_ours=True, beside=others()),
            lambda n: sign_at(place, floor, f"floor{n + 1}x", is_ours=False, beside=others()),
            result,
        )]  # fmt: skip


def sign_blocked(place: Place) -> list[Result]:
    """The same where moderators have blocked many; each signer is looked up among them."""
    _block(BLOCKS)
    [result] = sign(place)
    result.title = f"sign, one petition, {BLOCKS:,} blocks"
    return [result]


def _block(number: int) -> None:
    """As many domains as addresses and networks together; none of them is a signer's."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supporters_siteblock (kind, value, key, reason, is_listed, created_at)"
            " SELECT kind, value, kind || ':' || value, 'A list.', true, now()"
            " FROM generate_series(1, %s) AS n, LATERAL (SELECT"
            " (ARRAY['domain', 'address', 'domain', 'network'])[1 + n %% 4]) AS of (kind),"
            " LATERAL (SELECT CASE kind WHEN 'domain' THEN md5(n::text) || '.example'"
            " WHEN 'address' THEN encode(sha256(n::text::bytea), 'hex')"
            " ELSE host('10.0.0.0'::inet + n) || '/32' END) AS its (value)",
            [number],
        )
        cursor.execute("ANALYZE supporters_siteblock")


def sign_sqlite(place: Place) -> list[Result]:
    [result] = sign(place)
    result.title, result.beside = "sign on SQLite", "minimal view on SQLite"
    result.target = "≥ 0.50"
    result.notes.append(f"no error with {CLIENTS} clients")
    return [result]
