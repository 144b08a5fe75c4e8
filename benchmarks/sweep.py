"""50,000 of 1,000,000 signatures removed by a rule, and brought back, while people sign.

python benchmarks/sweep.py [SIGNATURES]: preview, run, cancel half-way, resume, restore, beside a
crowd that signs and confirms, the fold and a sampler. At every sample, which is one snapshot, the
number shown is that of the rows, and positions and the ledger add up to it; the first one that is
not ends the run with an error. Needs PostgreSQL (BENCH_DATABASE_URL), in a database of its own.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import place  # noqa: E402

ONE_IN = 20  # is of the wave, as crowd.py makes them

_SNAPSHOT = """
SELECT petition.supporter_count, signatures.tail, signatures.rows, signatures.given,
    signatures.standing, ledger.total, ledger.ended
FROM petitions_petition AS petition, (
    SELECT COUNT(*) FILTER (WHERE status = 'confirmed') AS rows,
        COUNT(*) FILTER (WHERE status = 'confirmed' AND position IS NULL) AS tail,
        COUNT(position) AS given,
        COUNT(*) FILTER (WHERE status = 'confirmed' AND position IS NOT NULL) AS standing
    FROM supporters_signature WHERE petition_id = %(petition)s
) AS signatures, (
    SELECT COALESCE(SUM(quantity), 0) AS total,
        COALESCE(SUM(quantity) FILTER (WHERE kind IN ('withdrawn', 'removed', 'restored')), 0)
            AS ended
    FROM supporters_countadjustment WHERE petition_id = %(petition)s
) AS ledger
WHERE petition.id = %(petition)s
"""


class Beside:
    """What goes on beside the sweep, each on a thread of its own, until the end."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.wrong: list[str] = []
        self.threads: list[threading.Thread] = []
        self.done: dict[str, int] = {}

    def go_on(self, name: str, act: Callable[[], object], *, rest: float = 0) -> None:
        from django.db import connections

        def work() -> None:
            try:
                while not self.over.is_set():
                    act()
                    self.done[name] = self.done.get(name, 0) + 1
                    self.over.wait(rest)
            except Exception as error:  # noqa: BLE001 — told at the end
                self.wrong.append(f"{name}: {type(error).__name__}: {error}")
                self.over.set()
            finally:
                connections.close_all()

        thread = threading.Thread(target=work, name=name)
        thread.start()
        self.threads.append(thread)

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()
        if self.wrong:
            raise SystemExit("\n".join(self.wrong))


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with ExitStack() as stack:
        scratch = stack.enter_context(place.folder())
        os.environ.update(place.environment(stack.enter_context(place.postgresql()), scratch))
        os.environ.pop("DEBUG", None)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        try:
            run(_made(size), size)
            call_command("recount")
        finally:
            connection.close()


def run(petition: Any, size: int) -> None:
    from petitions.models import Petition, User
    from supporters.count import with_live_count
    from supporters.fold import fold_all
    from supporters.fraud import decisions, looking, sweeping
    from supporters.fraud.rules import Rule
    from supporters.models import Sweep

    mo, lee = (User.objects.create(username=name) for name in ("mo", "lee"))
    beside = Beside()
    beside.go_on("samples", lambda: _sample(petition.pk))
    beside.go_on("signatures", _crowd(petition), rest=0.002)
    beside.go_on("folds", fold_all, rest=1)
    try:
        rule = Rule(domain="wave.example")
        began = time.monotonic()
        preview = looking.preview(petition.pk, rule)
        _say(f"preview: {preview.found:,} of {preview.looked_at:,} looked at"
             f" ({'all' if preview.is_whole else 'not all'})", began)  # fmt: skip
        counted = with_live_count(Petition.objects.filter(pk=petition.pk)).get()
        sweep = decisions.propose(counted, rule, preview, by=mo, note="A wave.")
        assert decisions.approve(sweep, by=lee)

        def work(until: int) -> None:
            while not beside.over.is_set():
                busy = sweeping.run()
                sweep.refresh_from_db()
                if not busy or sweep.taken - sweep.restored >= until > 0:
                    return

        began = time.monotonic()
        work(size // ONE_IN // 2)
        assert decisions.cancel(sweep, by=mo)
        sweep.refresh_from_db()
        _say(f"cancelled: {sweep.taken:,} removed", began)
        began = time.monotonic()
        assert decisions.resume(sweep, by=lee)
        work(0)
        _say(f"{sweep.state}: {sweep.taken:,} removed", began)
        assert sweep.state == Sweep.State.FINISHED
        assert sweep.taken == size // ONE_IN
        began = time.monotonic()
        assert decisions.undo(sweep, by=mo)
        work(0)
        _say(f"{sweep.state}: {sweep.restored:,} restored, {sweep.left_out:,} left out", began)
        assert sweep.state == Sweep.State.UNDONE
        assert sweep.restored == sweep.taken
    finally:
        beside.end()
    _sample(petition.pk)
    print(", ".join(f"{number:,} {name}" for name, number in sorted(beside.done.items())))


def _made(size: int) -> Any:
    """A petition with so many counted signatures."""
    from benchmarks.cases.crowd import fill
    from benchmarks.cases.rows import petitions

    petition = petitions(2)[1]
    fill({petition: size})
    petition.refresh_from_db()
    return petition


def _crowd(petition: Any) -> Callable[[], None]:
    from supporters.confirming import confirm
    from supporters.models import Signature
    from supporters.signing import Signer, sign

    number = 0

    def act() -> None:
        nonlocal number
        number += 1
        address = f"new{number}@example.net"
        signer = Signer(given_name="Noor", family_name="H", email=address, email_key=address)
        sign(petition.pk, signer)
        mine = Signature.objects.filter(petition=petition, email_key=address, status="pending")
        confirm(mine.get().pk)

    return act


def _sample(petition_id: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT, {"petition": petition_id})
        counted, tail, rows, given, standing, total, ended = map(int, cursor.fetchone())
    if counted + tail != rows or given + total != counted or given + ended != standing:
        raise RuntimeError(
            f"shown {counted} + {tail}, rows {rows}, positions {given}, ledger {total},"
            f" standing {standing}, ended {ended}"
        )


def _say(what: str, began: float) -> None:
    print(f"{what}, {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
