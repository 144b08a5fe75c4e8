"""The supporters of a petition as CSV, each with no more than they agreed to.

Who gave their consent (supporters/consent.py) is there with address, country and postcode. Who did
not, but lets their name be shown, is there as on the petition's page: name as shown, reason, day.
Who is only counted is not there at all.

Read in steps by position: PgBouncer in transaction mode knows no server-side cursor, and no more
than one step is in memory. Each step sees what is true by then, so who withdraws while somebody
downloads is left out of what is still to come.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from petitions.models import Petition
from supporters.fold import fold
from supporters.models import Download, Signature
from supporters.models.signature import initial
from supporters.reasons import hidden

# As the programs that take such lists in call them.
COLUMNS = (
    "email", "first_name", "last_name", "city", "state", "zip", "country", "language",
    "created_at", "email_opt_in", "source", "comment",
)  # fmt: skip
STEP = 2_000  # rows a statement
_BOM = "\ufeff"  # without it spreadsheets read UTF-8 as something else
# What spreadsheets take for the beginning of a formula, or skip before one.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_INNER_FORMULA = re.compile(r'([;\t\r\n][;"\s]*)(?=[=+\-@＝＋－＠])')
_READ = (
    "position", "email", "given_name", "family_name", "locality", "postal_code", "country",
    "language", "created_at", "confirmed_at", "source", "reason", "display", "consent_id",
    "is_off",
)  # fmt: skip


def shared(petition_id: int) -> Any:
    """The signatures of which anything is given away."""
    agreed = Q(consent__isnull=False) | ~Q(display=Signature.Display.HIDDEN)
    return Signature.objects.confirmed().filter(agreed, petition_id=petition_id)


def lines(petition: Petition, download: Download) -> Iterator[bytes]:
    """The file, in pieces of some hundred kilobytes; at its end, or where its reader left, the
    download is noted with how many rows went out.
    """
    rows = addresses = 0
    try:
        yield (_BOM + _written([COLUMNS])).encode()
        for step in _steps(petition.pk):
            piece = _written(map(cells, step)).encode()
            rows += len(step)
            addresses += sum(1 for row in step if row["consent_id"])
            yield piece
    finally:
        download.end(rows=rows, addresses=addresses)


def cells(row: dict[str, Any]) -> list[str]:
    """One line of the file, from the columns in _READ."""
    agreed = row["consent_id"] is not None
    first, last = _name(row)
    is_shown = row["display"] != Signature.Display.HIDDEN
    own = {
        "email": row["email"],
        "city": row["locality"],
        "zip": row["postal_code"],
        "country": row["country"] or "",
        "language": row["language"],
        "source": row["source"],
    }
    values = {
        **(own if agreed else {}),
        "first_name": first,
        "last_name": last,
        "created_at": _moment(row["created_at"]) if agreed else _day(row["confirmed_at"]),
        "email_opt_in": "true" if agreed else "false",
        "comment": row["reason"] if is_shown and not row["is_off"] else "",
    }
    return [safe(values.get(column, "")) for column in COLUMNS]


def safe(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would take what follows for a formula.

    Also after what ends a cell or a row where lists are separated by semicolons, as in most
    of Europe: there the quotation marks of our cells are not at the beginning of a cell.
    """
    text = _INNER_FORMULA.sub(r"\1'", text)
    return f"'{text}" if text.lstrip(" \xa0").startswith(_FORMULA) else text


def _name(row: dict[str, Any]) -> tuple[str, str]:
    """First and last name as their signer lets them be shown."""
    if row["display"] == Signature.Display.FULL:
        return row["given_name"], row["family_name"]
    if row["display"] == Signature.Display.INITIAL:
        return row["given_name"], initial(row["family_name"])
    return "", ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"


def _steps(petition_id: int) -> Iterator[list[dict[str, Any]]]:
    fold(petition_id)  # so that who has just confirmed has a position, too
    rows = shared(petition_id).annotate(is_off=Exists(hidden(OuterRef("pk"))))
    rows = rows.order_by("position").values(*_READ)
    last = 0
    while step := list(rows.filter(position__gt=last)[:STEP]):
        last = step[-1]["position"]
        yield step


def _written(table: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue()
