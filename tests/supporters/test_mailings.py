"""Mailings: who gets an update, once, and how it stops."""

from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from supporters import mailings
from supporters.delivery import deliver
from supporters.models import Mailing, OutgoingMail, Signature
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory
from tests.supporters.outbox_rows import mailing, supporter
from tests.supporters.worker_tasks import only
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def rows() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("recipient", flat=True))


def fill() -> None:
    while mailings.fill():
        pass


def test_publishing_an_update_reaches_its_supporters(petition, smtp_server):
    sam, noor = supporter(petition), supporter(petition)
    update = UpdateFactory(petition=petition, email_supporters=True, published_at=None)
    assert update.publish()
    fill()
    deliver()
    assert {d.recipients[0] for d in smtp_server.deliveries} == {sam.email, noor.email}
    assert Mailing.objects.get().finished_at
    fill()
    deliver()
    assert len(smtp_server.deliveries) == 2


def test_only_who_is_confirmed_and_wants_updates(petition):
    wanted = supporter(petition)
    supporter(petition, wants_updates=False)
    supporter(petition, is_organizer=True)
    supporter(petition, email="")
    supporter(PetitionFactory(is_open=True))
    SignatureFactory(petition=petition, wants_updates=True)
    withdraw(supporter(petition).pk)
    mailing(petition=petition)
    fill()
    assert rows() == [wanted.email]


def test_a_turn_that_is_over_leaves_other_mailings_to_the_next(petition, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 2)
    for _ in range(3):
        supporter(petition)
    for _ in range(2):
        mailing(petition=petition)
    assert mailings.fill(go_on=only(1)) == 2
    assert sorted(Mailing.objects.values_list("queued", flat=True)) == [0, 2]
    fill()
    assert set(Mailing.objects.values_list("queued", flat=True)) == {3}
    for row in Mailing.objects.all():
        assert mailings.cancel(row.pk)
    assert mailings.remove_cancelled(go_on=lambda: False) == 0


def test_it_is_filled_in_batches_and_goes_on_where_it_stopped(petition, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 2)
    emails = [supporter(petition).email for _ in range(5)]
    news = mailing(petition=petition)
    assert mailings.fill() == 2
    assert rows() == emails[:2]
    news.refresh_from_db()
    assert news.finished_at is None
    assert news.filled_to == Signature.objects.get(email=emails[1]).pk
    fill()
    assert rows() == emails
    news.refresh_from_db()
    assert news.finished_at


def test_a_mailing_that_starts_again_mails_nobody_twice(petition):
    emails = [supporter(petition).email for _ in range(3)]
    news = mailing(petition=petition)
    fill()
    Mailing.objects.filter(pk=news.pk).update(filled_to=0, finished_at=None)
    fill()
    assert rows() == emails


def test_a_mailing_to_nobody_is_finished(petition):
    news = mailing(petition=petition)
    assert mailings.fill() == 0
    news.refresh_from_db()
    assert news.finished_at


def test_a_cancelled_mailing_stops(petition, smtp_server, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 3)
    for _ in range(5):
        supporter(petition)
    news = mailing(petition=petition)
    mailings.fill()
    deliver(limit=1)
    assert mailings.cancel(news.pk)
    fill()
    deliver()
    assert len(smtp_server.deliveries) == 1
    [left] = OutgoingMail.objects.all()
    assert left.sent_at
    assert not mailings.cancel(news.pk)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", [0, 1])
def test_a_cancelled_one_that_is_locked_keeps_no_other_waiting_for_ever(petition, place):
    supporter(petition)
    ids = [mailing(petition=petition).pk for _ in range(2)]
    fill()
    Mailing.objects.update(cancelled_at=timezone.now())
    held = OutgoingMail.objects.filter(mailing=ids[place])

    def try_again_and_again():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        for _ in range(25):
            with suppress(OperationalError):
                mailings.remove_cancelled()

    with transaction.atomic():
        locked = held.select_for_update().get()
        together(try_again_and_again)
    assert OutgoingMail.objects.get() == locked


def test_who_unsubscribes_while_it_runs_gets_nothing(petition, smtp_server):
    sam, noor = supporter(petition), supporter(petition)
    mailing(petition=petition)
    fill()
    assert mailings.unsubscribe(noor.pk)
    deliver()
    assert [d.recipients for d in smtp_server.deliveries] == [[sam.email]]


def test_unsubscribing_keeps_the_signature(petition):
    sam = supporter(petition)
    assert mailings.unsubscribe(sam.pk)
    assert mailings.unsubscribe(sam.pk)
    sam.refresh_from_db()
    assert (sam.status, sam.wants_updates) == ("confirmed", False)
    assert not mailings.unsubscribe(sam.pk + 1)


def test_an_update_that_is_taken_back_is_not_sent(petition, smtp_server):
    supporter(petition)
    news = mailing(petition=petition)
    fill()
    news.update.published_at = None
    news.update.save()
    deliver()
    assert smtp_server.deliveries == []


def test_news_of_a_closed_petition_is_sent(smtp_server):
    petition = PetitionFactory(is_open=True)
    supporter(petition)
    petition.close(by=None)
    mailing(petition=petition, published_at=timezone.now())
    fill()
    assert deliver().sent == 1
