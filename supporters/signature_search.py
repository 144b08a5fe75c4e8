"""Finding signatures across petitions, for moderators: by address, domain, name, place and time.

On PostgreSQL four indexes answer, which hold only signatures with a position, so that nobody who
signs or confirms pays for them (decision 35). Results come in the order of the index that was
asked, so that a page is read and no more, however many fit. What waits to be confirmed is walked
newest first. Any address under any petition is found by the constraint that makes it one. SQLite
has no such indexes and reads its rows: sites too large for that run on PostgreSQL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from supporters.models import Signature

SHOWN = 50
LONGEST = 8_000  # milliseconds that PostgreSQL may look
_QUERY_CANCELED = "57014"  # PostgreSQL's code
_LONGEST_ID = 18  # digits of what still is a bigint
_LAST = "\U0010ffff"  # above every letter, in the order of bytes

# What each criterion compares, word for word as in the indexes of migration 0028.
_NAME, _TURNED = "lower(family_name || ' ' || given_name)", "reverse(email_key)"
_POSTCODE, _LOCALITY = "upper(postal_code)", "lower(locality)"
_AFTER_AT = "substr(email_key, instr(email_key, '@')) || '/'"
_HAS = {
    _NAME: "NOT (family_name = '' AND given_name = '')",
    _TURNED: "email_key IS NOT NULL",
    _AFTER_AT: "email_key IS NOT NULL",
    _POSTCODE: "NOT postal_code = ''",
    _LOCALITY: "NOT locality = ''",
}

# A step into the constraint's index for each petition. PostgreSQL might read all signatures
# instead, were it not for the LIMIT; SQLite keeps the order of a CROSS JOIN.
_LIVE_OF_ADDRESS = {
    "postgresql": """
SELECT live.id FROM petitions_petition AS petition CROSS JOIN LATERAL (
    SELECT signature.id FROM supporters_signature AS signature
    WHERE signature.petition_id = petition.id AND signature.email_key = %s
        AND signature.status IN ('pending', 'confirmed')
    LIMIT 1
) AS live
""",
    "sqlite": """
SELECT signature.id FROM petitions_petition AS petition CROSS JOIN supporters_signature AS signature
WHERE signature.petition_id = petition.id AND signature.email_key = %s
    AND signature.status IN ('pending', 'confirmed')
""",
}

# What a sweep took before it had a position, and can be brought back: it names each for 30 days.
_SWEPT_OF_ADDRESS = {
    "postgresql": """
SELECT taken.id FROM supporters_sweptsignature AS swept CROSS JOIN LATERAL (
    SELECT signature.id FROM supporters_signature AS signature
    WHERE signature.id = swept.signature_id AND signature.email_key = %s
        AND signature.status = 'removed'
    LIMIT 1
) AS taken WHERE swept.was <> 'counted'
""",
    "sqlite": """
SELECT signature.id FROM supporters_sweptsignature AS swept
CROSS JOIN supporters_signature AS signature
WHERE signature.id = swept.signature_id AND signature.email_key = %s
    AND signature.status = 'removed' AND swept.was <> 'counted'
""",
}


class TooSlow(Exception):
    """Nothing was found in time: too much fits, and too little of it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look for; '' and None leave it open.

    `key` is the email_key of an address, `domain` what stands after the @ of one. `waiting`: those
    that wait to be confirmed, instead of those that are counted or were.
    """

    key: str = ""
    domain: str = ""
    name: str = ""
    postal_code: str = ""
    locality: str = ""
    petition_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`further` begins the next page; '' where there is none."""

    signatures: list[Signature]
    further: str = ""


def find(asked: Asked, *, after: str = "") -> Found:
    """A page of signatures, with their petitions; `after` is the `further` of the one before.

    An address has one page: all that it has signed. Raises TooSlow.
    """
    if "\0" in after:  # PostgreSQL takes none in a text
        after = ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LONGEST)])
            if asked.key:
                return Found(signatures=_loaded(_of_address(cursor, asked)))
            search = _Waiting(asked) if asked.waiting else _Counted(asked)
            rows = search.page(cursor, after)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) == _QUERY_CANCELED:
            raise TooSlow from error
        raise
    further = f"{rows[SHOWN - 1][0]}.{rows[SHOWN - 1][1]}" if len(rows) > SHOWN else ""
    return Found(signatures=_loaded([row[0] for row in rows[:SHOWN]]), further=further)


def of_address(key: str) -> list[Signature]:
    """All that is kept of an address, by its email_key; for who asks what is held of them."""
    with connection.cursor() as cursor:
        return _loaded(_of_address(cursor, Asked(key=key)))


