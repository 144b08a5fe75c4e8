"""What one line of a file of petitions says: a JSON object, checked before anything is stored.

    {"id": "178330", "title": "Mend the bridge", "created": "2017-01-24T22:55:30.361Z",
     "signature_count": 31289, "status": "open"}

field             needed  what
id                yes     text up to 100 characters, or a whole number; unique within the source
title             yes     up to 300 characters; white space is collapsed
body, ask         no      Markdown, up to 20,000 characters each
summary           no      up to 500 characters
status            no      open, closed or rejected; without it closed where `closed` is given, else
                          open
signature_count   no      whole number: the supporters that are carried over
created, opened   no      ISO 8601, a date or a date and time (UTC where no offset is given), not in
                          the future; `opened` defaults to `created`
closed            no      the same; only for a closed petition, which needs no date
closes            no      the same, and may lie in the future: when signing ends by itself
outcome           no      none, victory, partial, declined or withdrawn; only for a closed petition
organizer_name    no      up to 200 characters
goal              no      whole number from 1
language          no      a tag such as en, es-MX; else what the command was given
url               no      http(s), up to 200 characters: where the original is; kept with the
                          carried-over entry of the ledger and as the source of an outcome

null counts as absent. Other fields are ignored.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from petitions.models import Petition
from petitions.states import Outcome, Status

LONGEST = {
    "id": 100,
    "title": 300,
    "summary": 500,
    "body": 20_000,
    "ask": 20_000,
    "organizer_name": 200,
    "url": 200,
}
LARGEST_NUMBER = 2**31 - 1
STATUSES = (Status.OPEN, Status.CLOSED, Status.REJECTED)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
_is_address = URLValidator(schemes=["http", "https"])


class BadLine(ValueError):
    """A line that cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One petition of a file. `values` are fields of Petition."""

    source_id: str
    signature_count: int
    url: str
    values: dict[str, Any] = field(repr=False)

    def petition(self, *, source: str, language: str, read_only: bool) -> Petition:
        """A new petition, not saved. Its count already holds what is carried over."""
        return Petition(
            source=source,
            source_id=self.source_id,
            read_only=read_only,
            supporter_count=self.signature_count,
            **{"language": language, **self.values},
        )


def read_line(raw: bytes) -> Line:
    """Raise BadLine unless the line can be imported as it stands."""
    row = _object(raw)
    status = _choice(row, "status", STATUSES)
    created, opened, closed, closes = (
        _moment(row, name) for name in ("created", "opened", "closed", "closes")
    )
    status = status or (Status.CLOSED if closed else Status.OPEN)
    outcome = _choice(row, "outcome", Outcome.values) or Outcome.NONE
    if status != Status.CLOSED and (closed or outcome != Outcome.NONE):
        raise BadLine(f"closed or outcome is given, but the status is {status}")
    opened = opened or created
    url = _text(row, "url")
    if url:
        try:
            _is_address(url)
        except ValidationError:
            raise BadLine("url is no http(s) address") from None
    values: dict[str, Any] = {
        "title": _title(row),
        "summary": _text(row, "summary"),
        "body": _text(row, "body"),
        "ask": _text(row, "ask"),
        "organizer_name": _text(row, "organizer_name"),
        "goal": _number(row, "goal", least=1),
        "status": status,
        "outcome": outcome,
        "outcome_source": url if outcome != Outcome.NONE else "",
        "opened_at": None if status == Status.REJECTED else opened,
        "closed_at": closed,
        "closes_at": closes,
    }
    if first := created or opened:
        values["created_at"] = first
    if language := _language(row):
        values["language"] = language
    return Line(
        source_id=_id(row),
        signature_count=_number(row, "signature_count", least=0) or 0,
        url=url,
        values=values,
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        row = json.loads(raw.decode())
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(row, dict):
        raise BadLine("not a JSON object")
    return row


def _id(row: dict[str, Any]) -> str:
    value = row.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        row = {"id": str(value)}
    found = _text(row, "id")
    if not found:
        raise BadLine("id is missing")
    return found


def _title(row: dict[str, Any]) -> str:
    title = " ".join(_unmeasured(row, "title").split())
    if not title:
        raise BadLine("title is missing")
    return _short_enough(title, "title")


def _text(row: dict[str, Any], name: str) -> str:
    return _short_enough(_unmeasured(row, name).strip(), name)


def _unmeasured(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLine(f"{name} is not text")
    if "\0" in value:
        raise BadLine(f"{name} contains a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise BadLine(f"{name} contains half of a surrogate pair")
    return value


def _short_enough(value: str, name: str) -> str:
    if len(value) > LONGEST[name]:
        raise BadLine(f"{name} has {len(value)} characters; {LONGEST[name]} is the most")
    return value


def _number(row: dict[str, Any], name: str, *, least: int) -> int | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadLine(f"{name} is not a whole number")
    if not least <= value <= LARGEST_NUMBER:
        raise BadLine(f"{name} is not between {least} and {LARGEST_NUMBER}")
    return value


def _choice(row: dict[str, Any], name: str, choices: Any) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if value not in choices:
        raise BadLine(f"{name} is none of {', '.join(choices)}")
    return str(value)


def _language(row: dict[str, Any]) -> str:
    value = row.get("language")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 12 or not _LANGUAGE.fullmatch(value):  # noqa: PLR2004
        raise BadLine("language is no language tag of up to 12 characters")
    return value


def _moment(row: dict[str, Any], name: str) -> datetime | None:
    value = row.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)  # of a date alone, its midnight
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadLine(f"{name} is no ISO 8601 date") from None
    if not 1000 <= found.year <= 9000:  # noqa: PLR2004 — beyond, other time zones overflow
        raise BadLine(f"{name} is no year of a petition")
    if name != "closes" and found > timezone.now():
        raise BadLine(f"{name} lies in the future")
    return found
