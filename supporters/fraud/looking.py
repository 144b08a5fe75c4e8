"""Looking through a petition's signatures with a rule, a step at a time: for previews and sweeps.

In the order of the index that keeps an address to one signature, so that only this petition's rows
are read, however many others there are, and no step takes long.
"""

import random
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Max, QuerySet

from petitions.models import Petition
from supporters import signature_texts as texts
from supporters.models import Signature

from .rules import Rule, live, sweepable

STEP = 5_000  # signatures
# Seconds that a preview looks; then it says how far it came. PostgreSQL tries all at once first.
LONGEST, LONGEST_AT_ONCE, AFTERWARDS = 4.0, 8.0, 1.0
SAMPLE = 20
LARGE = 100_000  # signatures of a petition that are not counted for the progress alone
FEW = 5_000  # signatures of a domain that are read one by one
_CANCELLED = "57014"  # PostgreSQL's code


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`last` is the key of the last one that was looked at; None when there are no more."""

    last: str | None
    looked_at: int
    ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rule would take. `is_whole`: all were looked at, so that `found` is exact."""

    found: int
    counted: int  # of them, those in the number that is shown
    looked_at: int
    is_whole: bool
    newest_id: int
    sample: list[Signature]


def step(petition_id: int, rule: Rule, *, newest_id: int, after: str) -> Step:
    """The next STEP signatures after this key, and which of them the rule means."""
    # Of the index alone; the rows themselves are read below, once.
    ahead = live(petition_id).filter(email_key__gt=after).order_by("email_key")
    looked = ahead[:STEP].aggregate(last=Max("email_key"), number=Count("email_key"))
    if looked["last"] is None:
        return Step(last=None, looked_at=0, ids=[])
    rows = sweepable(petition_id).filter(email_key__gt=after, email_key__lte=looked["last"])
    meant = rule.of(rows.filter(pk__lte=newest_id))
    return Step(
        last=looked["last"],
        looked_at=looked["number"],
        ids=list(meant.values_list("pk", flat=True)),
    )


def newest_id() -> int:
    """Of all signatures: what comes after it is not looked at."""
    return Signature.objects.aggregate(newest=Max("pk"))["newest"] or 0


def preview(petition_id: int, rule: Rule) -> Preview:
    """Look for so many seconds at most. Takes no lock, and changes nothing."""
    newest = newest_id()
    if connection.vendor != "postgresql":
        return _in_steps(petition_id, rule, newest, seconds=LONGEST)
    whole = _at_once(petition_id, rule, newest)
    return whole or _in_steps(petition_id, rule, newest, seconds=AFTERWARDS)


# One reading for the numbers and the sample.
_FOUND = """
WITH meant (id, status) AS MATERIALIZED ({})
SELECT (SELECT COUNT(*) FROM meant), (SELECT COUNT(*) FROM meant WHERE status = 'confirmed'),
    ARRAY(SELECT id FROM meant ORDER BY random() LIMIT %s)
"""


def _at_once(petition_id: int, rule: Rule, newest: int) -> Preview | None:
    """All in one statement, which is quicker than many; None where it would take too long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Not the whole table for one petition; and compiling takes longer than it saves.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL jit = off")
            _allow(cursor, LONGEST_AT_ONCE)
            meant = rule.of(sweepable(petition_id).filter(pk__lte=newest))
            if rule.domain:
                meant = _by_index(cursor, rule.domain, meant)
            sql, values = meant.values_list("pk", "status").query.sql_with_params()
            cursor.execute(_FOUND.format(sql), [*values, SAMPLE])
            found, counted, sample = cursor.fetchone()
            for name in ("enable_seqscan", "jit", "statement_timeout"):  # for who asked inside one
                cursor.execute(f"SET LOCAL {name} TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != _CANCELLED:
            raise
        return None
    return Preview(
        found=found,
        counted=counted,
        looked_at=_size(petition_id),
        is_whole=True,
        newest_id=newest,
        sample=_shown(sample),
    )


def _by_index(cursor: Any, domain: str, meant: QuerySet[Signature]) -> QuerySet[Signature]:
    """The same from the index that searches have (decision 35), and what has no position from those
    of the tail and of what waits; where the site has few of the domain."""
    inside, bounds = texts.either(texts.TURNED, [f"{before}{domain}"[::-1] for before in "@."])
    cursor.execute(
        "SELECT COUNT(*) FROM (SELECT 1 FROM supporters_signature"  # noqa: S608 (ours)
        f" WHERE {inside} AND position IS NOT NULL AND {texts.HAS[texts.TURNED]} LIMIT %s) AS few",
        [*bounds, FEW],
    )
    if cursor.fetchone()[0] >= FEW:
        return meant
    counted = meant.filter(position__isnull=False, email_key__isnull=False)
    return counted.extra(where=[inside], params=bounds).union(  # noqa: S610 (a text of ours)
        meant.filter(position=None, status=Signature.Status.CONFIRMED),
        meant.filter(position=None, status=Signature.Status.PENDING),
        all=True,
    )


def _size(petition_id: int) -> int:
    """How many there are to look at: for the progress of a sweep, so that the number that is shown
    is near enough for a large petition, whose index takes seconds to count."""
    counted = Petition.objects.values_list("supporter_count", flat=True).get(pk=petition_id)
    return counted if counted > LARGE else live(petition_id).count()


def _allow(cursor: Any, seconds: float) -> None:
    """For the transaction. 0 would be for ever."""
    cursor.execute("SET LOCAL statement_timeout = %s", [max(1, int(seconds * 1000))])


def _in_steps(petition_id: int, rule: Rule, newest: int, *, seconds: float) -> Preview:
    began, after, looked_at, found, counted = monotonic(), "", 0, 0, 0
    chosen: list[int] = []
    is_whole = False
    while not is_whole and monotonic() - began < seconds:
        here = step(petition_id, rule, newest_id=newest, after=after)
        if here.last is None:
            is_whole = True
            break
        after, looked_at, found = here.last, looked_at + here.looked_at, found + len(here.ids)
        counted += _confirmed(here.ids).count() if here.ids else 0
        chosen += random.sample(here.ids, min(SAMPLE, len(here.ids)))
    return Preview(
        found=found,
        counted=counted,
        looked_at=looked_at,
        is_whole=is_whole,
        newest_id=newest,
        sample=_shown(random.sample(chosen, min(SAMPLE, len(chosen)))),
    )


def _shown(ids: list[int]) -> list[Signature]:
    return list(Signature.objects.filter(pk__in=ids).order_by("-pk"))


def _confirmed(ids: list[int]) -> QuerySet[Signature]:
    return Signature.objects.confirmed().filter(pk__in=ids)
