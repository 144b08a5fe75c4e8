"""Finding signatures across petitions, for moderators: by address, domain, name, place and time.

On PostgreSQL four indexes answer, which hold only signatures with a position, so that nobody who
signs or confirms pays for them (decision 35). Results come in the order of the index that was
asked, so that a page is read and no more, however many fit. What waits to be confirmed is walked
newest first. Any address under any petition is found by the constraint that makes it one. SQLite
has no such indexes and reads its rows: sites too large for that run on PostgreSQL.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from supporters import signature_texts as texts
from supporters.models import Signature

SHOWN = 50
LONGEST = 8_000  # milliseconds that PostgreSQL may look
ENOUGH = (500, 10_000)  # that fit are counted no further, at first and then
FEW = 200_000  # signatures of a petition that are read one by one
_QUERY_CANCELED = "57014"  # PostgreSQL's code
_BY_POSITION, _BY_ID = "p", "i"
_LONGEST_ID = 18  # digits of what still is a bigint

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

_OF_PETITION = """(
    SELECT * FROM supporters_signature WHERE petition_id = %s AND position IS NOT NULL OFFSET 0
) AS supporters_signature"""


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
        key, value = texts.equal(texts.TURNED), asked.key[::-1]
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


def _texts(asked: Asked) -> list[tuple[str, str]]:
    return texts.ranges(
        name=asked.name,
        postal_code=asked.postal_code,
        locality=asked.locality,
        domain=asked.domain,
    )


def _has_position() -> str:
    """Where all rows are read, in their order: the plus keeps SQLite from going to each of them by
    way of the positions, which takes several times as long."""
    return "position IS NOT NULL" if connection.vendor == "postgresql" else "+position IS NOT NULL"


class _Counted:
    """Signatures with a position: in the order of the rarest text's index, of the petition's
    positions, or else of their ids, the newest first.

    A place in the order begins with what order it is: others may sign between two pages.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._texts = _texts(asked)

    def page(self, cursor: Any, after: str) -> list[tuple[int, str]]:
        """Up to SHOWN + 1 pairs of an id and what its place in the order is told by."""
        number, _dot, place = after.partition(".")
        last = int(number) if _is_id(number) else None
        order, place = place[:1], place[1:]
        ids = self._ids(cursor)
        if self._texts:
            known = order in set("0123"[: len(self._texts)])
            which = int(order) if known else self._rarest(cursor)
            found = self._by_text(cursor, which, last if known else None, place, ids)
            return [(pk, f"{which}{text}") for pk, text in found]
        if order not in {_BY_POSITION, _BY_ID} or not _is_id(place):
            order, place = self._shorter(cursor, ids), ""
        below = int(place) if place else 2**62
        found = (
            self._descending(cursor, "position", (0, below))
            if order == _BY_POSITION
            else self._descending(cursor, "id", (ids[0], min(below, ids[1])))
        )
        return [(pk, f"{order}{number}") for pk, number in found]

    def _rarest(self, cursor: Any) -> int:
        """Which of the texts to go by: what else is asked is compared row by row. PostgreSQL's own
        choice counts on the first page to be full soon. So many of each are counted as tell."""
        if len(self._texts) == 1 or connection.vendor != "postgresql":
            return 0
        for most in ENOUGH:
            sizes = [self._size(cursor, *text, most) for text in self._texts]
            if min(sizes) < most:
                return sizes.index(min(sizes))
        return 0

    def _size(self, cursor: Any, expression: str, begins: str, most: int) -> int:
        number = 0
        for spelling in texts.spellings(expression, begins):
            sql, bounds = texts.condition(expression, spelling)
            cursor.execute(
                "SELECT COUNT(*) FROM (SELECT 1 FROM supporters_signature"  # noqa: S608 (ours)
                f" WHERE {sql} AND position IS NOT NULL AND {texts.HAS[expression]}"
                " LIMIT %s) AS few",
                [*bounds, most],
            )
            number += cursor.fetchone()[0]
        return number

    def _shorter(self, cursor: Any, ids: tuple[int, int]) -> str:
        """The petition's positions, or the ids of the days."""
        if self._asked.petition_id is None:
            return _BY_ID
        return _BY_POSITION if self._positions(cursor) <= ids[1] - ids[0] else _BY_ID

    def _is_of_few(self, cursor: Any) -> bool:
        if self._asked.petition_id is None or connection.vendor != "postgresql":
            return False
        return self._positions(cursor) <= FEW

    def _positions(self, cursor: Any) -> int:
        cursor.execute(
            "SELECT MAX(position) FROM supporters_signature"
            " WHERE petition_id = %s AND position IS NOT NULL",
            [self._asked.petition_id],
        )
        return int(cursor.fetchone()[0] or 0)

    def _by_text(
        self, cursor: Any, which: int, last: int | None, place: str, ids: tuple[int, int]
    ) -> list[tuple[int, Any]]:
        expression, begins = self._texts[which]
        key = texts.equal(expression)
        where, values = _also(self._asked)
        if self._asked.since or self._asked.until:
            # Known from the index alone, unlike the moments.
            where, values = f"{where} AND id >= %s AND id < %s", values + list(ids)
        for other, text in self._texts[:which] + self._texts[which + 1 :]:
            sql, more = texts.either(other, texts.spellings(other, text))
            where, values = f"{where} AND {sql}", [*values, *more]
        table, own = "supporters_signature", []
        if self._is_of_few(cursor):
            # Read first, by OFFSET 0: PostgreSQL would walk through millions of others' instead.
            table, own = _OF_PETITION, [self._asked.petition_id]
        found: list[tuple[int, Any]] = []
        for spellings in texts.at_once(texts.spellings(expression, begins)):
            inside, bounds = texts.either(expression, spellings)
            begun: list[Any] = []
            if last is not None:
                if place >= spellings[-1] + texts.LAST:
                    continue
                inside, begun = f"{inside} AND ({key}, id) > (%s, %s)", [place, last]
            cursor.execute(
                f"SELECT id, {expression} FROM {table} WHERE {inside}{where}"  # noqa: S608 (ours)
                f" AND {_has_position()} AND {texts.HAS[expression]}"
                f" ORDER BY {key}, id LIMIT %s",
                [*own, *bounds, *begun, *values, SHOWN + 1 - len(found)],
            )
            found += cursor.fetchall()
            if len(found) > SHOWN:
                break
        return found

    def _descending(self, cursor: Any, column: str, span: tuple[int, int]) -> list[tuple[int, Any]]:
        where, values = _also(self._asked)
        cursor.execute(
            f"SELECT id, {column} FROM supporters_signature"  # noqa: S608 (ours)
            f" WHERE position IS NOT NULL AND {column} >= %s AND {column} < %s{where}"
            f" ORDER BY {column} DESC LIMIT %s",
            [*span, *values, SHOWN + 1],
        )
        found: list[tuple[int, Any]] = cursor.fetchall()
        return found

    def _ids(self, cursor: Any) -> tuple[int, int]:
        """The ids that were given from `since` to `until`: ids rise with time, near enough."""
        asked = self._asked
        if not asked.since and not asked.until:
            return 0, 2**62
        cursor.execute("SELECT MIN(id), MAX(id) FROM supporters_signature")
        oldest, newest = cursor.fetchone()
        if newest is None:
            return 0, 0
        return (
            _id_at(cursor, asked.since) if asked.since else oldest,
            _id_at(cursor, asked.until) if asked.until else newest + 1,
        )


class _Waiting:
    """Signatures that wait to be confirmed, the newest first: there are those of a week."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def page(self, cursor: Any, after: str) -> list[tuple[int, Any]]:
        where, values = _also(self._asked)
        for expression, begins in _texts(self._asked):
            sql, bounds = texts.either(expression, texts.spellings(expression, begins))
            where, values = f"{where} AND {sql}", [*values, *bounds]
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