def _loaded(ids: list[int]) -> list[Signature]:
    rows = Signature.objects.select_related("petition", "version", "consent").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _of_address(cursor: Any, asked: Asked) -> list[int]:
    cursor.execute(_LIVE_OF_ADDRESS[connection.vendor], [asked.key])
    found = {row[0] for row in cursor.fetchall()}
    cursor.execute(_SWEPT_OF_ADDRESS[connection.vendor], [asked.key])
    found |= {row[0] for row in cursor.fetchall()}
    where, values = _also(asked)
    # Turned round where there is an index of that.
    key, value = "email_key", asked.key
    if connection.vendor == "postgresql":
        key, value = _equal(_TURNED), asked.key[::-1]
    cursor.execute(
        f"SELECT id FROM supporters_signature WHERE {key} = %s"  # noqa: S608 (ours)
        f" AND {_has_position()} AND email_key IS NOT NULL",
        [value],
    )
    found |= {row[0] for row in cursor.fetchall()}
    if not found or where == "":
        return sorted(found, reverse=True)
    slots = ", ".join(["%s"] * len(found))
    cursor.execute(
        f"SELECT id FROM supporters_signature WHERE id IN ({slots}){where}",  # noqa: S608 (ours)
        [*found, *values],
    )
    return sorted((row[0] for row in cursor.fetchall()), reverse=True)


def _also(asked: Asked) -> tuple[str, list[Any]]:
    """What is asked beside the criterion that an index answers: SQL and its values."""
    pairs = [
        ("petition_id = %s", asked.petition_id),
        ("created_at >= %s", _stored(asked.since)),
        ("created_at < %s", _stored(asked.until)),
    ]
    given = [(sql, value) for sql, value in pairs if value is not None]
    return "".join(f" AND {sql}" for sql, _value in given), [value for _sql, value in given]


