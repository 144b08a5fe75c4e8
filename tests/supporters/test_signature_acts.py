"""What moderators do with one signature: counted right, written down, nothing done twice."""

import datetime as dt

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionDraft, StaffAct
from supporters import audit
from supporters.blocking import address_values, key_of
from supporters.confirming import Answer
from supporters.count import live_count
from supporters.fold import fold
from supporters.models import CountAdjustment, OutgoingMail, Report, Signature, SiteBlock
from supporters.signature_acts import (
    SignedAgain,
    confirm_by_hand,
    erase,
    remove,
    restore,
    unsubscribe,
)
from supporters.subject_access import everything_of
from supporters.suppression import Why, is_suppressed, suppress
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend")


@pytest.fixture
def mo():
    return UserFactory(username="mo")


def acts():
    return [(act.verb, act.subject_id, act.petition_id, act.note) for act in
            StaffAct.objects.order_by("pk")]  # fmt: skip


def signed(petition, **more):
    row = SignatureFactory(petition=petition, is_confirmed=True, **more)
    fold(petition.pk)
    return row


def stored(signature):
    return Signature.objects.get(pk=signature.pk)


def test_confirmed_by_hand(petition, mo):
    row = SignatureFactory(petition=petition)
    assert confirm_by_hand(row, by=mo, reason="On the phone.") == Answer.CONFIRMED
    assert live_count(petition.pk) == 1
    assert acts() == [("confirmed", str(row.pk), petition.pk, "On the phone.")]
    assert confirm_by_hand(row, by=mo, reason="Again.") == Answer.BEFORE
    assert len(acts()) == 1


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ({"status": "hidden"}, Answer.GONE),
        ({"status": "closed", "closed_at": timezone.now() - dt.timedelta(days=2)}, Answer.CLOSED),
    ],
)
def test_the_petitions_state_holds_for_hands_too(mo, state, answer):
    row = SignatureFactory(
        petition=PetitionFactory(**state), created_at=timezone.now() - dt.timedelta(days=3)
    )
    assert confirm_by_hand(row, by=mo, reason="On the phone.") == answer
    assert stored(row).status == "pending"
    assert acts() == []


def test_removed_and_restored_to_its_place(petition, mo):
    first, second = signed(petition), signed(petition)
    assert remove(first, by=mo, reason="Signed for somebody else.")
    assert (stored(first).status, stored(first).position) == ("removed", 1)
    assert stored(first).email == first.email
    assert live_count(petition.pk) == 1
    entry = CountAdjustment.objects.get()
    assert (entry.kind, entry.quantity, entry.recorded_by) == ("removed", -1, mo)
    assert entry.reason == "Signed for somebody else."
    assert not remove(first, by=mo, reason="Again.")
    assert restore(first, by=mo, reason="They wrote to us.")
    assert (stored(first).status, stored(first).position) == ("confirmed", 1)
    assert stored(first).ended_at is None
    assert live_count(petition.pk) == 2
    assert not restore(first, by=mo, reason="Again.")
    assert not restore(second, by=mo, reason="Never removed.")
    assert [verb for verb, *_others in acts()] == ["removed", "restored"]
    assert audit.drifts() == []


def test_what_has_no_position_yet_gets_one_so_that_the_ledger_shows_it(petition, mo):
    row = SignatureFactory(petition=petition, is_confirmed=True)
    assert remove(row, by=mo, reason="Not real.")
    assert stored(row).position == 1
    assert live_count(petition.pk) == 0
    assert CountAdjustment.objects.get().quantity == -1
    assert audit.drifts() == []


def test_what_waits_withdrew_or_was_disowned_is_not_removed_or_restored(petition, mo):
    waiting, gone = SignatureFactory(petition=petition), signed(petition)
    withdraw(gone.pk)
    Signature.objects.filter(pk=gone.pk).update(status="removed")
    for row in (waiting, gone):
        assert not remove(row, by=mo, reason="x")
        assert not restore(row, by=mo, reason="x")
    assert acts() == []


def test_who_signed_again_since_is_counted_once(petition, mo):
    row = signed(petition, email="noor@example.org")
    remove(row, by=mo, reason="x")
    signed(petition, email="noor@example.org")
    with pytest.raises(SignedAgain):
        restore(row, by=mo, reason="x")
    assert live_count(petition.pk) == 1
    assert [verb for verb, *_others in acts()] == ["removed"]
    assert audit.drifts() == []


