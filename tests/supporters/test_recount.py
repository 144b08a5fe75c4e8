"""`manage.py recount` finds every number that does not follow from its rows, and mends none."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from petitions.models import Petition
from supporters.fold import fold
from supporters.management.commands import recount as recounting
from supporters.models import CountAdjustment, Signature
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db
LONG = 30  # seconds, for a busy machine
ALLOWED = 2  # seconds


@pytest.fixture
def petition():
    """5 positions, of which 1 withdrawn and 1 disowned; 10 carried over; 1 in the tail."""
    petition = PetitionFactory(is_open=True, title="Mend the bridge")
    signed = [SignatureFactory(petition=petition, is_confirmed=True) for _ in range(5)]
    fold(petition.pk)
    CountAdjustment.objects.create(petition=petition, kind="carried_over", quantity=10)
    withdraw(signed[0].pk)
    disown(signed[1].pk)
    SignatureFactory(petition=petition, is_confirmed=True)
    SignatureFactory(petition=petition)
    return petition


def recount(*arguments: str) -> str:
    out = StringIO()
    call_command("recount", *arguments, stdout=out)
    return out.getvalue()


def drifted(*arguments: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("recount", *arguments, stdout=out)
    assert error.value.returncode == 3
    return out.getvalue()


def test_numbers_that_add_up(petition):
    PetitionFactory(is_open=True)
    assert recount() == "Checked 2: all add up.\n"


def test_a_wrong_number_is_reported_and_stays(petition):
    Petition.objects.filter(pk=petition.pk).update(supporter_count=15)
    assert drifted() == (
        "mend-the-bridge: supporter_count is 15, positions and adjustments make 13 (+2)\n"
    )
    petition.refresh_from_db()
    assert petition.supporter_count == 15


def test_a_signature_that_ended_without_an_entry_is_reported(petition):
    signer = Signature.objects.confirmed().filter(position__isnull=False).first()
    Signature.objects.filter(pk=signer.pk).update(status="removed")
    assert drifted() == (
        "mend-the-bridge: 2 signatures with a position are confirmed, "
        "positions and endings make 3 (-1)\n"
    )


def test_a_restored_one_adds_up(petition):
    signer = Signature.objects.filter(status="withdrawn").get()
    Signature.objects.filter(pk=signer.pk).update(status="confirmed", ended_at=None)
    CountAdjustment.objects.create(petition=petition, kind="restored", quantity=1)
    assert "all add up" in recount()


def test_one_petition_alone(petition):
    other = PetitionFactory(is_open=True, slug="other")
    Petition.objects.filter(pk=other.pk).update(supporter_count=1)
    assert recount("--petition", "mend-the-bridge") == "Checked 1: all add up.\n"
    assert drifted("--petition", "other").startswith("other: supporter_count is 1,")
    with pytest.raises(CommandError, match="no petition") as error:
        recount("--petition", "nothing")
    assert error.value.returncode == 2


def test_one_statement_for_all(petition, count_queries):
    for _ in range(5):
        PetitionFactory(is_open=True)
    with count_queries() as queries:
        recount()
    assert len(queries) == 2, queries  # the audit, and how many petitions there are


NOT_CHECKED = "CommandError: Nothing was checked: "


@pytest.mark.parametrize(
    ("name", "value", "status", "said"),
    [
        ("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3", 2, NOT_CHECKED),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing", 2, NOT_CHECKED),
        # Before the command itself is there:
        ("PROMETHEUS_MULTIPROC_DIR", "/nowhere", 1, "PROMETHEUS_MULTIPROC_DIR names"),
        ("DJANGO_SETTINGS_MODULE", "settings_of_nobody", 1, "ModuleNotFoundError: "),
    ],
)
def test_what_could_not_be_checked_has_not_drifted(name, value, status, said):
    done = subprocess.run(
        [sys.executable, "manage.py", "recount"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", name: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status
    assert said in done.stderr


def test_nor_has_what_the_checks_refuse(petition, settings):
    settings.PETITIONS_RATE_LIMITS = {"sign": "often"}
    with pytest.raises(CommandError, match=r"Nothing was checked: [\s\S]+E004") as error:
        recount()
    assert error.value.returncode == 2


def test_nor_has_what_failed_in_a_way_that_nobody_foresaw(monkeypatch):
    def broken(slug):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(recounting, "drifts", broken)
    with pytest.raises(CommandError, match="checked: RuntimeError: no such thing") as error:
        recount()
    assert error.value.returncode == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_may_take_longer_than_the_role_allows(petition):
    """Somebody keeps the table for longer than that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
        cursor.execute(f"SET statement_timeout = '{ALLOWED}s'")
    waited, done = threading.Event(), threading.Event()

    def keep():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE supporters_signature IN ACCESS EXCLUSIVE MODE")
                has_it.set()
                while not done.wait(0.05):
                    cursor.execute(
                        "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
                        " AND clock_timestamp() - query_start > make_interval(secs => %s)",
                        [pid, 2 * ALLOWED],
                    )
                    if cursor.fetchone():
                        waited.set()
                        return
        finally:
            connections.close_all()

    has_it = threading.Event()
    try:
        with ThreadPoolExecutor(1) as pool:
            keeping = pool.submit(keep)
            assert has_it.wait(LONG)
            try:
                assert "all add up" in recount()
            finally:
                done.set()
            keeping.result()
        assert waited.is_set()
        with connection.cursor() as cursor:  # it holds for all others as before
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == (f"{ALLOWED}s",)
    finally:
        connection.close()
