"""Looking through a petition's signatures with a rule, a step at a time: for previews and sweeps.

In the order of the index that keeps an address to one signature, so that only this petition's rows
are read, however many others there are, and no step takes long.
"""

import random
from dataclasses import dataclass
from time import monotonic

from django.db.models import Count, Max, QuerySet

from supporters.models import Signature

from .rules import Rule, sweepable

STEP = 5_000  # signatures
LONGEST = 4.0  # seconds that a preview looks; then it says how far it came
SAMPLE = 20


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
    rows = sweepable(petition_id).filter(email_key__gt=after)
    looked = rows.order_by("email_key")[:STEP].aggregate(last=Max("email_key"), number=Count("pk"))
    if looked["last"] is None:
        return Step(last=None, looked_at=0, ids=[])
    meant = rule.of(rows.filter(email_key__lte=looked["last"], pk__lte=newest_id))
    return Step(
        last=looked["last"],
        looked_at=looked["number"],
        ids=list(meant.values_list("pk", flat=True)),
    )


def newest_id() -> int:
    """Of all signatures: what comes after it is not looked at."""
    return Signature.objects.aggregate(newest=Max("pk"))["newest"] or 0


def preview(petition_id: int, rule: Rule) -> Preview:
    """Look for LONGEST seconds at most. Takes no lock, and changes nothing."""
    began, newest = monotonic(), newest_id()
    after, looked_at, found, counted = "", 0, 0, 0
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
    sample = random.sample(chosen, min(SAMPLE, len(chosen)))
    return Preview(
        found=found,
        counted=counted,
        looked_at=looked_at,
        is_whole=is_whole,
        newest_id=newest,
        sample=list(Signature.objects.filter(pk__in=sample).order_by("-pk")),
    )


def _confirmed(ids: list[int]) -> QuerySet[Signature]:
    return Signature.objects.confirmed().filter(pk__in=ids)
