"""The numbers of a mailing: what the worker counts, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from supporters import mailings, progress
from supporters.delivery import deliver
from supporters.erasure import forget_mails
from supporters.models import Mailing, OutgoingMail
from supporters.suppression import Why, suppress
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory
from tests.supporters.outbox_rows import mailing, supporter
from tests.supporters.worker_tasks import only
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def fill() -> None:
    while mailings.fill():
        pass


def counted(row: Mailing) -> dict[str, int]:
    progress.refresh(at_once=True)
    row.refresh_from_db()
    names = ("recipients", "sent", "waiting", "failed", "dropped", "left_out")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def test_the_numbers_follow_the_mails(petition, smtp_server):
    signers = [supporter(petition) for _ in range(6)]
    suppress(signers[0].email, Why.COMPLAINT)
    row = mailing(petition=petition)
    assert counted(row) == {}
    fill()
    assert counted(row) == {"recipients": 5, "waiting": 5, "left_out": 1}
    deliver(limit=2)
    assert counted(row) == {"recipients": 5, "sent": 2, "waiting": 3, "left_out": 1}
    mailings.unsubscribe(signers[-1].pk)
    withdraw(signers[-2].pk)
    deliver()
    assert counted(row) == {"recipients": 5, "sent": 3, "dropped": 2, "left_out": 1}
    assert row.settled_at


def test_what_failed_is_counted_again_when_it_is_tried_again(petition, admin_client):
    for _ in range(2):
        supporter(petition)
    row = mailing(petition=petition)
    fill()
    OutgoingMail.objects.update(failed_at=timezone.now())
    assert counted(row) == {"recipients": 2, "failed": 2}
    assert row.settled_at
    data = {"action": "try_again", "_selected_action": [OutgoingMail.objects.first().pk]}
    admin_client.post("/admin/supporters/outgoingmail/", data)
    assert counted(row) == {"recipients": 2, "failed": 1, "waiting": 1}
    assert row.settled_at is None


def test_what_is_settled_is_counted_no_more(petition, count_queries):
    row = mailing(petition=petition)
    fill()
    assert progress.refresh() == 1
    row.refresh_from_db()
    assert row.settled_at
    with count_queries() as queries:
        assert progress.refresh(at_once=True) == 0
    assert len(queries) == 1


def test_what_was_counted_a_moment_ago_waits(petition, monkeypatch):
    # Long enough for a machine that is busy.
    monkeypatch.setattr(progress, "SOON", timedelta(minutes=1))
    monkeypatch.setattr(progress, "LATER", timedelta(hours=1))
    supporter(petition)
    row = mailing(petition=petition)
    fill()
    assert progress.refresh() == 1
    assert progress.refresh() == 0
    row.refresh_from_db()
    assert row.count_again_at - timezone.now() <= progress.SOON
    assert progress.refresh(at_once=True) == 1  # nothing moved
    row.refresh_from_db()
    assert row.count_again_at - timezone.now() > progress.SOON
    Mailing.objects.update(count_again_at=timezone.now() - timedelta(seconds=1))
    assert progress.refresh() == 1


def test_the_newest_are_counted_first_and_not_all_in_one_turn(petition, monkeypatch):
    monkeypatch.setattr(progress, "MOST", 2)
    rows = [mailing(petition=petition) for _ in range(3)]
    assert progress.refresh() == 2
    assert list(Mailing.objects.filter(count_again_at=None)) == rows[:1]
    assert progress.refresh() == 1


def test_a_long_turn_leaves_the_others_to_the_next(petition):
    for _ in range(3):
        mailing(petition=petition)
    assert [progress.refresh(go_on=only(1)) for _ in range(4)] == [1, 1, 1, 0]


def test_one_that_is_still_filled_is_not_settled(petition, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 1)
    for _ in range(2):
        supporter(petition)
    row = mailing(petition=petition)
    mailings.fill()
    deliver()
    assert counted(row) == {"recipients": 1, "sent": 1}
    assert row.settled_at is None


def test_the_numbers_outlive_the_mails(petition):
    for _ in range(3):
        supporter(petition)
    row = mailing(petition=petition)
    fill()
    OutgoingMail.objects.update(sent_at=timezone.now() - timedelta(days=31))
    forget_mails()
    assert counted(row) == {"recipients": 3, "sent": 3}


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_counts(petition):
    mailing(petition=petition)
    assert sum(together(*[progress.refresh] * 5)) == 1


def test_what_is_cancelled_is_removed_in_batches(petition, smtp_server, monkeypatch):
    monkeypatch.setattr(mailings, "REMOVED", 2)
    for _ in range(7):
        supporter(petition)
    row = mailing(petition=petition)
    fill()
    deliver(limit=1)
    assert mailings.cancel(row.pk)
    assert counted(row) == {"recipients": 7, "sent": 1, "waiting": 4, "dropped": 2}
    assert row.settled_at is None
    assert [mailings.remove_cancelled() for _ in range(3)] == [2, 2, 0]
    deliver()
    assert counted(row) == {"recipients": 7, "sent": 1, "dropped": 6}
    assert row.settled_at
    assert len(smtp_server.deliveries) == 1


def test_what_a_worker_holds_is_left_to_it(petition, smtp_server):
    """So that a mail in flight when it is cancelled is counted as sent."""
    supporter(petition)
    row = mailing(petition=petition)
    fill()
    in_flight = timezone.now() + timedelta(minutes=1)
    OutgoingMail.objects.update(leased_until=in_flight)
    assert mailings.cancel(row.pk)
    OutgoingMail.objects.filter(leased_until=in_flight).update(
        sent_at=timezone.now(), leased_until=None
    )
    assert counted(row) == {"recipients": 1, "sent": 1}


def test_what_was_all_sent_is_not_cancelled(petition, smtp_server):
    supporter(petition)
    row = mailing(petition=petition)
    fill()
    deliver()
    assert not mailings.cancel(row.pk)
    row.refresh_from_db()
    assert row.cancelled_at is None


@pytest.mark.django_db(transaction=True)
def test_stopped_while_its_last_mails_are_made_it_is_stopped(petition):
    for _ in range(3):
        supporter(petition)
    for _ in range(5):
        row = mailing(petition=petition)
        _filled, is_stopped = together(mailings.fill, lambda pk=row.pk: mailings.cancel(pk))
        assert is_stopped
        assert not OutgoingMail.objects.filter(mailing=row).exists()
