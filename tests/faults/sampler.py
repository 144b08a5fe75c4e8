"""Compares the numbers that are shown with the rows, again and again: `python -m tests.faults.sampler`.

Each time in one snapshot (REPEATABLE READ), by the very queryset that the pages use. Writes a line
for every difference, and at its end (SIGTERM) how many samples it took.
"""

import itertools
import signal
import time

import django
from django.db import Error, close_old_connections, connection, transaction

PETITIONS = (1, 2)
PAUSE = 0.01  # seconds


def main() -> None:
    django.setup()
    from supporters.count import live_count  # noqa: PLC0415 (after setup)
    from supporters.models import Signature  # noqa: PLC0415

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    samples = dict.fromkeys(PETITIONS, 0)
    moved, last = dict(samples), dict(samples)
    for petition in itertools.cycle(PETITIONS):
        if stopped:
            break
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                shown = live_count(petition)
                rows = Signature.objects.confirmed().filter(petition=petition).count()
        except Error:
            close_old_connections()  # the database is away
            time.sleep(0.1)
            continue
        samples[petition] += 1
        moved[petition] += shown != last[petition]
        last[petition] = shown
        if shown != rows:
            print(f"WRONG of {petition}: {shown} shown, {rows} rows", flush=True)  # noqa: T201
        time.sleep(PAUSE)
    for petition in PETITIONS:
        numbers = f"{samples[petition]}, {moved[petition]} of them new numbers"
        print(f"SAMPLES of {petition}: {numbers}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
