"""Nobody waits for ever for a petition's row that a hanging session holds. PostgreSQL's matter:
SQLite has one time-out for all its writes.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from petitions.locks import came_too_late
from petitions.models import Petition
from supporters.closing import close_due
from supporters.count import live_count
from supporters.fold import fold, fold_all
from supporters.models import CountAdjustment, Signature
from supporters.tokens import Purpose, make
from supporters.withdrawing import withdraw
from supporters.worker import Worker
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def short(settings):
    settings.PETITIONS_LOCK_WAIT = 1


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


@contextmanager
def hanging(petition):
    """Another session has locked the petition's row and does nothing more."""
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
                held.set()
                done.wait(timeout=60)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        session = pool.submit(hold)
        try:
            assert held.wait(timeout=30)
            yield
        finally:
            done.set()
        session.result()


def confirmed(petition):
    return SignatureFactory(petition=petition, status="confirmed")


@pytest.mark.parametrize(
    "act",
    [
        lambda petition, signature: fold(petition.pk),
        lambda petition, signature: withdraw(signature.pk),
        lambda petition, signature: petition.close(by=None),
        lambda petition, signature: petition.hide(by=None),
        lambda petition, signature: petition.change_picture(None),
        lambda petition, signature: CountAdjustment.objects.create(
            petition=petition, kind="paper", quantity=3
        ),
    ],
    ids=["fold", "withdraw", "close", "hide", "picture", "adjust"],
)
def test_who_needs_the_row_gives_up_and_has_changed_nothing(petition, act):
    signature = confirmed(petition)
    with hanging(petition):
        with pytest.raises(OperationalError) as refused:
            act(petition, signature)
        assert came_too_late(refused.value)
    signature.refresh_from_db()
    assert (signature.status, signature.position) == ("confirmed", None)
    assert Petition.objects.get(pk=petition.pk).status == "open"
    assert live_count(petition.pk) == 1
    act(petition, signature)


def test_the_fold_of_others_goes_on(petition):
    rows = [confirmed(petition), confirmed(PetitionFactory(is_open=True))]
    rows.append(confirmed(PetitionFactory(is_open=True)))
    with hanging(petition), pytest.raises(OperationalError):
        fold_all()
    found = dict(Signature.objects.values_list("pk", "position"))
    assert [found[row.pk] for row in rows] == [None, 1, 1]
    assert fold_all() == 1


def test_the_closing_of_others_goes_on(petition):
    past = timezone.now() - timedelta(minutes=1)
    others = [PetitionFactory(is_open=True) for _ in range(2)]
    Petition.objects.update(closes_at=past)
    with hanging(petition), pytest.raises(OperationalError):
        close_due()
    states = dict(Petition.objects.values_list("pk", "status"))
    assert states == {petition.pk: "open"} | {other.pk: "closed" for other in others}
    assert close_due() == 1


def test_the_worker_says_so_and_tries_again(petition, caplog):
    confirmed(petition)
    worker = Worker()
    with hanging(petition):
        assert not worker.once()
    assert "Failed: fold" in caplog.text
    assert worker.once()
    assert Signature.objects.get().position == 1


def test_a_reader_who_withdraws_is_asked_to_come_back(petition, client):
    signature = confirmed(petition)
    address = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    with hanging(petition):
        answer = client.post(address, {"action": "withdraw"})
        assert answer.status_code == 503
        assert answer["Retry-After"] == "60"
        assert client.get(f"/petitions/{petition.slug}/count.json").json()["count"] == 1
    signature.refresh_from_db()
    assert signature.status == "confirmed"


def test_a_time_out_of_the_role_goes_before(petition, settings):
    settings.PETITIONS_LOCK_WAIT = 3600
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    try:
        with hanging(petition), pytest.raises(OperationalError) as refused:
            petition.close(by=None)
    finally:
        connection.close()
    assert came_too_late(refused.value)


def test_the_bound_ends_with_the_transaction(petition):
    petition.close(by=None)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
