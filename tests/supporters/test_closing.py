"""Closing: the organizer is told before the date, and readers how it ended."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters import closing, mails
from supporters.models import OutgoingMail
from supporters.worker import Worker
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.test_petition_page import words
from tests.threads import together

pytestmark = pytest.mark.django_db


def closing_in(days: float, **changes) -> Petition:
    at = timezone.now() + timedelta(days=days)
    return PetitionFactory(is_open=True, title="Mend the bridge", closes_at=at, **changes)


def asked() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="report").order_by("pk"))


def test_a_week_before_once():
    petition = closing_in(6.9)
    assert (closing.announce(), closing.announce()) == (1, 0)
    assert asked()[0].recipient == petition.organizer.email
    mail = mails.compose(asked()[0])
    assert mail.subject.startswith("Your petition closes on ")
    assert mail.subject.endswith(": “Mend the bridge”")
    assert f"/admin/petitions/petition/{petition.pk}/updates/" in mail.body


def test_again_for_another_date():
    petition = closing_in(3)
    closing.announce()
    Petition.objects.update(closes_at=petition.closes_at + timedelta(days=2))
    assert closing.announce() == 1
    first, second = asked()
    assert mails.compose(first) is None  # that date is no more
    assert mails.compose(second)


@pytest.mark.parametrize("changes", [{"days": 7.1}, {"days": -0.1}, {"days": 3, "organizer": None}])
def test_not_yet_or_too_late_or_nobody_to_tell(changes):
    closing_in(**changes)
    assert closing.announce() == 0
    assert not asked()


def test_what_is_closed_meanwhile_is_not_announced():
    petition = closing_in(3)
    closing.announce()
    petition.close(by=None)
    assert mails.compose(asked()[0]) is None


def test_the_worker_does_it(smtp_server):
    closing_in(3)
    assert Worker().once()
    assert "Your petition closes on" in str(smtp_server.messages[0]["Subject"])


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_for_one_mail():
    closing_in(3)
    together(closing.announce, closing.announce)
    assert len(asked()) == 1


# How it ended


def ended(**changes) -> Petition:
    petition = PetitionFactory(is_open=True, slug="mend")
    values = {"outcome": "partial", "note": "One lane.", "source": "https://board.example/7"}
    petition.close(by=UserFactory(), happened_on=date(2026, 3, 2), **{**values, **changes})
    return petition


def test_the_page_tells_outcome_statement_source_and_date(client):
    ended()
    page = client.get("/petitions/mend/")
    assert "Partly agreed, 2 March 2026" in words(page).replace(" ,", ",")
    assert "One lane." in words(page)
    assert 'href="https://board.example/7"' in page.content.decode()


def test_what_was_not_said_is_left_out(client):
    ended(note="", source="")
    page = client.get("/petitions/mend/").content.decode()
    assert "2 March 2026" in page
    assert "Source:" not in page
    assert 'href="#ended"' not in page


def test_without_an_outcome_there_is_no_date(client):
    ended(outcome="none", note="", source="")
    assert Petition.objects.get().outcome_on is None
    assert 'id="ended"' not in client.get("/petitions/mend/").content.decode()


def test_an_edited_copy_does_not_bring_the_day_back():
    stale = ended()
    Petition.objects.get().reopen(by=None)
    stale.title = "Mend the bridge now"
    stale.save()
    assert Petition.objects.get().outcome_on is None
