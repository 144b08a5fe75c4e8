"""The worker's round and its loop; how it ends."""

import asyncio
import signal
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from petitions.models import ModerationEvent, Petition
from supporters import worker as worker_module
from supporters.closing import close_due
from supporters.models import CountAdjustment, OutgoingMail, Signature
from supporters.worker import Worker
from tests.factories import PetitionFactory, SignatureFactory
from tests.smtp import mail_settings
from tests.supporters.outbox_rows import (
    mailing,
    signature_mail,
    signature_mails,
    start_worker,
    supporter,
)
from tests.supporters.worker_tasks import do_instead
from tests.threads import PATIENCE, wait_until

pytestmark = pytest.mark.django_db


# One round


def test_a_round_does_everything(smtp_server):
    due = PetitionFactory(is_open=True, closes_at=timezone.now() - timedelta(minutes=5))
    petition = PetitionFactory(is_open=True)
    signer = supporter(petition)
    asked = signature_mail()
    mailing(petition=petition)
    SignatureFactory(petition=petition, created_at=timezone.now() - timedelta(days=8))
    assert Worker().once()
    due.refresh_from_db()
    petition.refresh_from_db()
    assert due.status == "closed"
    assert (petition.supporter_count, petition.trend) == (1, 1)
    assert Signature.objects.get(pk=signer.pk).position == 1
    addresses = [delivery.recipients[0] for delivery in smtp_server.deliveries]
    assert addresses == [asked.recipient, due.organizer.email, signer.email]
    assert not Signature.objects.filter(created_at__lt=timezone.now() - timedelta(days=7)).exists()


def test_a_round_sends_more_than_one_batch(smtp_server):
    signature_mails(130)
    assert Worker().once()
    assert len(smtp_server.deliveries) == 130


def test_mail_leaves_before_what_may_take_long_and_again_behind_it(smtp_server, monkeypatch):
    """Where cron does it, whoever signed waits for nothing but the prompt tasks."""
    [first] = signature_mails(1)
    sent: dict[str, list[str]] = {}

    def note(task: str) -> int:
        sent[task] = [delivery.recipients[0] for delivery in smtp_server.deliveries]
        return 0

    def erased(*, go_on) -> int:
        if "erasure" not in sent:
            signature_mail("noor@example.org")  # they signed while it erases
        return note("erasure")

    do_instead(
        monkeypatch,
        fold=lambda: note("fold"),
        sweeps=lambda *, go_on: note("sweeps"),
        trend=lambda: signature_mail("wei@example.org") and None,
        erasure=erased,
    )
    assert Worker().once()
    assert sent == {
        "fold": [],
        "sweeps": [first.recipient],
        "erasure": [first.recipient, "wei@example.org"],
    }
    note("end")
    assert sent["end"] == [first.recipient, "wei@example.org", "noor@example.org"]


def test_one_failing_task_stops_no_other(smtp_server, monkeypatch, caplog):
    def broken() -> None:
        raise OSError("the disk is full")

    do_instead(monkeypatch, fold=broken)
    signature_mail()
    worker = Worker()
    assert not worker.once()
    assert len(smtp_server.deliveries) == 1
    [record] = [record for record in caplog.records if record.exc_info]
    assert "the disk is full" in caplog.text
    assert record.message == "Failed: fold"
    assert not worker.once()
    assert "Still failing: fold" in caplog.text
    monkeypatch.undo()
    assert worker.once()


@pytest.mark.django_db(transaction=True)
def test_what_the_database_says_of_a_row_is_not_logged(smtp_server, monkeypatch, caplog):
    """It may hold an address."""
    signed = SignatureFactory(email="noor@example.org")

    def broken() -> None:
        with transaction.atomic():
            SignatureFactory(petition=signed.petition, email=signed.email)

    do_instead(monkeypatch, fold=broken)
    worker = Worker()
    assert not worker.once()
    assert not worker.once()
    assert "Failed: fold: IntegrityError" in caplog.text
    assert "Still failing: fold: IntegrityError" in caplog.text
    assert "in broken" in caplog.text
    assert "noor" not in caplog.text


def test_several_batches_go_over_one_connection(smtp_server):
    signature_mails(250)
    assert Worker().once()
    assert smtp_server.connections == 1
    assert len({delivery.recipients[0] for delivery in smtp_server.deliveries}) == 250


def test_cron_hears_of_a_mail_server_that_is_away(settings):
    for name, value in mail_settings(1).items():  # nothing listens on port 1
        setattr(settings, name, value)
    signature_mail()
    with pytest.raises(CommandError) as error:
        call_command("work", "--once")
    assert error.value.returncode == 1
    assert OutgoingMail.objects.get().attempts == 0


def test_cron_need_not_hear_of_a_wrong_address(smtp_server):
    signature_mail("nobody@example.org")
    smtp_server.refuse("nobody@example.org")
    call_command("work", "--once")
    assert OutgoingMail.objects.get().failed_at


@pytest.fixture(autouse=True)
def _signals_as_they_were():
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


# Closing


