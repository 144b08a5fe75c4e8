"""The demo's invented content, read from the TOML files beside this one.

`petitions/*.toml` holds one petition each, `surroundings.toml` topics, targets and the names of
signers. A moment is a number of days ago (negative: days ahead) or a date.
"""

import datetime as dt
import string
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

HERE = Path(__file__).resolve().parent

Moment = float | dt.date


def moment(value: Moment, now: dt.datetime) -> dt.datetime:
    """The instant that a moment means; a date means nine in the morning."""
    if isinstance(value, dt.date):
        return timezone.make_aware(dt.datetime.combine(value, dt.time(9)))
    return now - dt.timedelta(days=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLink:
    slug: str
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    kind: str
    contact: str
    instruction: str = ""
    phone: str = ""
    email: str = ""
    script: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An update. With `email` it is published now, and mailed to supporters who asked for news.

    With `scheduled`, a moment ahead, the worker publishes it then.
    """

    kind: str
    title: str
    happened: Moment
    body: str
    email: bool = False
    scheduled: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One petition. `state` is where it ends up; the moments say when it got there."""

    slug: str
    title: str
    summary: str
    body: str
    ask: str
    topics: list[str]
    state: str
    organizer: str = ""
    organizer_name: str = ""
    on_behalf_of: str = ""
    language: str = "en"
    picture: str = ""  # a name in supporters/demo/pictures.py
    picture_alt: str = ""
    goal: int | None = None
    submitted: Moment | None = None
    opened: Moment | None = None
    closes: Moment | None = None
    closed: Moment | None = None
    rejected: Moment | None = None
    hidden: Moment | None = None
    outcome: str = "none"
    outcome_note: str = ""
    outcome_source: str = ""
    reason: str = ""
    note: str = ""
    proposed_ask: str = ""  # a changed ask that moderators are to read
    proposed_reason: str = ""
    source: str = ""
    source_id: str = ""
    carried_over: int = 0
    people: str = "en"
    supporters: int = 0  # counted, besides the organizer; `recent` of them in the last day
    recent: int = 0
    withdrawn: int = 0  # counted once, and withdrawn since
    pending: int = 0  # signed, never confirmed: their mails wait in the outbox
    targets: list[TargetLink] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    updates: list[News] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    shown_first: list[str] = field(default_factory=list)  # of the reasons


def stories() -> list[Story]:
    return [_story(_read(path)) for path in sorted((HERE / "petitions").glob("*.toml"))]


def _story(table: dict[str, Any]) -> Story:
    """Raises TypeError for a key that nobody reads."""
    reasons = table.pop("reasons", [])
    parts: dict[str, Any] = {
        "targets": [TargetLink(**row) for row in table.pop("targets", [])],
        "steps": [Step(**_stripped(row)) for row in table.pop("steps", [])],
        "updates": [News(**_stripped(row)) for row in table.pop("updates", [])],
        "reasons": [row["text"] for row in reasons],
        "shown_first": [row["text"] for row in reasons if row.get("first")],
    }
    return Story(**_stripped(table), **parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who signs. The nth person is the same in every petition, with the same address."""

    group: str
    country: str
    given: list[str]
    family: list[str]

    def __len__(self) -> int:
        return len(self.given) * len(self.family)

    def name(self, n: int) -> tuple[str, str]:
        """Given and family name of the nth person; no two are alike."""
        row, column = divmod(n % len(self), len(self.given))
        return self.given[column], self.family[(row + column * 7) % len(self.family)]

    def email(self, n: int) -> str:
        """From the name as far as ASCII goes, and the number, which tells all apart."""
        latin = unicodedata.normalize("NFKD", ".".join(self.name(n))).lower()
        letters = "".join(c for c in latin if c in string.ascii_lowercase + ".").strip(".")
        return f"{letters or self.group}{n}@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    topics: dict[str, str]  # slug → name
    targets: list[dict[str, str]]
    people: dict[str, People]


def surroundings() -> Surroundings:
    table = _read(HERE / "surroundings.toml")
    people = {group: People(group=group, **row) for group, row in table["people"].items()}
    return Surroundings(topics=table["topics"], targets=table["targets"], people=people)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _stripped(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value.strip() if isinstance(value, str) else value for key, value in table.items()}
