"""Addresses that get no mailings: whose they are, what holds them back, what feeds them."""

import smtplib
from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.utils import timezone

from supporters import erasure, mailings, outbox
from supporters.delivery import deliver
from supporters.models import Mailing, OutgoingMail, SuppressedAddress
from supporters.suppression import TRIED_AGAIN, Why, lift, suppress, suppressed, undeliverable
from supporters.verdicts import is_hard_bounce
from tests.factories import PetitionFactory
from tests.supporters.outbox_rows import mailing, signature_mail, supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def fill() -> None:
    while mailings.fill():
        pass


def test_all_spellings_of_a_mailbox_are_one_address():
    assert suppress("A.Lice+news@GoogleMail.com", Why.COMPLAINT)
    assert suppressed(["alice@gmail.com", "bob@gmail.com"]) == {"alice@gmail.com"}
    assert not suppress("alice@gmail.com", Why.COMPLAINT)
    assert SuppressedAddress.objects.count() == 1
    assert lift("ALICE@gmail.com") == 1
    assert suppressed(["alice@gmail.com"]) == set()


@pytest.mark.parametrize("typed", ["", "nobody", "@", "a@b@c", "x@exam\x00ple.org", "a" * 70_000])
def test_what_is_no_address_is_nobodys(typed):
    assert not suppress(typed, Why.BOUNCE)
    assert suppressed([typed]) == set()
    assert lift(typed) == 0
    assert not SuppressedAddress.objects.exists()


def test_it_holds_after_the_key_was_changed(settings):
    suppress("sam@example.org", Why.UNSUBSCRIBED)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert suppressed(["sam@example.org"]) == {"sam@example.org"}
    assert lift("sam@example.org") == 1


@pytest.mark.parametrize("why", list(Why))
def test_a_mailing_leaves_them_out(petition, smtp_server, why):
    sam, noor = supporter(petition), supporter(petition)
    suppress(sam.email, why)
    news = mailing(petition=petition)
    fill()
    assert OutgoingMail.objects.get().recipient == noor.email
    deliver()
    assert [each.recipients for each in smtp_server.deliveries] == [[noor.email]]
    news.refresh_from_db()
    assert (news.finished_at is not None, news.filled_to) == (True, noor.pk)


def test_a_batch_of_none_but_suppressed_ones_is_no_end(petition, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 2)
    people = [supporter(petition) for _ in range(5)]
    for person in people[:4]:
        suppress(person.email, Why.BOUNCE)
    mailing(petition=petition)
    fill()
    assert OutgoingMail.objects.get().recipient == people[4].email


def test_who_is_suppressed_after_the_claim_gets_nothing(petition, smtp_server):
    sam, noor = supporter(petition), supporter(petition)
    mailing(petition=petition)
    fill()
    [first, second] = outbox.claim()
    suppress(noor.email, Why.COMPLAINT)
    assert not outbox.current(first).is_suppressed
    assert outbox.current(second).is_suppressed
    outbox.release([first, second])
    deliver()
    assert [each.recipients for each in smtp_server.deliveries] == [[sam.email]]
    assert OutgoingMail.objects.get().recipient == sam.email


def test_an_update_is_read_in_one_statement(petition, count_queries):
    supporter(petition)
    mailing(petition=petition)
    fill()
    [mail] = outbox.claim()
    with count_queries() as queries:
        found = outbox.current(mail)
        assert found.mailing.update.petition.slug == petition.slug
        assert found.signature.email == mail.recipient
    assert len(queries) == 1, queries


def test_the_mail_that_signing_asks_for(smtp_server):
    """Goes to who wants no mailings; not where nobody reads, or where it was called spam."""
    for name, why in (("a", Why.UNSUBSCRIBED), ("b", Why.BOUNCE), ("c", Why.COMPLAINT)):
        signature_mail(f"{name}@example.org")
        suppress(f"{name}@example.org", why)
    assert deliver().sent == 1
    assert [each.recipients for each in smtp_server.deliveries] == [["a@example.org"]]
    failed = OutgoingMail.objects.exclude(failed_at=None)
    assert set(failed.values_list("recipient", flat=True)) == {"b@example.org", "c@example.org"}
    assert all("bounced, or was reported" in mail.failure for mail in failed)