def _stored(moment: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(moment) if moment else None


def _has_position() -> str:
    """Where all rows are read, in their order: the plus keeps SQLite from going to each of them by
    way of the positions, which takes several times as long."""
    return "position IS NOT NULL" if connection.vendor == "postgresql" else "+position IS NOT NULL"


def _equal(expression: str) -> str:
    """In the order of bytes, which is that of the indexes whatever the database's collation."""
    return f'{expression} COLLATE "C"' if connection.vendor == "postgresql" else expression


def _ranges(asked: Asked) -> list[tuple[str, str]]:
    """(expression, what it begins with) of each text that is looked for, the rarest first."""
    found = []
    if asked.name:
        found.append((_NAME, _lower(asked.name)))
    if asked.postal_code:
        found.append((_POSTCODE, asked.postal_code.upper()))
    if asked.locality:
        found.append((_LOCALITY, _lower(asked.locality)))
    if asked.domain:
        found.append(_domain(asked.domain))
    return found


def _domain(domain: str) -> tuple[str, str]:
    """Whole, and so to its end. SQLite turns no text round but by a function of Python's."""
    if connection.vendor == "postgresql":
        return _TURNED, f"@{domain}"[::-1]
    return _AFTER_AT, f"@{domain}/"


def _lower(text: str) -> str:
    """As the database's own lower() makes it: that of SQLite knows the letters of ASCII alone."""
    if connection.vendor == "postgresql":
        return text.lower()
    return "".join(each.lower() if each.isascii() else each for each in text)


def _spellings(expression: str, begins: str) -> list[str]:
    """For a name its words in every turn: people type the first name first, or last."""
    if expression != _NAME:
        return [begins]
    words = begins.split()[:5]
    turned = {" ".join(words[n:] + words[:n]) for n in range(len(words))}
    turned.add(f" {' '.join(words)}")  # where there is no last name
    longer = {each for each in turned for other in turned - {each} if each.startswith(other)}
    return sorted(turned - longer)


def _at_once(spellings: list[str]) -> list[list[str]]:
    """PostgreSQL takes a step into the index for each; SQLite reads the rows, so once for all."""
    if connection.vendor == "postgresql":
        return [[spelling] for spelling in spellings]
    return [spellings]


class _Counted:
    """Signatures with a position: in the order of the first text's index, of the petition's
    positions, or else of their ids, the newest first.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._texts = _ranges(asked)

    def page(self, cursor: Any, after: str) -> list[tuple[int, Any]]:
        """Up to SHOWN + 1 pairs of an id and what its place in the order is told by."""
        number, _dot, place = after.partition(".")
        last = int(number) if _is_id(number) else None
        if self._texts:
            return self._by_text(cursor, last, place)
        if self._asked.petition_id is not None:
            below = int(place) if last and _is_id(place) else None
            return self._descending(cursor, "position", below)
        return self._descending(cursor, "id", last, *self._ids(cursor))

    def _by_text(self, cursor: Any, last: int | None, place: str) -> list[tuple[int, Any]]:
        (expression, begins), *others = self._texts
        key = _equal(expression)
        where, values = _also(self._asked)
        for other, text in others:
            sql, more = _begins(other, text)
            where, values = f"{where} AND {sql}", [*values, *more]
        found: list[tuple[int, Any]] = []
        for spellings in _at_once(_spellings(expression, begins)):
            each = [_begins(expression, spelling) for spelling in spellings]
            inside = f"({' OR '.join(sql for sql, _bounds in each)})"
            bounds: list[Any] = [bound for _sql, pair in each for bound in pair]
            if last is not None:
                if place >= spellings[-1] + _LAST:
                    continue
                inside, bounds = f"{inside} AND ({key}, id) > (%s, %s)", [*bounds, place, last]
            cursor.execute(
                f"SELECT id, {expression} FROM supporters_signature WHERE {inside}{where}"  # noqa: S608 (ours)
                f" AND {_has_position()} AND {_HAS[expression]}"
                f" ORDER BY {key}, id LIMIT %s",
                [*bounds, *values, SHOWN + 1 - len(found)],
            )
            found += cursor.fetchall()
            if len(found) > SHOWN:
                break
        return found

    def _descending(
        self, cursor: Any, column: str, below: int | None, least: int = 0, most: int = 2**62
    ) -> list[tuple[int, Any]]:
        where, values = _also(self._asked)
        cursor.execute(
            f"SELECT id, {column} FROM supporters_signature"  # noqa: S608 (ours)
            f" WHERE position IS NOT NULL AND {column} >= %s AND {column} < %s{where}"
            f" ORDER BY {column} DESC LIMIT %s",
            [least, most if below is None else min(below, most), *values, SHOWN + 1],
        )
        found: list[tuple[int, Any]] = cursor.fetchall()
        return found

    def _ids(self, cursor: Any) -> Iterator[int]:
        """The ids that were given from `since` to `until`: ids rise with time, near enough."""
        yield _id_at(cursor, self._asked.since) if self._asked.since else 0
        yield _id_at(cursor, self._asked.until) if self._asked.until else 2**62


class _Waiting:
    """Signatures that wait to be confirmed, the newest first: there are those of a week."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def page(self, cursor: Any, after: str) -> list[tuple[int, Any]]:
        where, values = _also(self._asked)
        for expression, begins in _ranges(self._asked):
            each = [_begins(expression, text) for text in _spellings(expression, begins)]
            where += f" AND ({' OR '.join(sql for sql, _bounds in each)})"
            values += [bound for _sql, bounds in each for bound in bounds]
        number, _dot, at = after.partition(".")
        if _is_id(number) and _is_moment(at):
            where += " AND (created_at, id) < (%s, %s)"
            values += [_stored(datetime.fromisoformat(at)), int(number)]
        cursor.execute(
            "SELECT id, created_at FROM supporters_signature"  # noqa: S608 (ours)
            f" WHERE status = 'pending'{where} ORDER BY created_at DESC, id DESC LIMIT %s",
            [*values, SHOWN + 1],
        )
        return [(pk, _moment(at).isoformat()) for pk, at in cursor.fetchall()]


def _begins(expression: str, begins: str) -> tuple[str, list[str]]:
    key = _equal(expression)
    return f"({key} >= %s AND {key} < %s)", [begins, begins + _LAST]


def _id_at(cursor: Any, moment: datetime) -> int:
    """The first id of a signature that is not older than the moment; one that none has, else."""
    cursor.execute("SELECT MIN(id), MAX(id) FROM supporters_signature")
    row = cursor.fetchone()
    if row[0] is None:
        return 0
    low, high = int(row[0]), int(row[1]) + 1
    while low < high:
        middle = (low + high) // 2
        cursor.execute(
            "SELECT id, created_at FROM supporters_signature WHERE id >= %s ORDER BY id LIMIT 1",
            [middle],
        )
        row = cursor.fetchone()
        if row is None or _moment(row[1]) >= moment:
            high = middle
        else:
            low = int(row[0]) + 1
    return low


def _moment(stored: Any) -> datetime:
    """As a driver gives it: SQLite gives text without a zone, which is UTC."""
    moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
        return moment.tzinfo is not None and moment.astimezone(UTC).tzinfo is UTC
    except (ValueError, OverflowError):  # no moment, or before the first or after the last year
        return False