def test_a_closing_date_closes_at_that_date_and_tells_the_organizer():
    ended = timezone.now() - timedelta(hours=3)
    petition = PetitionFactory(is_open=True, closes_at=ended)
    PetitionFactory(is_open=True, closes_at=timezone.now() + timedelta(hours=3))
    assert close_due() == 1
    petition.refresh_from_db()
    assert (petition.status, petition.closed_at) == ("closed", ended)
    event = ModerationEvent.objects.get()
    assert (event.actor, event.from_status, event.to_status) == (None, "open", "closed")
    assert OutgoingMail.objects.get().payload["event"] == event.pk
    assert close_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_close_a_petition_once():
    for _ in range(5):
        PetitionFactory(is_open=True, closes_at=timezone.now() - timedelta(hours=1))
    start = threading.Barrier(3)
    closed = []

    def work() -> None:
        start.wait()
        try:
            closed.append(close_due())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(closed) == 5
    assert ModerationEvent.objects.count() == 5


# The loop


@contextmanager
def running():
    """A worker at work on a thread; the block's end stops it."""
    worker = Worker()

    def run() -> None:
        try:
            worker.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_it_folds_and_sends_while_it_runs(smtp_server):
    petition = PetitionFactory(is_open=True)
    with running():
        for n in range(2):
            SignatureFactory(petition=petition, is_confirmed=True)
            signature_mail()
            wait_until(lambda n=n: Petition.objects.get(pk=petition.pk).supporter_count == n + 1)
            wait_until(lambda n=n: len(smtp_server.deliveries) == n + 1)
    assert not OutgoingMail.objects.filter(sent_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_positions_do_not_wait_for_a_slow_mail_server(smtp_server):
    hold = threading.Event()
    keep = smtp_server.handle_DATA

    async def handle_data(server, session, envelope):
        await asyncio.to_thread(hold.wait)
        return await keep(server, session, envelope)

    smtp_server.handle_DATA = handle_data
    petition = PetitionFactory(is_open=True)
    signature_mail()
    with running():
        wait_until(lambda: OutgoingMail.objects.exclude(leased_until=None).exists())
        SignatureFactory(petition=petition, is_confirmed=True)
        wait_until(lambda: Petition.objects.get(pk=petition.pk).supporter_count == 1)
        assert smtp_server.deliveries == []
        hold.set()
        wait_until(lambda: len(smtp_server.deliveries) == 1)


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_once_the_mail_server_is_back(smtp_server):
    smtp_server.fail_connections()
    signature_mail()
    with running() as worker:
        wait_until(lambda: "outbox" in worker._failures)
        smtp_server.mend_connections()
        wait_until(lambda: len(smtp_server.deliveries) == 1)
    assert not OutgoingMail.objects.filter(sent_at=None).exists()


@contextmanager
def without_outbox():
    """Every look at the outbox fails, as the database says it."""
    table = OutgoingMail._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")


class Rested(Worker):
    """Rests not at all, and remembers for how long it would have; it stops after five times."""

    def __init__(self) -> None:
        super().__init__()
        self.rests: list[float] = []

    def _rest(self, until: float) -> None:
        self.rests.append(until - time.monotonic())
        if len(self.rests) == 5:
            self.stop()


@pytest.mark.django_db(transaction=True)
def test_only_a_mail_server_that_is_away_is_asked_ever_less_often(smtp_server):
    signature_mail()
    smtp_server.fail_connections()
    worker = Rested()
    worker._deliver_for_ever()
    assert "MailServerAway" in worker._failures["outbox"]
    assert max(worker.rests) > 2 * worker_module.TICK
    smtp_server.mend_connections()
    worker = Rested()
    with without_outbox():
        worker._deliver_for_ever()
    assert OutgoingMail._meta.db_table in worker._failures["outbox"]
    assert len(worker.rests) == 5
    assert max(worker.rests) <= worker_module.TICK
    assert smtp_server.deliveries == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_survives_a_lost_database_connection(smtp_server, caplog):
    petition = PetitionFactory(is_open=True)
    with running():
        SignatureFactory(petition=petition, is_confirmed=True)
        wait_until(lambda: Petition.objects.get(pk=petition.pk).supporter_count == 1)
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        CountAdjustment.objects.create(petition=petition, kind="paper", quantity=1)
        SignatureFactory(petition=petition, is_confirmed=True)
        signature_mail()
        wait_until(lambda: Petition.objects.get(pk=petition.pk).supporter_count == 3)
        wait_until(lambda: len(smtp_server.deliveries) == 1)


# As a process


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_mail_in_flight(smtp_server, number):
    signature_mails(30)
    keep = smtp_server.handle_DATA

    async def handle_data(server, session, envelope):
        await asyncio.sleep(0.05)
        return await keep(server, session, envelope)

    smtp_server.handle_DATA = handle_data
    process = start_worker(smtp_server.port, lease=20)
    try:
        wait_until(lambda: len(smtp_server.deliveries) >= 3, process=process)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
    sent = OutgoingMail.objects.exclude(sent_at=None).count()
    assert 3 <= sent < 30
    assert sent == len(smtp_server.deliveries)
    assert OutgoingMail.objects.filter(sent_at=None, leased_until=None).count() == 30 - sent


@pytest.mark.django_db(transaction=True)
def test_once_as_a_process(smtp_server):
    signature_mails(3)
    process = start_worker(smtp_server.port, "--once")
    assert process.wait(PATIENCE) == 0
    assert len(smtp_server.deliveries) == 3
