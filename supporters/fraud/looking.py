"""Looking through a petition's signatures with a rule, a step at a time: for previews and sweeps.

In the order of the index that keeps an address to one signature, so that only this petition's rows
are read, however many others there are, and no step takes long.
"""

import random
from dataclasses import dataclass
from time import monotonic

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Max, Q, QuerySet

from supporters.models import Signature

from .rules import Rule, live, sweepable

STEP = 5_000  # signatures
LONGEST = 4.0  # seconds that a preview looks; then it says how far it came
SAMPLE = 20
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
    """Look for LONGEST seconds or so at most. Takes no lock, and changes nothing."""
    newest = newest_id()
    if connection.vendor == "postgresql" and (whole := _at_once(petition_id, rule, newest)):
        return whole
    return _in_steps(petition_id, rule, newest)


def _at_once(petition_id: int, rule: Rule, newest: int) -> Preview | None:
    """All in three statements, which are quicker than many; None where they would take too long,
    all of them together."""
    began = monotonic()

    def bound() -> None:
        left = max(LONGEST - (monotonic() - began), 0.001)
        cursor.execute("SET LOCAL statement_timeout = %s", [int(left * 1000)])

    rows = sweepable(petition_id).filter(pk__lte=newest)
    is_confirmed = Q(status=Signature.Status.CONFIRMED)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            bound()
            meant = rule.of(rows)
            found = meant.aggregate(all=Count("pk"), counted=Count("pk", filter=is_confirmed))
            bound()
            sample = list(meant.order_by("?").values_list("pk", flat=True)[:SAMPLE])
            bound()
            looked_at = live(petition_id).count()
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != _CANCELLED:
            raise
        return None
    return Preview(
        found=found["all"],
        counted=found["counted"],
        looked_at=looked_at,
        is_whole=True,
        newest_id=newest,
        sample=_shown(sample),
    )


def _in_steps(petition_id: int, rule: Rule, newest: int) -> Preview:
    began, after, looked_at, found, counted = monotonic(), "", 0, 0, 0
    chosen: list[int] = []
    is_whole = False
    while not is_whole and monotonic() - began < LONGEST:
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