def test_after_a_while_a_bounce_is_tried_again():
    for why in (Why.BOUNCE, Why.COMPLAINT):
        suppress(f"{why}@example.org", why)
    before = timezone.now() - TRIED_AGAIN - timedelta(minutes=1)
    SuppressedAddress.objects.update(created_at=before)
    both = ["bounce@example.org", "complaint@example.org"]
    assert undeliverable(both) == {"complaint@example.org"}
    assert suppressed(both) == set(both)
    suppress("bounce@example.org", Why.BOUNCE)
    assert undeliverable(both) == set(both)


@pytest.mark.parametrize(
    ("answer", "is_known"),
    [
        ("550 5.1.1 no such user", True),
        ("550-5.1.1 no such user", True),
        ("553 5.1.3 bad address", True),
        ("556 5.1.10 no mail here", True),
        ("550 5.2.1 disabled", True),
        ("550 no such user", False),
        ("554 5.7.1 relay access denied", False),
        ("550 5.1.11 unheard of", False),
        ("552 5.2.2 mailbox full", False),
        ("550 see 5.1.1", False),
        ("450 4.1.1 later", False),
    ],
)
def test_a_server_that_knows_no_such_mailbox(answer, is_known):
    code, text = int(answer[:3]), answer[4:].encode()
    error = smtplib.SMTPRecipientsRefused({"sam@example.org": (code, text)})
    assert is_hard_bounce(error) is is_known
    assert not is_hard_bounce(smtplib.SMTPDataError(code, text))


def tell(event_type: str, reason: str | None = None, recipient: str = "sam@example.org") -> None:
    event = AnymailTrackingEvent(
        event_type=event_type, reject_reason=reason, recipient=recipient, message_id="x"
    )
    tracking.send(sender=object, event=event, esp_name="test")


@pytest.mark.parametrize(
    ("event_type", "reason", "why"),
    [
        ("bounced", "bounced", "bounce"),
        ("bounced", "invalid", "bounce"),
        ("rejected", "bounced", "bounce"),
        ("rejected", "spam", "complaint"),
        ("rejected", "unsubscribed", "unsubscribed"),
        ("complained", None, "complaint"),
        ("unsubscribed", None, "unsubscribed"),
        ("bounced", "timed_out", None),
        ("bounced", "blocked", None),
        ("bounced", None, None),
        ("deferred", "bounced", None),
        ("delivered", None, None),
        ("opened", None, None),
    ],
)
def test_what_a_provider_tells(event_type, reason, why):
    tell(event_type, reason)
    tell(event_type, reason)
    assert list(SuppressedAddress.objects.values_list("why", flat=True)) == [why] * bool(why)


@pytest.mark.parametrize("recipient", ["", None, "no address", "<b>@"])
def test_a_provider_that_names_nobody(recipient):
    tell("complained", recipient=recipient)
    assert not SuppressedAddress.objects.exists()


def test_a_bounce_in_the_middle_stops_the_rest_of_the_mail_at_once(petition, smtp_server):
    sam = supporter(petition)
    mailing(petition=petition)
    fill()
    tell("bounced", "bounced", sam.email)
    assert deliver().sent == 0
    assert smtp_server.deliveries == []


def test_unsubscribing_counts_once_with_the_last_mailing(petition, smtp_server):
    sam = supporter(petition)
    first, second = mailing(petition=petition), mailing(petition=petition)
    fill()
    deliver()
    waiting = mailing(petition=petition)
    fill()
    for _ in range(2):
        assert mailings.unsubscribe(sam.pk)
    assert mailings.unsubscribe_from_all(sam.pk)
    numbers = Mailing.objects.in_bulk()
    assert [numbers[each.pk].unsubscribed for each in (first, second, waiting)] == [0, 1, 0]


def test_the_numbers_of_a_mailing_outlive_its_mails(petition):
    for _ in range(3):
        supporter(petition)
    news = mailing(petition=petition)
    fill()
    long_ago = timezone.now() - timedelta(days=100)
    first, *others = OutgoingMail.objects.order_by("pk")
    OutgoingMail.objects.filter(pk=first.pk).update(failed_at=long_ago)
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in others]).update(sent_at=long_ago)
    signature_mail(sent_at=long_ago)
    assert erasure.forget_mails() == 4
    news.refresh_from_db()
    assert (news.forgotten_sent, news.forgotten_failed) == (2, 1)
