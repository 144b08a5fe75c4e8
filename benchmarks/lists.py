"""What a page of petitions costs when no cache has it: statements, milliseconds, CPU.

    SECRET_KEY=… DATABASE_URL=… .venv/bin/python benchmarks/lists.py

Reads whatever the database holds; import the UK petitions first (docs/performance.md).
CPU is that of this process: all of it on SQLite, without the server's share on PostgreSQL.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

RUNS = 15
ADDRESSES = [
    "/",
    "/petitions/",
    "/petitions/?page=425",
    "/petitions/?status=closed&sort=newest&page=200",
    "/petitions/?q=brexit",
    "/petitions/?q=the",
    "/petitions/?q=second+refer&sort=signatures",
    "/petitions.atom",
]


def main() -> None:
    client = Client(SERVER_NAME="localhost")
    print(f"{connection.vendor}, median of {RUNS}")
    for address in ADDRESSES:
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        statements = len(queries)
        took, used = [], []
        for _ in range(RUNS):
            clock, cpu = time.perf_counter(), time.process_time()
            client.get(address)
            took.append(time.perf_counter() - clock)
            used.append(time.process_time() - cpu)
        print(
            f"{address:48} {status} {statements} statements"
            f" {median(took) * 1000:6.1f} ms {median(used) * 1000:6.1f} ms CPU"
        )


main()
