"""While mailings are paused: updates wait, single mails go on, and the admin says so."""

from datetime import timedelta

import pytest

from supporters import mailings, outbox, switches
from supporters.delivery import deliver
from supporters.models import Mailing, OutgoingMail
from supporters.switching import turn
from tests.factories import PetitionFactory
from tests.supporters.outbox_rows import mailing, signature_mail, supporter

pytestmark = pytest.mark.django_db
LIST = "/admin/supporters/mailing/"


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def switch(**values):
    turn(by="mo", **values)
    switches.memory.refresh()


def sent(smtp_server) -> list[str]:
    return [each.recipients[0] for each in smtp_server.deliveries]


def test_an_update_waits_and_a_confirmation_goes(petition, smtp_server):
    follower = supporter(petition)
    mailing(petition=petition)
    switch(mailings_paused=True)
    assert mailings.fill() == 0
    asked = signature_mail()
    deliver()
    assert sent(smtp_server) == [asked.recipient]
    switch(mailings_paused=False)
    assert mailings.fill() == 1
    deliver()
    assert sent(smtp_server) == [asked.recipient, follower.email]


def test_what_is_in_the_outbox_waits_too_and_alarms_nobody(petition, smtp_server):
    supporter(petition)
    mailing(petition=petition)
    mailings.fill()
    switch(mailings_paused=True)
    assert outbox.claim() == []
    assert outbox.oldest_age() is None
    assert outbox.backlog()["update"] == (1, timedelta(0))
    switch(mailings_paused=False)
    assert outbox.oldest_age() is not None
    assert outbox.backlog()["update"][1] > timedelta(0)
    assert len(outbox.claim()) == 1


def test_a_batch_that_is_on_its_way_stops(petition, smtp_server):
    for _ in range(3):
        supporter(petition)
    mailing(petition=petition)
    mailings.fill()
    single = signature_mail()
    mails_before = iter([0, 1])

    def go_on():
        if next(mails_before) == 1:
            switch(mailings_paused=True)
        return True

    assert deliver(go_on=go_on).claimed == 4
    assert sent(smtp_server) == [single.recipient]
    waiting = OutgoingMail.objects.filter(mailing__isnull=False)
    assert set(waiting.values_list("leased_until", "attempts")) == {(None, 0)}


def test_the_admin_says_how_a_mailing_stands(petition, admin_client, smtp_server):
    supporter(petition)
    row = mailing(petition=petition)
    pages = (LIST, f"{LIST}{row.pk}/change/")

    def said(words):
        return [words in admin_client.get(page).content.decode() for page in pages]

    assert all(said("On its way"))
    switch(mailings_paused=True)
    assert all(said("Waits: mailings are paused for the whole site"))
    switch(mailings_paused=False)
    mailings.fill()
    assert all(said("On its way"))
    deliver()
    assert all(said("Sent"))
    Mailing.objects.update(cancelled_at=row.started_at)
    assert all(said("Cancelled"))


def test_the_page_of_a_petition_says_that_mails_would_wait(petition, admin_client):
    draft = PetitionFactory()
    words = "Mailings are paused for the whole site"

    def page(petition):
        address = f"/admin/petitions/petition/{petition.pk}/change/"
        return admin_client.get(address).content.decode()

    assert words not in page(petition)
    switch(mailings_paused=True)
    assert words in page(petition)
    assert words not in page(draft)
