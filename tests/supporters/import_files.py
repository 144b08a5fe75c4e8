"""Files to import: a line of one, and the command over several."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db.models import Sum

from petitions.models import Petition
from supporters.models import CountAdjustment

SOURCE = "UK Parliament petitions 2015–2017"
ROW = {
    "id": "178330",
    "title": "Make it tax free.",
    "created": "2017-01-24T22:55:30.361Z",
    "signature_count": 31289,
    "status": "open",
}


def row(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


def import_rows(
    folder: Path, rows: list[Any], *options: str, source: str = SOURCE
) -> tuple[str, str]:
    """`out, errors = import_rows(folder, [row(), …], "--open")`; bytes are written as they are."""
    lines = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in rows]
    path = folder / "petitions.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    out, errors = StringIO(), StringIO()
    call_command("import_petitions", path, *options, source=source, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def numbers(out: str) -> str:
    """The summary without the seconds."""
    return out.partition(";")[0]


def is_counted_right(petition: Petition) -> bool:
    entries = CountAdjustment.objects.filter(petition=petition)
    stored = Petition.objects.get(pk=petition.pk).supporter_count
    return stored == (entries.aggregate(sum=Sum("quantity"))["sum"] or 0)
