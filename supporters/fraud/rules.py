"""Rules: which signatures of a petition are meant. Everything that a rule says has to be true."""

import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Trim
from django.utils.dateparse import parse_datetime

from supporters.models import Signature

MOST_WILDCARDS = 3  # in a pattern, of those that each make comparing many times longer
# Digits that end where something else begins are found at once; not so beside what may be one.
_LONG = re.compile(r"\*|#(?=[0-9*?#])|(?<=[0-9*?#])#")
# The index that keeps an address to one signature, named as it is in its condition: SQLite
# compares the words, and takes no parameter for them.
_LIVE = "supporters_signature.status IN ('pending', 'confirmed')"
_WILD = {"*": ".*", "?": ".", "#": "[0-9]+"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`domain` stands for all below it, too. `address`, the part before the @, and `name` are
    patterns: * for anything, ? for one character, # for digits. `source`: None for any, '' for
    those without one. Moments: from (included) until (not included)."""

    domain: str = ""
    address: str = ""
    name: str = ""
    country: str = ""
    source: str | None = None
    network: str = ""
    signed_from: datetime | None = None
    signed_until: datetime | None = None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Rule":
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        for name in ("signed_from", "signed_until"):
            known[name] = parse_datetime(known[name]) if known.get(name) else None
        return cls(**known)

    def as_stored(self) -> dict[str, Any]:
        """As JSON takes it, without what it does not say."""
        said = {name: value for name, value in asdict(self).items() if value not in {"", None}}
        if self.source is not None:
            said["source"] = self.source
        for name in ("signed_from", "signed_until"):
            if name in said:
                said[name] = said[name].isoformat()
        return said

    @property
    def is_empty(self) -> bool:
        return not self.as_stored()

    def of(self, signatures: QuerySet[Signature]) -> QuerySet[Signature]:
        """Those that it means."""
        found = signatures.filter(self._condition())
        if self.name:
            name = Trim(Concat("given_name", Value(" "), "family_name"))
            found = found.alias(full_name=name).filter(full_name__iregex=_regex(self.name))
        return found

    def _condition(self) -> Q:
        condition = Q()
        if self.domain:
            condition &= Q(email_key__endswith=f"@{self.domain}") | Q(
                email_key__endswith=f".{self.domain}"
            )
        if self.address:
            condition &= Q(email_key__regex=_regex(self.address, end="@"))
        if self.country:
            condition &= Q(country=self.country)
        if self.source is not None:
            condition &= Q(source=self.source)
        if self.network:
            condition &= Q(network=self.network)
        if self.signed_from:
            condition &= Q(created_at__gte=self.signed_from)
        if self.signed_until:
            condition &= Q(created_at__lt=self.signed_until)
        return condition


def live(petition_id: int) -> QuerySet[Signature]:
    """Pending and confirmed ones that have a key: what the index holds."""
    return Signature.objects.filter(petition_id=petition_id).extra(where=[_LIVE])  # noqa: S610 (a text of ours)


def sweepable(petition_id: int) -> QuerySet[Signature]:
    """What rules may mean: pending and confirmed ones that were made here.

    Never the organizer's own, nor what was entered from paper, which has no key.
    """
    return live(petition_id).filter(is_organizer=False).exclude(kind=Signature.Kind.PAPER)


def is_pattern(typed: str) -> bool:
    """Whether it has something that is no wildcard, and not too many that are."""
    wild = sum(typed.count(each) for each in _WILD)
    return len(typed) > wild and len(_LONG.findall(typed)) <= MOST_WILDCARDS


def pattern_of(local_part: str) -> str:
    """The address's pattern: its digits as #, so that sam12 and sam7 are alike."""
    return re.sub("[0-9]+", "#", local_part)


def _regex(pattern: str, *, end: str = "$") -> str:
    """As Python and PostgreSQL both read it; ** says no more than *, and takes longer."""
    pattern = re.sub(r"\*+", "*", pattern)
    return "^" + "".join(_WILD.get(each) or _literal(each) for each in pattern) + end


def _literal(character: str) -> str:
    return character if character.isalnum() or character in " _" else f"\\{character}"