@pytest.mark.parametrize("everywhere", [False, True])
def test_unsubscribed(petition, mo, everywhere):
    row = signed(petition, wants_updates=True, email="noor@example.org")
    assert unsubscribe(row, by=mo, reason="By letter.", everywhere=everywhere)
    assert not stored(row).wants_updates
    assert is_suppressed("noor@example.org") is everywhere
    assert not unsubscribe(row, by=mo, reason="Again.", everywhere=everywhere)
    assert acts() == [("unsubscribed", str(row.pk), petition.pk, "By letter.")]
    assert live_count(petition.pk) == 1


def test_erased(petition, mo):
    row = signed(petition, reason="Because.", country="IE", postal_code="D01", locality="Dublin")
    OutgoingMail.objects.create(kind="signature", recipient=row.email, signature=row)
    assert erase(row, by=mo, reason="By letter.")
    left = stored(row)
    assert (left.status, left.position) == ("withdrawn", 1)
    names = ("given_name", "family_name", "email", "country", "postal_code", "locality", "reason")
    assert not any(getattr(left, name) for name in names)
    assert left.email_key is None
    assert not OutgoingMail.objects.exists()
    assert live_count(petition.pk) == 0
    assert not erase(row, by=mo, reason="Again.")
    assert acts() == [("erased", str(row.pk), petition.pk, "By letter.")]
    # Like any withdrawal: no reason that stands in the ledger.
    entry = CountAdjustment.objects.get()
    assert (entry.kind, entry.reason, entry.recorded_by) == ("withdrawn", "", None)


def test_what_was_removed_is_erased_too_and_counts_no_second_time(petition, mo):
    row = signed(petition)
    remove(row, by=mo, reason="x")
    assert erase(row, by=mo, reason="By letter.")
    assert (stored(row).status, stored(row).email_key) == ("removed", None)
    assert not restore(row, by=mo, reason="Nobody is left.")
    assert CountAdjustment.objects.count() == 1
    assert audit.drifts() == []


@pytest.mark.django_db(transaction=True)
def test_two_moderators_one_removal():
    petition, mo, ora = PetitionFactory(is_open=True), UserFactory(), UserFactory()
    row = signed(petition)
    done = together(
        *(lambda by=by: remove(row, by=by, reason="Not real.") for by in (mo, ora)),
        lambda: fold(petition.pk),
    )
    assert sorted(done[:2]) == [False, True]
    assert CountAdjustment.objects.count() == StaffAct.objects.count() == 1
    assert Petition.objects.get().supporter_count == 0
    assert audit.drifts() == []


def test_all_that_is_held_of_an_address(petition, mo):
    noor = "noor@example.org"
    row = signed(petition, email=noor, given_name="Noor", reason="Yes.")
    other = SignatureFactory(email="Noor+x@example.org")
    removed = signed(PetitionFactory(is_open=True), email=noor)
    remove(removed, by=mo, reason="x")
    signed(petition, email="sam@example.org", given_name="Somebodyelse")
    denied = SignatureFactory(email=noor)
    disown(denied.pk)
    for about in (row, None):
        OutgoingMail.objects.create(kind="signature", recipient=noor, signature=about)
    suppress(noor, Why.UNSUBSCRIBED)
    Report.objects.create(
        petition=petition, category="other", email=noor, text="Look.", due_at=timezone.now()
    )
    UserFactory(username="noor", email=noor)
    Signature.objects.filter(pk=row.pk).update(network="f00d")
    PetitionDraft.objects.create(
        typed={"title": "Mend it"}, address=noor, email_key=noor, mails_asked=1
    )
    [value] = address_values(noor)
    for kind, each in (("address", value), ("domain", "example.org")):
        SiteBlock.objects.create(kind=kind, value=each, key=key_of(kind, each), reason="A wave.")
    held = everything_of(noor)
    assert "f00d" in {each["network"] for each in held["signatures"]}
    assert [each["reason"] for each in held["cannot_sign_because"]] == ["A wave."]
    assert [each["typed"] for each in held["drafts_of_petitions"]] == [{"title": "Mend it"}]
    assert {each["id"] for each in held["signatures"]} == {row.pk, other.pk, removed.pk}
    assert len(held["mails"]) == 2
    assert [each["why"] for each in held["gets_no_mailings_because"]] == ["unsubscribed"]
    assert len(held["said_this_was_not_me_about"]) == 1
    assert [each["text"] for each in held["reports"]] == ["Look."]
    assert [each["username"] for each in held["accounts"]] == ["noor"]
    assert "Somebodyelse" not in str(held)


def test_nothing_is_held_of_a_stranger():
    held = everything_of("nobody@example.org")
    assert not any(value for value in held.values() if isinstance(value, list))
