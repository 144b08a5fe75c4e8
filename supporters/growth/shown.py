"""The worker's figures as the admin shows them: small numbers together, nobody told apart.

Who sent a link to three people should not learn here which of them signed; nor which neighbour did.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy
from django_countries import countries

from supporters import sources
from supporters.models import GrowthFigures

SMALLEST = 5
_OTHERS = gettext_lazy("Others, taken together")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`code`: of a link, or ''. `percent`: of all that are counted."""

    label: Any
    code: str = ""
    confirmed: int
    pending: int = 0
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Of who was asked by mail to confirm: how many did, and how many have not (yet)."""

    signed: int
    confirmed: int
    waiting: int

    @property
    def percent(self) -> float:
        return 100 * self.confirmed / self.signed if self.signed else 0

    @property
    def unconfirmed(self) -> int:
        """Ended or erased without having been confirmed."""
        return self.signed - self.confirmed - self.waiting


def source_rows(figures: GrowthFigures, *, merge: bool) -> list[Row]:
    """Most supporters first; what is not kept by name in one row at the end.

    With `merge` small sources are in that row too, and as many of the next larger ones as it takes
    to hide a single source in it: the whole is known, so that what is left out could be told.
    """
    numbers = figures.numbers
    shown = [tuple(row) for row in numbers.get("sources", [])]
    more, *rest = numbers.get("more_sources", (0, 0, 0))
    together, confirmed, pending = _small(shown, merge=merge, more=more, before=rest)
    total = numbers.get("confirmed", 0)
    rows = [
        Row(
            label=sources.LABELS.get(code, code),
            code="" if "." in code else code,
            confirmed=of_it,
            pending=waiting,
            percent=_percent(of_it, total),
        )
        for code, of_it, waiting in shown
    ]
    if together:
        percent = _percent(confirmed, total)
        rows.append(Row(label=_OTHERS, confirmed=confirmed, pending=pending, percent=percent))
    return rows


def place_rows(figures: GrowthFigures, *, merge: bool) -> list[Row]:
    """As source_rows(); small areas first go together with the others of their country."""
    numbers = figures.numbers
    found = [(country, area, number) for country, area, number in numbers.get("places", [])]
    shown = _by_country(found) if merge else [(_place(*row[:2]), row[2], 0) for row in found]
    more, confirmed = numbers.get("more_places", (0, 0))
    total = confirmed + sum(number for _country, _area, number in found)
    together, confirmed, _none = _small(shown, merge=merge, more=more, before=(confirmed, 0))
    rows = [
        Row(label=label, confirmed=number, percent=_percent(number, total))
        for label, number, _none in shown
    ]
    if together:
        rows.append(Row(label=_OTHERS, confirmed=confirmed, percent=_percent(confirmed, total)))
    return rows


def rate(figures: GrowthFigures) -> Rate:
    """Overall: with those who were erased unconfirmed since that is kept."""
    numbers = figures.numbers
    answered, waiting = numbers.get("answered", 0), numbers.get("waiting", 0)
    given_up = numbers.get("given_up", 0) + figures.lapsed
    return Rate(signed=answered + waiting + given_up, confirmed=answered, waiting=waiting)


def late_rate(figures: GrowthFigures) -> Rate:
    """Of who signed in the last seven days, as of the count."""
    signed = figures.numbers.get("late_signed", 0)
    answered = figures.numbers.get("late_answered", 0)
    return Rate(signed=signed, confirmed=answered, waiting=signed - answered)


def _small(
    shown: list[tuple[Any, ...]], *, merge: bool, more: int, before: Sequence[int]
) -> tuple[int, int, int]:
    """Take small rows out of `shown`: how many are in the last row, and its two sums."""
    together, confirmed, pending = more, *before
    rest = [row for row in shown if row[1] < SMALLEST] if merge else []
    shown[:] = [row for row in shown if row not in rest]
    together += len(rest)
    confirmed += sum(row[1] for row in rest)
    pending += sum(row[2] for row in rest)
    while merge and shown and together and (together < 2 or confirmed < SMALLEST):  # noqa: PLR2004
        row = shown.pop()
        together += 1
        confirmed += row[1]
        pending += row[2]
    return together, confirmed, pending


def _by_country(found: list[tuple[str, str, int]]) -> list[tuple[Any, ...]]:
    named = [(_place(country, area), number, 0) for country, area, number in found
             if number >= SMALLEST]  # fmt: skip
    small: dict[str, list[int]] = defaultdict(list)
    for country, _area, number in found:
        if number < SMALLEST:
            small[country].append(number)
    for country, numbers in small.items():
        # Each of a country that is too small even so has a row that _small() takes out again.
        label = _elsewhere(country) if len(numbers) > 1 else _place(country, "")
        named.append((label, sum(numbers), 0))
    return sorted(named, key=lambda row: (-row[1], str(row[0])))


def _place(country: str, area: str) -> str:
    name = _country(country)
    return f"{name}, {area}" if area else name


def _elsewhere(country: str) -> str:
    return gettext("%(country)s, other places") % {"country": _country(country)}


def _country(code: str) -> str:
    return str(countries.name(code)) if code else gettext("Country not known")


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0
