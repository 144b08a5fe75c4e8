"""make bench [CASE=page]: the figures of docs/performance.md; all of them with shorter rounds.

Starts a database and servers of its own on loopback, ends them, and changes nothing else. Needs wrk
and a PostgreSQL whose user may create databases (BENCH_DATABASE_URL); for insert and hot_slow a superuser.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import place  # noqa: E402

NAMES = (
    "page",
    "count",
    "uncached",
    "middleware",
    "memory",
    "sign",
    "sign_blocked",
    "confirm",
    "insert",
    "hot",
    "hot_slow",
    "mail",
    "surge",
    "surge_free",
    "mailing",
    "download",
    "growth",
    "many",
    "fold_bloat",
    "mixed",
    "sign_sqlite",
)


# What each is given when all of them run, which takes half an hour and a little on two quick cores.
SHORTER = {"BENCH_ROUND_SECONDS": "2", "BENCH_SUPPORTERS": "20000"}


def one(name: str) -> None:
    with ExitStack() as stack:
        scratch = stack.enter_context(place.folder())
        on_sqlite = name.endswith("sqlite")
        database = (
            f"sqlite:///{scratch / 'bench.sqlite3'}"
            if on_sqlite
            else stack.enter_context(place.postgresql())
        )
        environ = place.environment(database, scratch)
        os.environ.update(environ)
        os.environ["PETITIONS_PAGE_CACHE_MB"] = "0"  # of this process alone
        os.environ.pop("DEBUG", None)

        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from benchmarks import report
        from benchmarks.cases import CASES
        from benchmarks.cases.rounds import Place

        url, pid = stack.enter_context(place.server(environ, scratch))
        began = time.monotonic()
        results = CASES[name](Place(url=url, pid=pid, scratch=scratch, environ=environ))
        results[0].notes.append(f"the case took {time.monotonic() - began:,.0f} s")
        log = (scratch / "server.log").read_text()
        if "Traceback" in log or "locked" in log:
            raise SystemExit(log)
        for result in results:
            print(report.row(result), end="", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_version()" if on_sqlite else "SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
            if not on_sqlite:
                cursor.execute("SHOW autovacuum")
                version += f" (autovacuum {cursor.fetchone()[0]})"
        connection.close()
        report.write(results, f"SQLite {version}" if on_sqlite else f"PostgreSQL {version}")


def main() -> None:
    asked = sys.argv[1:] or list(NAMES)
    if unknown := set(asked) - set(NAMES):
        raise SystemExit(f"No such case: {', '.join(unknown)}. There are {', '.join(NAMES)}.")
    for program in ("wrk", *(["pgbench"] if "insert" in asked else [])):
        if not shutil.which(program):
            raise SystemExit(f"{program} is missing: apt install wrk postgresql")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that it tidies up
    if len(asked) == 1:
        one(asked[0])
        return
    environ = os.environ if sys.argv[1:] else SHORTER | os.environ
    for name in asked:  # each with a process and a database of its own
        subprocess.run([sys.executable, __file__, name], env=environ, check=True)


if __name__ == "__main__":
    main()
