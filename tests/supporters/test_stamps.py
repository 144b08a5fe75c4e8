"""Stamps: at once for everybody, and again after the database has forgotten them."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from supporters import mailings, outbox
from supporters.models import OutgoingMail, Signature
from supporters.stamps import Stamps
from tests.factories import PetitionFactory
from tests.supporters.outbox_rows import mailing, signature_mails, supporter

pytestmark = pytest.mark.django_db


def stamped() -> list[str]:
    sent = OutgoingMail.objects.exclude(sent_at=None).order_by("pk")
    return list(sent.values_list("recipient", flat=True))


def test_the_next_reading_stamps_the_mail_before():
    signature_mails(3)
    first, second, third = outbox.claim()
    stamps = Stamps()
    stamps.make_up()
    assert stamps.next(first).signature.status == "pending"
    stamps.add(first)
    Signature.objects.filter(pk=second.signature_id).update(given_name="Noor")
    current = stamps.next(second)
    assert stamped() == ["sam0@example.org"]
    assert current.signature.given_name == "Noor"
    assert current.signature.petition.title
    stamps.add(second)
    OutgoingMail.objects.filter(pk=third.pk).delete()
    assert stamps.next(third) is None
    assert stamped() == ["sam0@example.org", "sam1@example.org"]
    assert OutgoingMail.objects.exclude(leased_until=None).count() == 0


def test_what_the_database_forgot_is_stamped_again():
    """As after an immediate shutdown of PostgreSQL: the row is as it was when it was claimed."""
    signature_mails(3)
    first, second, _third = batch = outbox.claim()
    stamps = Stamps()
    stamps.make_up()
    stamps.next(first)
    stamps.add(first)
    stamps.next(second)
    stamps.add(second)  # sent, and not stamped before the database went
    for mail in batch:
        OutgoingMail.objects.filter(pk=mail.pk).update(
            sent_at=None, leased_until=batch[0].leased_until
        )
    stamps.make_up()
    assert "sam1@example.org" in stamped()
    stamps.make_up()
    assert "sam2@example.org" not in stamped()


@pytest.mark.postgresql
@pytest.mark.parametrize("settled", ["at the end of the batch", "at the next one"])
def test_a_stamp_that_did_not_wait_is_waited_for_though_nothing_follows(settled):
    """The last of a batch was withdrawn: nothing else is written after the stamp before it."""
    signature_mails(2)
    first, second = outbox.claim()
    stamps = Stamps()
    stamps.make_up()
    stamps.add(first)
    OutgoingMail.objects.filter(pk=second.pk).delete()
    assert stamps.next(second) is None
    with CaptureQueriesContext(connection) as captured:
        stamps.settle() if "end" in settled else stamps.make_up()
    writes = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert any(f"({first.pk})" in sql and "NOT" in sql for sql in writes)
    with CaptureQueriesContext(connection) as captured:
        stamps.settle()
    assert len(captured) == 0
    assert stamped() == ["sam0@example.org"]


@pytest.mark.postgresql
def test_an_update_is_stamped_without_waiting_for_the_disk():
    """In one short trip, before the next is read; PostgreSQL forgets the last one's at the end."""
    petition = PetitionFactory(is_open=True)
    supporter(petition), supporter(petition)
    mailing(petition=petition)
    mailings.fill()
    first, second = outbox.claim()
    stamps = Stamps()
    stamps.make_up()
    stamps.add(first)
    with CaptureQueriesContext(connection) as captured:
        assert stamps.next(second).recipient == second.recipient
    stamp, read = captured
    assert "supporters_mail_turn_2" in stamp["sql"]
    assert read["sql"].startswith("SELECT")
    assert stamped() == [first.recipient]
    stamps.add(second)
    stamps.make_up()
    assert stamped() == [first.recipient, second.recipient]


def test_a_stamp_of_a_lost_lease_is_said(caplog):
    signature_mails(2)
    first, second = outbox.claim()
    stamps = Stamps()
    stamps.make_up()
    stamps.add(first)
    OutgoingMail.objects.filter(pk=first.pk).update(leased_until=None)
    assert stamps.next(second) is not None
    assert "after its lease had ended" in caplog.text
    assert stamped() == []


def test_what_was_not_tried_is_given_back_once_the_database_is_there():
    signature_mails(3)
    first, second, third = outbox.claim()
    stamps = Stamps()
    stamps.make_up()
    stamps.add(first)
    stamps.untried([second, third])  # and there the database went
    stamps.make_up()
    assert stamped() == [first.recipient]
    assert [mail.pk for mail in outbox.claim()] == [second.pk, third.pk]
    stamps.make_up()  # they are another's now
    assert OutgoingMail.objects.exclude(leased_until=None).count() == 2


def test_what_has_a_lease_is_not_taken_over_by_who_has_just_come_back(settings):
    """Longer away than a lease: who sent them stamps them, if it is let."""
    settings.PETITIONS_OUTBOX_LEASE = 1
    signature_mails(4)
    first, second, third = outbox.claim(3)
    stamps = Stamps()
    stamps.make_up()
    stamps.add(first)
    time.sleep(1.1)
    settings.PETITIONS_OUTBOX_LEASE = 120
    [fourth] = outbox.claim(take_over=False)
    assert fourth.recipient == "sam3@example.org"
    stamps.make_up()
    assert stamped() == [first.recipient]
    assert [mail.pk for mail in outbox.claim()] == [second.pk, third.pk]
