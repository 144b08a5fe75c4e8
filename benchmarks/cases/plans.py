"""docs/plans.md: what PostgreSQL does for the statements that everything waits for."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "plans.md"
HEAD = """# Plans

What PostgreSQL {version} does for the hot statements beside 11 million signatures, 10 million of them
under the petition that is asked for: `EXPLAIN (ANALYZE, BUFFERS)` of what the code sent, without
estimates and times of single steps; buffers where a page was read or written, not where all were in
memory. Written by `make bench CASE=growth` on {day}.
"""
_LONGEST = 160  # characters of a line
_NOISE = re.compile(r"Planning:|Buffers: shared hit=\d+ *$")


def write_plans(petition: Any) -> None:
    from django.db import connection

    parts = [
        f"\n## {title}\n\n```\n{plan}\n```\n"
        for title, (act, about) in _acts(petition).items()
        for plan in [_plan(act, about)]
    ]
    version = str(connection.cursor().connection.server_version // 10_000)
    DOCUMENT.write_text(
        HEAD.format(version=version, day=f"{datetime.now(UTC):%Y-%m-%d}") + "".join(parts)
    )


def _acts(petition: Any) -> dict[str, tuple[Callable[[], Any], str]]:
    from django.test import Client

    from benchmarks.cases.rows import pending
    from supporters import outbox
    from supporters.confirming import confirm
    from supporters.count import live_count
    from supporters.fold import fold
    from supporters.models import Signature
    from supporters.signing import Signer, sign

    client = Client(SERVER_NAME="localhost")
    signer = Signer(given_name="Sam", family_name="Okoro", email="plan@example.org",
                    email_key="plan@example.org")  # fmt: skip
    waiting = pending([petition.pk], 50)
    for pk in waiting[:-1]:
        confirm(pk)
    half = petition.supporter_count // 2
    supporters = f"/petitions/{petition.slug}/supporters/?before={half}"
    reasons = Signature.objects.filter(petition=petition).for_public_display().with_reason()
    recent = Signature.objects.filter(petition=petition, position__isnull=False)
    return {
        "Sign": (lambda: sign(petition.pk, signer), "supporters_sign_"),
        "Confirm": (lambda: confirm(waiting[-1]), "supporters_confirm_"),
        "Live count": (lambda: live_count(petition.pk), "SELECT"),
        "Reasons of a page": (
            lambda: list(reasons.order_by("-confirmed_at", "-id")[:6]), "SELECT"),
        "Newest supporters of a page": (
            lambda: list(recent.for_public_display().order_by("-position")[:12]), "SELECT"),
        "Supporters, half-way down": (lambda: client.get(supporters), '"position" <'),
        "Fold: the last position": (lambda: fold(petition.pk), "MAX("),
        "Fold: 49 positions": (lambda: fold(petition.pk), "row_number()"),
        "Claim of the outbox": (outbox.claim, "SKIP LOCKED"),
    }  # fmt: skip


def _plan(act: Callable[[], Any], about: str) -> str:
    """Of the first statement with this in it, after which everything is taken back."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        act()
        transaction.set_rollback(True)
    sql = next(query["sql"] for query in captured.captured_queries if about in query["sql"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {sql}")
        lines = [row[0][:_LONGEST].rstrip() for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return "\n".join(line for line in lines if not _NOISE.match(line.strip()))
