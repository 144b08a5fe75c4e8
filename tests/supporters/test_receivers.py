"""What follows from an opening and from a published update."""

import pytest

from petitions.models import Petition
from supporters.count import live_count
from supporters.models import Mailing, OutgoingMail, Signature
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="Ana.Ferreira@Example.org")


@pytest.fixture
def mo():
    return UserFactory(username="mo", first_name="Mo", email="mo@example.org")


def test_the_organizer_signs_by_opening(ana, mo):
    petition = PetitionFactory(in_review=True, organizer=ana, language="es")
    petition.publish(by=mo)
    signature = Signature.objects.get(petition=petition)
    assert signature.is_organizer
    assert (signature.status, signature.display) == ("confirmed", "full")
    assert signature.public_name == "Ana Ferreira"
    assert signature.email == "Ana.Ferreira@Example.org"
    assert signature.email_key == "ana.ferreira@example.org"
    assert signature.version == petition.version
    assert signature.language == "es"
    assert signature.confirmed_at is not None
    assert not signature.wants_updates
    assert live_count(petition.pk) == 1
    assert not OutgoingMail.objects.exists()


def test_the_organizer_signs_once_however_often_it_opens(ana, mo):
    petition = PetitionFactory(in_review=True, organizer=ana)
    petition.publish(by=mo)
    petition.close(by=mo)
    petition.reopen(by=mo)
    petition.hide(by=mo)
    petition.restore(by=mo)
    assert Signature.objects.count() == 1


def test_an_organizer_who_withdrew_is_left_alone(ana, mo):
    petition = PetitionFactory(in_review=True, organizer=ana)
    petition.publish(by=mo)
    assert withdraw(Signature.objects.get().pk)
    # As if it had never been opened: the only way to a second announcement.
    Petition.objects.filter(pk=petition.pk).update(status="in_review", opened_at=None)
    petition.publish(by=mo)
    assert list(Signature.objects.values_list("status", flat=True)) == ["withdrawn"]
    assert live_count(petition.pk) == 0


@pytest.mark.parametrize("known", ["pending", "confirmed"])
def test_an_address_that_has_signed_is_left_alone(known, ana, mo):
    petition = PetitionFactory(in_review=True, organizer=ana)
    SignatureFactory(petition=petition, email="ANA.ferreira+work@example.ORG", status=known)
    petition.publish(by=mo)
    signature = Signature.objects.get(petition=petition)
    assert (signature.given_name, signature.status) == ("Sam", known)
    assert not signature.is_organizer
    assert Petition.objects.get(pk=petition.pk).status == "open"


@pytest.mark.parametrize("address", ["", "no address", "ana@", "ána@example.org"])
def test_without_a_usable_address_the_organizer_still_signs(address, mo):
    organizer = UserFactory(email=address)
    petition = PetitionFactory(in_review=True, organizer=organizer)
    petition.publish(by=mo)
    signature = Signature.objects.get(petition=petition)
    assert (signature.email, signature.email_key) == ("", None)
    assert live_count(petition.pk) == 1


def test_two_organizers_of_one_address_sign_two_petitions(ana, mo):
    for _ in range(2):
        PetitionFactory(in_review=True, organizer=ana).publish(by=mo)
    assert Signature.objects.filter(is_organizer=True, status="confirmed").count() == 2


def test_without_an_organizer_nobody_signs(mo):
    petition = PetitionFactory(in_review=True, organizer=None, organizer_name="Weir Lane Parents")
    petition.publish(by=mo)
    assert live_count(petition.pk) == 0


def test_a_nameless_organizer_signs_with_the_name_that_readers_see(mo):
    organizer = UserFactory(first_name="", last_name="")
    petition = PetitionFactory(in_review=True, organizer=organizer, organizer_name="P" * 200)
    petition.publish(by=mo)
    assert Signature.objects.get().public_name == "P" * 100


def test_a_pseudonym_is_not_given_away(ana, mo):
    petition = PetitionFactory(in_review=True, organizer=ana, organizer_name="A worried parent")
    petition.publish(by=mo)
    signature = Signature.objects.get()
    assert signature.public_name == "A worried parent"
    assert signature.family_name == ""
    assert signature.is_organizer


def test_a_published_update_starts_its_mailing_once():
    update = UpdateFactory(published_at=None, email_supporters=True)
    assert not Mailing.objects.exists()
    update.publish()
    update.publish()
    mailing = Mailing.objects.get()
    assert mailing.update == update
    assert (mailing.finished_at, mailing.cancelled_at) == (None, None)


def test_an_update_that_asks_for_no_mail_starts_none():
    UpdateFactory(published_at=None, email_supporters=False).publish()
    assert not Mailing.objects.exists()
