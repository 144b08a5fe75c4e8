"""Behind PgBouncer in transaction mode, where every transaction may meet another connection."""

import os
import pwd
import socket
import subprocess
import time
from contextlib import ExitStack, closing

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client

from petitions.models import Petition
from supporters import outbox
from supporters.audit import unhurried
from supporters.fold import fold_all
from supporters.fraud import looking
from supporters.fraud.rules import Rule
from supporters.models import OutgoingMail, Signature
from supporters.signature_search import Asked, find
from supporters.tokens import Purpose, make
from supporters.worker import Worker
from tests.factories import PetitionFactory, SignatureFactory, typed
from tests.programs import find_program
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
    command = [find_program("pgbouncer"), "-q", str(config)]
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


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def others_find(port: int) -> set[tuple[str, ...]]:
    """What a transaction on each of the two connections finds set."""
    names = ("statement_timeout", "lock_timeout", "synchronous_commit", "enable_seqscan", "jit")
    database = connection.settings_dict
    found = set()
    with ExitStack() as stack:
        for _ in range(2):  # both at a time, so that they are not the same
            other = psycopg2.connect(
                host="127.0.0.1", port=port, dbname=database["NAME"], user=database["USER"]
            )
            cursor = stack.enter_context(closing(other)).cursor()
            stack.callback(other.rollback)  # or PgBouncer would not keep it
            columns = ", ".join(f"current_setting('{name}')" for name in names)
            cursor.execute(f"SELECT {columns}")
            found.add(cursor.fetchone())
    return found


def test_what_a_transaction_sets_is_its_own(pgbouncer, smtp_server):
    """The next one on that connection may be anybody's."""
    petition = PetitionFactory(is_open=True, slug="mend")
    signed = SignatureFactory(petition=petition, is_confirmed=True)
    SignatureFactory(petition=petition)
    before = others_find(pgbouncer)
    assert len(before) == 1
    with transaction.atomic():
        Petition.objects.lock().get(pk=petition.pk)
        assert shown("lock_timeout") == "5s"
    with unhurried():
        assert shown("statement_timeout") == "0"
    call_command("recount", verbosity=0)
    assert looking.preview(petition.pk, Rule(domain="example.org")).is_whole
    assert [row.pk for row in find(Asked(key=signed.email_key)).signatures] == [signed.pk]
    assert Worker().once()
    assert Petition.objects.get(pk=petition.pk).supporter_count == 1
    connections.close_all()
    assert others_find(pgbouncer) == before
    assert 1 <= servers(pgbouncer) <= 2


def test_the_kernel_asks_whether_it_is_there(pgbouncer):
    """libpq's own options: PgBouncer sees none of them, or it would refuse the connection."""
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as ours:
        asked = {
            name: ours.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
            for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
        }
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert list(asked.values()) == [10, 5, 3, 20_000]
