"""What a petition's counted signatures have in common: the tables that moderators look at.

Of SLICE signatures at a time, by position, the newest first: a million would take a second for each
table, and a wave is close together. All in one reading, counted here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max

from supporters.models import Signature

from .rules import pattern_of

SLICE = 20_000
SHOWN = 12  # rows of a table
_COLUMNS = (
    "email_key", "given_name", "family_name", "country", "source", "network", "created_at",
)  # fmt: skip
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`says`: of a rule, what this row stands for."""

    value: Any
    number: int
    percent: float
    says: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    rows: list[Row]
    more: int  # rows that are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Positions `first` to `last`, and how many of them are still counted. `last` 0: none are."""

    first: int
    last: int
    newest: int
    size: int
    tables: list[Table]

    @property
    def earlier(self) -> int:
        """Where the slice before begins from; 0 where there is none."""
        return max(self.first - 1, 0)


def slice_of(petition_id: int, *, last: int = 0) -> Slice:
    """The signatures up to this position; 0: the newest."""
    counted = Signature.objects.filter(petition_id=petition_id, position__isnull=False)
    newest = counted.aggregate(newest=Max("position"))["newest"] or 0
    last = min(last, newest) if last > 0 else newest
    first = max(last - SLICE + 1, 1)
    rows = list(
        counted.confirmed()
        .filter(position__gte=first, position__lte=last, is_organizer=False)
        .exclude(kind=Signature.Kind.PAPER)
        .exclude(email_key=None)
        .values_list(*_COLUMNS)
    )
    return Slice(first=first, last=last, newest=newest, size=len(rows), tables=_tables(rows))


def _tables(rows: list[Any]) -> list[Table]:
    domains, addresses, names, countries = Counter(), Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    sources, networks, hours = Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for key, given, family, country, source, network, at in rows:
        local, _, domain = key.rpartition("@")
        domains[domain] += 1
        pattern = pattern_of(local)
        if pattern != local:
            addresses[pattern, domain] += 1
        names[" ".join(f"{given} {family}".split()).lower()] += 1
        countries[country] += 1
        sources[source] += 1
        if network:
            networks[network] += 1
        hours[at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)] += 1
    whole = len(rows)

    def table(name: str, counts: Counter[Any], says: Any, *, least: int = 1) -> Table:
        found = [pair for pair in counts.most_common() if pair[1] >= least]
        shown = [
            Row(value=value, number=number, percent=100 * number / whole, says=says(value))
            for value, number in found[:SHOWN]
        ]
        return Table(name=name, rows=shown, more=len(found) - len(shown))

    return [
        table("domain", domains, lambda domain: {"domain": domain}),
        table("address", addresses, lambda pair: {"address": pair[0], "domain": pair[1]}, least=2),
        table("name", names, lambda name: {"name": _plain(name)} if name else {}, least=2),
        table("country", countries, lambda code: {"country": code} if code else {}),
        table("source", sources, lambda source: {"source": source or NO_SOURCE}),
        table("hour", hours, _hour_says),
        table("network", networks, lambda network: {"network": network}, least=2),
    ]


NO_SOURCE = "-"  # in a form, where '' stands for any; no code is like it


def _plain(name: str) -> str:
    """A name with a character that would be a wildcard: any one stands for it."""
    return "".join("?" if each in "*#" else each for each in name)


def _hour_says(hour: datetime) -> dict[str, str]:
    return {"signed_from": _typed(hour), "signed_until": _typed(hour + _HOUR)}


def _typed(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
