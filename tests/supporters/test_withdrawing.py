"""Withdrawing: it stops counting at once, the person is forgotten, the ledger says so."""

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.confirming import confirm
from supporters.count import live_count
from supporters.fold import fold
from supporters.models import BlockedAddress, CountAdjustment, HourlyCount, Signature
from supporters.signing import Signer, sign
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def whole_signature(petition, status="confirmed"):
    """A signature with all that can be known of a person."""
    return SignatureFactory(
        petition=petition,
        given_name="Noor",
        family_name="Haddad",
        email="noor@example.org",
        country="IE",
        postal_code="D02 X285",
        locality="Dublin",
        reason="My children walk round it.",
        display="full",
        wants_updates=True,
        status=status,
    )


def ledger():
    return list(CountAdjustment.objects.order_by("id").values_list("kind", "quantity"))


def supporter_count():
    return Petition.objects.values_list("supporter_count", flat=True).get()


@pytest.mark.parametrize(
    ("end", "status"), [(withdraw, "withdrawn"), (disown, "removed")], ids=["withdraw", "disown"]
)
class TestEnding:
    def test_a_folded_signature_leaves_an_entry(self, petition, end, status):
        other = SignatureFactory(petition=petition, is_confirmed=True)
        mine = whole_signature(petition)
        fold(petition.pk)
        assert end(mine.pk) is True
        assert live_count(petition.pk) == supporter_count() == 1
        assert ledger() == [(status, -1)]
        row = Signature.objects.get(pk=mine.pk)
        assert (row.status, row.position) == (status, 2)
        assert Signature.objects.get(pk=other.pk).position == 1

    def test_one_that_is_not_folded_leaves_none(self, petition, end, status):
        SignatureFactory(petition=petition, is_confirmed=True)
        mine = whole_signature(petition)
        assert live_count(petition.pk) == 2
        assert end(mine.pk) is True
        assert live_count(petition.pk) == 1
        assert supporter_count() == 0
        assert ledger() == []
        assert fold(petition.pk) == 1
        assert live_count(petition.pk) == supporter_count() == 1
        assert Signature.objects.get(pk=mine.pk).position is None

    def test_a_pending_one_never_counted(self, petition, end, status):
        mine = whole_signature(petition, status="pending")
        assert end(mine.pk) is True
        assert live_count(petition.pk) == supporter_count() == 0
        assert ledger() == []
        assert Signature.objects.get().status == status

    @pytest.mark.parametrize("folded", [False, True])
    def test_the_person_is_forgotten_and_the_row_stays(self, petition, end, status, folded):
        mine = whole_signature(petition)
        if folded:
            fold(petition.pk)
        before = Signature.objects.get(pk=mine.pk)
        start = timezone.now()
        end(mine.pk)
        row = Signature.objects.get(pk=mine.pk)
        assert (row.given_name, row.family_name, row.email, row.email_key) == ("", "", "", None)
        assert (str(row.country), row.postal_code, row.locality, row.reason) == ("", "", "", "")
        assert row.wants_updates is False
        assert row.public_name == ""
        assert start <= row.ended_at <= timezone.now()
        for name in ("position", "created_at", "confirmed_at", "version_id", "petition_id"):
            assert getattr(row, name) == getattr(before, name), name

    @pytest.mark.parametrize("folded", [False, True])
    def test_a_repetition_changes_nothing(self, petition, end, status, folded):
        mine = whole_signature(petition)
        if folded:
            fold(petition.pk)
        end(mine.pk)
        before, entries = Signature.objects.values().get(), ledger()
        assert withdraw(mine.pk) is False
        assert disown(mine.pk) is False
        assert Signature.objects.values().get() == before
        assert ledger() == entries
        assert live_count(petition.pk) == 0

    def test_nobodys_signature_cannot_end(self, end, status):
        assert end(4711) is False

    @pytest.mark.parametrize("move", ["close", "hide"])
    def test_it_is_possible_whatever_became_of_the_petition(self, petition, end, status, move):
        mine = whole_signature(petition)
        fold(petition.pk)
        getattr(petition, move)(by=None)
        assert end(mine.pk) is True
        assert live_count(petition.pk) == 0

    def test_the_hours_sums_stay_what_they_were(self, petition, end, status):
        mine = whole_signature(petition)
        fold(petition.pk)
        end(mine.pk)
        assert HourlyCount.objects.get().quantity == 1


def signer():
    return Signer(
        given_name="Noor",
        family_name="Haddad",
        email="noor@example.org",
        email_key="noor@example.org",
    )


@pytest.mark.parametrize("folded", [False, True])
def test_who_withdrew_can_sign_again_and_counts_again(petition, folded):
    first = whole_signature(petition)
    if folded:
        fold(petition.pk)
    withdraw(first.pk)
    assert live_count(petition.pk) == 0
    sign(petition.pk, signer())
    second = Signature.objects.get(status="pending")
    assert second.pk != first.pk
    confirm(second.pk)
    assert live_count(petition.pk) == 1
    fold(petition.pk)
    assert live_count(petition.pk) == supporter_count() == 1
    given = Signature.objects.order_by("id").values_list("status", "position")
    assert list(given) == [("withdrawn", 1 if folded else None), ("confirmed", 2 if folded else 1)]


def test_a_withdrawal_blocks_nothing_a_disowning_does(petition):
    withdraw(whole_signature(petition).pk)
    assert not BlockedAddress.objects.exists()
    disown(whole_signature(petition).pk)
    assert BlockedAddress.objects.get().petition == petition
    sign(petition.pk, signer())
    assert not Signature.objects.filter(status__in=["pending", "confirmed"]).exists()


def test_an_organizer_without_an_address_can_disown(petition):
    mine = SignatureFactory(petition=petition, email="", is_organizer=True, is_confirmed=True)
    assert disown(mine.pk) is True
    assert not BlockedAddress.objects.exists()
