"""How far a mailing is, and stopping it."""

import pytest

from petitions.models import Petition, TeamMember
from supporters import mailings, progress, switches
from supporters.delivery import deliver
from supporters.models import Mailing, OutgoingMail
from supporters.switching import turn
from tests.factories import PetitionFactory, UpdateFactory
from tests.supporters.outbox_rows import mailing, supporter

pytestmark = pytest.mark.django_db

SURE = {"confirmed": "yes"}


@pytest.fixture
def petition(ana) -> Petition:
    petition: Petition = PetitionFactory(is_open=True, organizer=ana)
    for _ in range(4):
        supporter(petition)
    return petition


@pytest.fixture
def running(petition, smtp_server) -> Mailing:
    """Filled, and one of four is sent."""
    row = mailing(petition=petition)
    while mailings.fill():
        pass
    deliver(limit=1)
    progress.refresh(at_once=True)
    return row


def page(row: Mailing) -> str:
    petition = row.update.petition_id
    return f"/admin/petitions/petition/{petition}/updates/{row.update_id}/mailing/"


def test_it_shows_how_far_it_is(as_user, ana, bo, running, petition):
    html = as_user(ana).get(page(running)).content.decode()
    assert "On its way" in html
    assert "Sent 1 of 4" in html
    assert "Look again" in html
    assert "Stop the mailing…" in html
    TeamMember.objects.create(petition=petition, user=bo, role="view")
    seen = as_user(bo).get(page(running)).content.decode()
    assert "Sent 1 of 4" in seen
    assert "Stop the mailing" not in seen


def test_looking_reads_no_mails(as_user, ana, running, count_queries):
    client = as_user(ana)
    client.get(page(running))
    with count_queries() as queries:
        client.get(page(running))
    assert "supporters_outgoingmail" not in str(queries)
    assert len(queries) <= 10, queries


def test_it_says_that_paused_mailings_wait(as_user, ana, running):
    turn(by="mo", mailings_paused=True)
    switches.memory.refresh()
    assert "Waits: mailings are paused" in as_user(ana).get(page(running)).content.decode()


def test_it_is_stopped_after_a_question(as_user, ana, running, smtp_server):
    client = as_user(ana)
    asked = client.post(page(running)).content.decode()
    assert "1 of 4 mails have been sent and cannot be called back." in asked
    running.refresh_from_db()
    assert running.cancelled_at is None
    told = client.post(page(running), SURE, follow=True).content.decode()
    assert "The mailing was stopped. 1 mail had been sent already." in told
    assert "Stopped on" in told
    deliver()
    assert len(smtp_server.deliveries) == 1
    again = client.post(page(running), SURE, follow=True).content.decode()
    assert "It was stopped before." in again
    assert "Stop the mailing…" not in again
    progress.refresh(at_once=True)
    running.refresh_from_db()
    assert (running.sent, running.waiting, running.dropped) == (1, 0, 3)


def test_what_was_all_sent_is_not_stopped(as_user, ana, running, smtp_server):
    client = as_user(ana)
    deliver()
    told = client.post(page(running), SURE, follow=True).content.decode()
    assert "All of it had been sent already." in told
    running.refresh_from_db()
    assert running.cancelled_at is None
    progress.refresh(at_once=True)
    html = client.get(page(running)).content.decode()
    assert "Done" in html
    assert "Sent 4 of 4" in html
    assert "There is nothing left to stop." in client.post(page(running)).content.decode()


def test_only_who_may_write_stops_it(as_user, ana, bo, mo, running, petition):
    assert as_user(bo).post(page(running), SURE).status_code == 404
    TeamMember.objects.create(petition=petition, user=bo, role="view")
    assert as_user(bo).post(page(running), SURE).status_code == 403
    assert OutgoingMail.objects.filter(sent_at=None).count() == 3
    Petition.objects.update(status="hidden")
    assert as_user(ana).post(page(running), SURE).status_code == 403
    assert as_user(mo).post(page(running), SURE).status_code == 302
    running.refresh_from_db()
    assert running.cancelled_at


def test_an_update_without_a_mailing_has_no_such_page(as_user, ana, petition):
    update = UpdateFactory(petition=petition)
    address = f"/admin/petitions/petition/{petition.pk}/updates/{update.pk}/mailing/"
    assert as_user(ana).get(address).status_code == 404
    assert as_user(ana).post(address, SURE).status_code == 404


def test_a_mailing_to_nobody_says_so(as_user, ana, smtp_server):
    petition = PetitionFactory(is_open=True, organizer=ana)
    row = mailing(petition=petition)
    while mailings.fill():
        pass
    for address in (page(row), f"/admin/petitions/petition/{petition.pk}/updates/"):
        html = as_user(ana).get(address).content.decode()
        assert "nobody had asked for updates" in html
        assert "Sent 0 of 0" not in html
