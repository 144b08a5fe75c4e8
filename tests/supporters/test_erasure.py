"""What is not kept."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from supporters import erasure
from supporters.confirming import Answer, confirm
from supporters.models import HourlyCount, Mailing, OutgoingMail, Signature
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.outbox_rows import mailing, signature_mail, supporter

pytestmark = pytest.mark.django_db


def ago(days: float):
    return timezone.now() - timedelta(days=days)


def test_what_was_never_confirmed_goes_with_its_mails():
    old = SignatureFactory(created_at=ago(7.1))
    signature_mail(signature=old, created_at=ago(7.1))
    signature_mail(signature=old, created_at=ago(7.05), sent_at=ago(7))
    young = SignatureFactory(created_at=ago(6.9))
    signature_mail(signature=young)
    assert erasure.erase_unconfirmed() == 1
    assert list(Signature.objects.all()) == [young]
    assert [mail.signature for mail in OutgoingMail.objects.all()] == [young]


def test_asking_for_the_mail_again_gives_the_days_again_that_it_promises():
    asked_again = SignatureFactory(created_at=ago(7.1))
    signature_mail(signature=asked_again, created_at=ago(1))
    assert erasure.erase_unconfirmed() == 0
    OutgoingMail.objects.update(created_at=ago(7.05))
    assert erasure.erase_unconfirmed() == 1
    assert not Signature.objects.exists()


@pytest.mark.parametrize("status", ["confirmed", "withdrawn", "removed"])
def test_what_was_confirmed_or_ended_stays(status):
    kept = SignatureFactory(created_at=ago(400), status=status)
    assert erasure.erase_unconfirmed() == 0
    assert list(Signature.objects.all()) == [kept]


def test_the_time_is_a_setting(settings):
    settings.PETITIONS_UNCONFIRMED_DAYS = 30
    SignatureFactory(created_at=ago(29))
    assert erasure.erase_unconfirmed() == 0
    settings.PETITIONS_UNCONFIRMED_DAYS = 28
    assert erasure.erase_unconfirmed() == 1


def test_all_of_it_in_batches(monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", 3)
    petition = PetitionFactory(is_open=True)
    for _ in range(7):
        SignatureFactory(petition=petition, created_at=ago(8))
    assert erasure.erase_unconfirmed() == 7
    assert not Signature.objects.exists()


def test_an_erased_signature_cannot_be_confirmed():
    old = SignatureFactory(created_at=ago(8))
    erasure.erase_unconfirmed()
    assert confirm(old.pk) is Answer.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_confirmed_at_the_last_moment_is_never_erased():
    """Each is either confirmed and there, or was erased and the confirmation said so."""
    petition = PetitionFactory(is_open=True)
    ids = [SignatureFactory(petition=petition, created_at=ago(8)).pk for _ in range(40)]
    start = threading.Barrier(2)
    answers: dict[int, Answer] = {}

    def erase() -> None:
        start.wait()
        try:
            erasure.erase_unconfirmed()
        finally:
            connections.close_all()

    eraser = threading.Thread(target=erase)
    eraser.start()
    start.wait()
    for pk in ids:
        answers[pk] = confirm(pk)
    eraser.join()
    left = set(Signature.objects.values_list("pk", flat=True))
    assert left == {pk for pk, answer in answers.items() if answer is Answer.CONFIRMED}
    assert set(answers.values()) <= {Answer.CONFIRMED, Answer.UNKNOWN}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_that_is_being_confirmed_is_left_alone():
    old = SignatureFactory(created_at=ago(8))

    def erase() -> None:
        try:
            erased.append(erasure.erase_unconfirmed())
        finally:
            connections.close_all()

    erased: list[int] = []
    with transaction.atomic():
        assert confirm(old.pk) is Answer.CONFIRMED  # not committed yet
        eraser = threading.Thread(target=erase)
        eraser.start()
        eraser.join(timeout=20)
        assert erased == [0]
    assert Signature.objects.get().status == "confirmed"
    assert connection.vendor == "postgresql"


def test_mails_are_forgotten_when_their_time_has_come():
    kept = [
        signature_mail(sent_at=ago(29)),
        signature_mail(failed_at=ago(89)),
        signature_mail(created_at=ago(100), not_before=ago(100)),
    ]
    signature_mail(sent_at=ago(31))
    signature_mail(failed_at=ago(91))
    assert erasure.forget_mails() == 2
    assert set(OutgoingMail.objects.all()) == set(kept)


def test_a_mailing_that_is_being_filled_remembers_whom_it_mailed():
    news = mailing()
    signer = supporter(news.update.petition)
    OutgoingMail.objects.create(
        kind="update", recipient=signer.email, signature=signer, mailing=news, sent_at=ago(31)
    )
    assert erasure.forget_mails() == 0
    Mailing.objects.update(finished_at=timezone.now())
    assert erasure.forget_mails() == 1


def test_hourly_counts_are_kept():
    HourlyCount.objects.create(petition=PetitionFactory(), hour=ago(900), quantity=3)
    erasure.erase_unconfirmed()
    erasure.forget_mails()
    assert HourlyCount.objects.count() == 1
