"""Behind PgBouncer in transaction mode, where every transaction may meet another connection."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from contextlib import closing

import psycopg2
import pytest
from django.db import connection, connections
from django.test import Client

from petitions.models import Petition
from supporters import outbox
from supporters.fold import fold_all
from supporters.models import OutgoingMail, Signature
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, typed
from tests.threads import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.pgbouncer,
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "PgBouncer ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture
def pgbouncer(tmp_path):
    """All of this test's connections go through two of the server's."""
    database = connection.settings_dict
    port = free_port()
    server = f"host={database['HOST'] or '127.0.0.1'} port={database['PORT'] or 5432}"
    server += f" user={database['USER']}"  # who it is for the server; of clients it asks nothing
    if database["PASSWORD"]:
        server += f" password={database['PASSWORD']}"
    config = tmp_path / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n* = {server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        "unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n"
        "server_reset_query =\n"
    )
    command = [shutil.which("pgbouncer"), "-q", str(config)]
    if os.geteuid() == 0:  # it refuses to be root
        for folder in (config, *config.parents[:3]):
            folder.chmod(0o755)
        command[1:1] = ["-u", pwd.getpwuid(65534).pw_name]
    process = subprocess.Popen(command)
    before = dict(database)
    try:
        wait_for(port, process)
        connections.close_all()
        options = {k: v for k, v in database["OPTIONS"].items() if k != "options"}
        database.update(HOST="127.0.0.1", PORT=str(port), OPTIONS=options)
        yield port
    finally:
        connections.close_all()
        database.update(before)
        process.terminate()
        process.wait(10)


def servers(port: int) -> int:
    """How many connections PgBouncer keeps to the server."""
    with closing(
        psycopg2.connect(host="127.0.0.1", port=port, dbname="pgbouncer", user="pgbouncer")
    ) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("SHOW SERVERS")
            return len(cursor.fetchall())


def test_signing_confirming_counting_and_the_worker(pgbouncer):
    petition = PetitionFactory(is_open=True, slug="mend")

    def sign_and_confirm(number):
        client = Client()
        try:
            for n in range(5):
                email = f"sam{number}.{n}@example.org"
                assert client.post("/petitions/mend/sign/", typed(email=email)).status_code == 302
                row = Signature.objects.get(email=email)
                token = make(Purpose.CONFIRM, row.pk)
                assert client.post(f"/confirm/{token}/").status_code == 302
                assert client.get("/petitions/mend/").status_code == 200
                fold_all()
        finally:
            connections.close_all()

    together(*[lambda number=number: sign_and_confirm(number) for number in range(6)])
    assert Client().get("/petitions/mend/count.json").json()["count"] == 30
    fold_all()
    assert Petition.objects.get(pk=petition.pk).supporter_count == 30
    positions = Signature.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 31))
    assert len({mail.pk for _ in range(4) for mail in outbox.claim(10)}) == 30
    assert OutgoingMail.objects.filter(leased_until=None).count() == 0
    assert [row.pk for row in Signature.objects.order_by("pk").iterator(chunk_size=7)] == sorted(
        Signature.objects.values_list("pk", flat=True)
    )
    assert 1 <= servers(pgbouncer) <= 2
