"""Signing: one row a person, five mails at most, and the same answer for everybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.utils import timezone

from petitions.models import Petition
from supporters.addresses import email_key
from supporters.blocking import block
from supporters.models import BlockedAddress, OutgoingMail, Signature
from supporters.signing import NotSignable, Signer, ask_again, sign
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def noor(email="noor@example.org", **changes):
    values = {"given_name": "Noor", "family_name": "Haddad", "language": "en", **changes}
    return Signer(email=email, email_key=email_key(email), **values)


def recipients():
    return list(OutgoingMail.objects.order_by("id").values_list("recipient", flat=True))


# What is stored


def test_what_was_typed_is_stored_and_a_mail_is_asked_for(petition):
    before = timezone.now()
    sign(
        petition.pk,
        noor(
            email="N.Oor+bridge@GMail.com",
            country="IE",
            postal_code="D02 X285",
            reason="My children walk round it. 'Yes'; %s {} \\",
            display="full",
            wants_updates=True,
            language="es",
            source="poster",
        ),
    )
    row = Signature.objects.get()
    assert before <= row.created_at <= timezone.now()
    assert model_to_dict(row, exclude=["id", "petition", "version", "created_at"]) == {
        "given_name": "Noor",
        "family_name": "Haddad",
        "email": "N.Oor+bridge@GMail.com",
        "country": "IE",
        "postal_code": "D02 X285",
        "locality": "",
        "reason": "My children walk round it. 'Yes'; %s {} \\",
        "display": "full",
        "wants_updates": True,
        "status": "pending",
        "kind": "online",
        "is_organizer": False,
        "language": "es",
        "source": "poster",
        "consent": None,
    }
    assert row.petition == petition
    assert row.version == petition.version
    assert row.email_key == "noor@gmail.com"
    assert (row.mails_asked, row.position, row.confirmed_at, row.ended_at) == (1, None, None, None)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == ("signature", "N.Oor+bridge@GMail.com")
    assert (mail.signature, mail.petition) == (row, petition)
    assert (mail.attempts, mail.sent_at, mail.failed_at) == (0, None, None)
    assert mail.not_before <= timezone.now()


def test_it_is_put_under_the_text_of_its_time(petition):
    sign(petition.pk, noor())
    petition.body = "Since June."
    petition.save()
    sign(petition.pk, noor(email="sam@example.org"))
    numbers = Signature.objects.order_by("id").values_list("version__number", flat=True)
    assert list(numbers) == [1, 2]


def test_a_row_that_was_signed_is_like_one_that_was_saved(petition):
    sign(petition.pk, noor())
    SignatureFactory(petition=petition, given_name="Noor", family_name="Haddad")
    signed, saved = [
        {**model_to_dict(row), "created_at": type(row.created_at), "id": None, "email": None}
        for row in Signature.objects.order_by("id")
    ]
    assert signed == saved


# Signing again


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_a_second_signing_changes_nothing_but_the_mails(petition, status):
    sign(petition.pk, noor(reason="Mine."))
    Signature.objects.update(
        status=status, confirmed_at=timezone.now() if status == "confirmed" else None
    )
    before = Signature.objects.values().get()
    sign(
        petition.pk,
        noor(
            email="Noor@Example.org",
            given_name="Eve",
            family_name="Else",
            reason="Not mine.",
            country="FR",
            postal_code="75001",
            display="full",
            wants_updates=True,
            language="es",
            source="elsewhere",
        ),
    )
    after = Signature.objects.values().get()
    assert after.pop("mails_asked") == before.pop("mails_asked") + 1 == 2
    assert after == before
    assert OutgoingMail.objects.filter(signature_id=before["id"]).count() == 2


def test_five_mails_and_no_more(petition):
    for _ in range(9):
        sign(petition.pk, noor())
    assert Signature.objects.get().mails_asked == 5
    assert OutgoingMail.objects.count() == 5


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_only_the_signatures_own_address_hears(petition, status):
    SignatureFactory(petition=petition, email="noor@example.org", status=status)
    sign(petition.pk, noor(email="noor+eve@example.org"))
    assert recipients() == ["noor@example.org"]


def test_each_petition_has_its_own_signature_and_its_own_five_mails(petition):
    other = PetitionFactory(is_open=True)
    for _ in range(6):
        sign(petition.pk, noor())
        sign(other.pk, noor())
    assert Signature.objects.count() == 2
    assert OutgoingMail.objects.filter(petition=other).count() == 5


def test_after_a_withdrawal_a_second_row_is_made(petition):
    first = SignatureFactory(petition=petition, email="noor@example.org", is_confirmed=True)
    withdraw(first.pk)
    sign(petition.pk, noor())
    rows = Signature.objects.order_by("id").values_list("status", "email_key")
    assert list(rows) == [("withdrawn", None), ("pending", "noor@example.org")]


# Blocked addresses


def test_a_blocked_address_is_not_signed_with_and_nobody_is_told(petition):
    block(petition.pk, "noor@example.org")
    sign(petition.pk, noor())
    sign(petition.pk, noor(email="NOOR+again@example.ORG"))
    assert not Signature.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_block_is_for_one_petition_and_one_address(petition):
    block(petition.pk, "noor@example.org")
    sign(petition.pk, noor(email="sam@example.org"))
    sign(PetitionFactory(is_open=True).pk, noor())
    assert Signature.objects.count() == 2


def test_a_block_outlives_a_changed_key_through_its_fallbacks(petition, settings):
    block(petition.pk, "noor@example.org")
    settings.SECRET_KEY_FALLBACKS = ["much older", settings.SECRET_KEY]
    settings.SECRET_KEY = "another long text"
    sign(petition.pk, noor())
    assert not Signature.objects.exists()
    settings.SECRET_KEY_FALLBACKS = []
    sign(petition.pk, noor())
    assert Signature.objects.count() == 1


def test_a_block_says_nothing_about_its_address(petition):
    block(petition.pk, "noor@example.org")
    block(petition.pk, "noor@example.org")
    row = BlockedAddress.objects.get()
    assert len(row.key_hash) == 64
    assert "noor" not in row.key_hash


def test_who_was_not_asked_hears_no_more(petition):
    sign(petition.pk, noor())
    assert disown(Signature.objects.get().pk)
    sign(petition.pk, noor())
    assert list(Signature.objects.values_list("status", flat=True)) == ["removed"]


# The same for everybody


def test_new_pending_confirmed_blocked_and_used_up_cost_and_answer_the_same(
    petition, count_queries
):
    SignatureFactory(petition=petition, email="pending@example.org")
    SignatureFactory(petition=petition, email="confirmed@example.org", is_confirmed=True)
    SignatureFactory(petition=petition, email="used-up@example.org", mails_asked=5)
    block(petition.pk, "blocked@example.org")
    costs = {}
    for kind in ("new", "pending", "confirmed", "used-up", "blocked"):
        with count_queries() as queries:
            assert sign(petition.pk, noor(email=f"{kind}@example.org")) is None
        costs[kind] = len(queries)
    each = 1 if connection.vendor == "postgresql" else 2
    assert costs == dict.fromkeys(("new", "pending", "confirmed", "used-up", "blocked"), each)
    assert recipients() == ["new@example.org", "pending@example.org", "confirmed@example.org"]


# What cannot be signed


@pytest.mark.parametrize(
    "state",
    [
        {"is_closed": True},
        {"status": "draft"},
        {"in_review": True},
        {"status": "rejected"},
        {"status": "hidden"},
        {"is_open": True, "read_only": True},
    ],
)
def test_what_is_not_open_is_not_signed(state):
    petition = PetitionFactory(**state)
    with pytest.raises(NotSignable):
        sign(petition.pk, noor())
    assert not Signature.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_petition_that_is_not_there_is_not_signed():
    with pytest.raises(NotSignable):
        sign(4711, noor())


@pytest.mark.parametrize("known", ["pending", "confirmed"])
def test_a_known_address_gets_no_mail_after_the_closing(known):
    petition = PetitionFactory(is_closed=True)
    SignatureFactory(petition=petition, email="noor@example.org", status=known)
    with pytest.raises(NotSignable):
        sign(petition.pk, noor())
    assert recipients() == []
    assert Signature.objects.get().mails_asked == 0


def test_a_closing_date_ends_signing_to_the_microsecond(monkeypatch, our_clock):
    closes_at = timezone.now().replace(microsecond=0) + timedelta(days=1)
    petition = PetitionFactory(is_open=True, closes_at=closes_at)
    monkeypatch.setattr(timezone, "now", lambda: closes_at - timedelta(microseconds=1))
    sign(petition.pk, noor())
    for late in (timedelta(0), timedelta(microseconds=1), timedelta(days=400)):
        monkeypatch.setattr(timezone, "now", lambda late=late: closes_at + late)
        with pytest.raises(NotSignable):
            sign(petition.pk, noor(email="sam@example.org"))
    assert Signature.objects.get().email == "noor@example.org"
    assert Petition.objects.get().status == "open"


def test_a_moved_closing_date_counts_at_once(petition):
    Petition.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotSignable):
        sign(petition.pk, noor())
    Petition.objects.update(closes_at=timezone.now() + timedelta(days=1))
    sign(petition.pk, noor())
    assert Signature.objects.count() == 1


# The mail once more


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_the_mail_is_sent_once_more_to_the_address_that_is_stored(petition, status):
    row = SignatureFactory(petition=petition, email="Noor@example.org", status=status)
    ask_again(petition.pk, "noor@example.org", language="es")
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.signature) == ("Noor@example.org", row)
    assert mail.payload == {"language": "es"}
    row.refresh_from_db()
    assert (row.mails_asked, row.status) == (1, status)


def test_signing_and_asking_share_the_five_mails(petition):
    sign(petition.pk, noor())
    for _ in range(3):
        ask_again(petition.pk, "noor@example.org")
        sign(petition.pk, noor())
    assert Signature.objects.get().mails_asked == 5
    assert OutgoingMail.objects.count() == 5


@pytest.mark.parametrize("status", ["withdrawn", "removed"])
def test_who_has_left_gets_no_mail(petition, status):
    SignatureFactory(petition=petition, email="noor@example.org", status=status)
    ask_again(petition.pk, "noor@example.org")
    assert recipients() == []


def test_an_unknown_address_gets_no_mail(petition):
    SignatureFactory(petition=petition, email="noor@example.org")
    ask_again(petition.pk, "sam@example.org")
    ask_again(PetitionFactory(is_open=True).pk, "noor@example.org")
    assert recipients() == []
