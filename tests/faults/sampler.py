"""Compares the number that is shown with the rows, again and again: `python -m tests.faults.sampler`.

Each time in one snapshot (REPEATABLE READ), by the very queryset that the pages use. Writes a line
for every difference, and at its end (SIGTERM) how many samples it took.
"""

import signal
import time

import django
from django.db import Error, close_old_connections, connection, transaction

PAUSE = 0.01  # seconds


def main() -> None:
    django.setup()
    from supporters.count import live_count  # noqa: PLC0415 (after setup)
    from supporters.models import Signature  # noqa: PLC0415

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    samples = moved = last = 0
    while not stopped:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                shown = live_count(1)
                rows = Signature.objects.confirmed().filter(petition=1).count()
        except Error:
            close_old_connections()  # the database is away
            time.sleep(0.1)
            continue
        samples += 1
        moved += shown != last
        last = shown
        if shown != rows:
            print(f"WRONG: {shown} shown, {rows} rows", flush=True)  # noqa: T201
        time.sleep(PAUSE)
    print(f"SAMPLES: {samples}, {moved} of them new numbers", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
