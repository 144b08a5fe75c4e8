"""A test of an update, to whoever writes it."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import translation

from petitions.models import Update
from supporters import mailings, rehearsal
from supporters.delivery import deliver
from supporters.models import Mailing, OutgoingMail
from tests.factories import PetitionFactory, UpdateFactory, UserFactory
from tests.supporters.outbox_rows import supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    ana = UserFactory(username="ana")
    ana.trust_email()
    return ana


@pytest.fixture
def draft() -> Update:
    petition = PetitionFactory(is_open=True, title="Mend the bridge")
    return UpdateFactory(petition=petition, published_at=None, body="In **March**.")


def test_it_says_that_it_is_a_test_and_has_nobodys_links(ana, draft, smtp_server):
    supporter(draft.petition)
    assert rehearsal.rehearse(draft, ana) == "ana@example.org"
    assert deliver().sent == 1
    [delivery] = smtp_server.deliveries
    assert delivery.recipients == ["ana@example.org"]
    message = delivery.message
    assert message["Subject"] == "[Test] The board answered: news of “Mend the bridge”"
    assert message["List-Unsubscribe"] is None
    for kind in ("plain", "html"):
        text = message.get_body(preferencelist=(kind,)).get_content()
        assert "This is a test, and nobody else got it." in text
        assert f"/petitions/{draft.petition.slug}/" in text
        assert "/signature/" not in text
        assert "/unsubscribe/" not in text
    assert "<strong>March</strong>" in text


def test_it_is_no_mailing(ana, draft, settings):
    settings.PETITIONS_MAILINGS_PER_WEEK = 1
    for _ in range(3):
        rehearsal.rehearse(draft, ana)
    assert not Mailing.objects.exists()
    assert mailings.begun_this_week(draft.petition_id) == 0
    draft.refresh_from_db()
    assert draft.published_at is None


def test_only_to_an_address_that_is_proved(draft):
    bo = UserFactory(username="bo")
    assert rehearsal.rehearse(draft, bo) == ""
    EmailAddress.objects.create(user=bo, email="bo@example.org", verified=False, primary=True)
    assert rehearsal.rehearse(draft, bo) == ""
    EmailAddress.objects.create(user=bo, email="bo2@example.org", verified=True)
    assert rehearsal.rehearse(draft, bo) == "bo2@example.org"
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("gone", ["update", "address"])
def test_what_is_gone_when_it_is_sent_sends_nothing(ana, draft, smtp_server, gone):
    rehearsal.rehearse(draft, ana)
    if gone == "update":
        draft.delete()
    else:
        EmailAddress.objects.update(verified=False)
    deliver()
    assert smtp_server.deliveries == []
    assert not OutgoingMail.objects.exists()


def test_it_speaks_the_writers_language(ana, draft, smtp_server):
    with translation.override("es"):
        rehearsal.rehearse(draft, ana)
    deliver()
    assert smtp_server.deliveries[0].message["Subject"].startswith("[Prueba]")
