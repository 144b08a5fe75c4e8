"""What the database itself can take: the floor's bare INSERT, without any web server.

It leaves so much to be written to the disk that PostgreSQL soon holds everybody up, and signers are
told to come back. So what was left is written before either side begins, by a CHECKPOINT: needs a
superuser.
"""

import os
import subprocess
import threading
import time

import psycopg2

from benchmarks.cases.rounds import CLIENTS, SECONDS, TIMED, Place, Result, in_turns
from benchmarks.cases.rows import petitions
from benchmarks.cases.signing import sign_at

CONNECTIONS = 8  # of psycopg2, each a thread

_SQL = """INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code, locality,
    reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at, language,
    source
) VALUES ({petition}, {version}, 'Sam', 'Okoro', {address}, {address}, 'GB', 'SW1A 1AA', '', '',
    'initial', false, 'pending', 'online', false, 1, now(), 'en', '')"""


def insert(place: Place) -> list[Result]:
    [petition] = petitions()

    def ours(prefix: str) -> float:
        _written()
        return sign_at(place, ["/petitions/bench-0/sign/"], prefix, is_ours=True)

    def values(address: str) -> dict[str, object]:
        return {"petition": petition.pk, "version": petition.version_id, "address": address}

    psycopg = in_turns(
        lambda n: ours(f"besidepsycopg{n + 1}x"),
        lambda n: _psycopg(place, _SQL.format(**values("%(address)s")), f"psycopg{n + 1}x"),
        Result(title="sign, one petition, with its mail",
               beside=f"bare INSERT by psycopg2, {CONNECTIONS} connections", target="", how=TIMED),
    )  # fmt: skip
    pgbench = in_turns(
        lambda n: ours(f"besidepgbench{n + 1}x"),
        lambda n: _pgbench(place, _SQL.format(**values(f"'b{n + 1}x' || nextval('bench')"))),
        Result(title="sign, one petition, with its mail (again)",
               beside=f"bare INSERT by pgbench, {CLIENTS} connections", target="", how=TIMED),
    )  # fmt: skip
    return [psycopg, pgbench]


def _psycopg(place: Place, statement: str, prefix: str) -> float:
    """Rows per second; each its own transaction."""
    _written()
    done = [0] * CONNECTIONS
    began = time.monotonic()

    def work(number: int) -> None:
        connection = psycopg2.connect(place.environ["DATABASE_URL"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            while time.monotonic() - began < SECONDS:
                cursor.execute(statement, {"address": f"{prefix}{number}-{done[number]}"})
                done[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - began)


def _pgbench(place: Place, statement: str) -> float:
    """Rows per second; each its own transaction."""
    from django.db import connection

    from supporters.models import Signature

    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench")
    script = place.scratch / "insert.sql"
    script.write_text(" ".join(statement.split()) + ";\n")
    _written()
    before = Signature.objects.count()
    began = time.monotonic()
    subprocess.run(
        ["pgbench", "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", str(script),
         "-d", place.environ["DATABASE_URL"]],
        check=True, capture_output=True, timeout=SECONDS + 60, env=dict(os.environ),
    )  # fmt: skip
    return (Signature.objects.count() - before) / (time.monotonic() - began)


def _written() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
