"""Confirming: guarded, idempotent, with 24 hours of grace after a closing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.confirming import Answer, can_be_confirmed, confirm
from supporters.count import live_count
from supporters.fold import fold
from supporters.models import Signature
from supporters.signing import ask_again
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)  # the databases keep no less


def stored(signature):
    return Signature.objects.select_related("petition").get(pk=signature.pk)


def asked(signature):
    """What the page that asks to confirm says: it must agree with confirm()."""
    return can_be_confirmed(stored(signature))


def test_it_counts_at_once(count_queries):
    signature = SignatureFactory()
    assert asked(signature)
    before = timezone.now()
    with count_queries() as queries:
        assert confirm(signature.pk) == Answer.CONFIRMED
    assert len(queries) == 1, queries
    after = stored(signature)
    assert (after.status, after.position, after.ended_at) == ("confirmed", None, None)
    assert before <= after.confirmed_at <= timezone.now()
    assert live_count(after.petition_id) == 1


@pytest.mark.parametrize("folded", [False, True])
def test_a_repetition_changes_nothing(folded):
    signature = SignatureFactory()
    confirm(signature.pk)
    if folded:
        fold(signature.petition_id)
    before = Signature.objects.values().get()
    assert confirm(signature.pk) == Answer.BEFORE
    assert Signature.objects.values().get() == before
    assert live_count(signature.petition_id) == 1


def test_nobodys_signature_is_unknown():
    assert confirm(4711) == Answer.UNKNOWN


@pytest.mark.parametrize("end", [withdraw, disown])
@pytest.mark.parametrize("first", [False, True])
def test_what_has_ended_stays_ended(end, first):
    signature = SignatureFactory()
    if first:
        confirm(signature.pk)
    end(signature.pk)
    before = Signature.objects.values().get()
    assert confirm(signature.pk) == Answer.ENDED
    assert Signature.objects.values().get() == before
    assert live_count(signature.petition_id) == 0


@pytest.mark.parametrize("status", ["hidden", "rejected", "draft", "in_review"])
def test_a_petition_that_is_gone_takes_nothing(status):
    signature = SignatureFactory(petition=PetitionFactory(status=status))
    before = Signature.objects.values().get()
    assert not asked(signature)
    assert confirm(signature.pk) == Answer.GONE
    assert Signature.objects.values().get() == before
    assert live_count(signature.petition_id) == 0


def test_a_hidden_petition_does_not_say_who_had_confirmed():
    signature = SignatureFactory(is_confirmed=True)
    signature.petition.hide(by=None)
    assert confirm(signature.pk) == Answer.GONE
    assert live_count(signature.petition_id) == 1


def test_hidden_a_minute_after_the_closing_is_gone_too():
    signature = SignatureFactory()
    signature.petition.close(by=None)
    signature.petition.hide(by=None)
    assert confirm(signature.pk) == Answer.GONE
    signature.petition.restore(by=None)
    assert confirm(signature.pk) == Answer.CONFIRMED


def test_a_restored_petition_takes_it_again():
    signature = SignatureFactory()
    signature.petition.hide(by=None)
    confirm(signature.pk)
    signature.petition.restore(by=None)
    assert confirm(signature.pk) == Answer.CONFIRMED


# Grace

CLOSED_BY = ["a moderator", "its date, seen by the worker", "its date, seen by nobody"]


@pytest.fixture
def closed_at():
    return timezone.now().replace(microsecond=0) - timedelta(hours=3)


def closed_petition(how, closed_at):
    """A petition that ended at closed_at, in one of the three ways."""
    if how == "a moderator":
        return PetitionFactory(status="closed", closed_at=closed_at)
    if how == "its date, seen by the worker":
        return PetitionFactory(status="closed", closed_at=closed_at, closes_at=closed_at)
    return PetitionFactory(status="open", closes_at=closed_at)


@pytest.mark.parametrize("how", CLOSED_BY)
@pytest.mark.parametrize(
    ("signed", "pressed", "answer"),
    [
        (-timedelta(days=3), timedelta(0), "confirmed"),
        (-timedelta(days=3), TICK, "confirmed"),
        (-timedelta(minutes=1), timedelta(hours=12), "confirmed"),
        (-TICK, DAY - TICK, "confirmed"),
        (timedelta(0), DAY - TICK, "confirmed"),
        (timedelta(0), DAY, "closed"),
        (-timedelta(days=3), DAY, "closed"),
        (-timedelta(minutes=1), DAY + TICK, "closed"),
        (-timedelta(minutes=1), timedelta(days=400), "closed"),
        (TICK, timedelta(minutes=1), "closed"),
        (timedelta(hours=1), timedelta(hours=2), "closed"),
    ],
)
def test_signed_before_the_end_confirmed_within_a_day(
    how, signed, pressed, answer, closed_at, monkeypatch, our_clock
):
    """`signed` and `pressed` are relative to the end."""
    petition = closed_petition(how, closed_at)
    signature = SignatureFactory(petition=petition, created_at=closed_at + signed)
    monkeypatch.setattr(timezone, "now", lambda: closed_at + pressed)
    assert asked(signature) == (answer == "confirmed")
    assert confirm(signature.pk) == answer
    assert stored(signature).status == ("confirmed" if answer == "confirmed" else "pending")
    assert live_count(petition.pk) == (1 if answer == "confirmed" else 0)


def test_before_its_date_a_petition_takes_all(closed_at, monkeypatch, our_clock):
    petition = PetitionFactory(is_open=True, closes_at=closed_at)
    signature = SignatureFactory(petition=petition, created_at=closed_at - timedelta(days=90))
    monkeypatch.setattr(timezone, "now", lambda: closed_at - TICK)
    assert asked(signature)
    assert confirm(signature.pk) == Answer.CONFIRMED


def test_without_a_date_of_closing_there_is_no_grace():
    just_now = timezone.now() - timedelta(minutes=1)
    for petition in (
        PetitionFactory(status="closed"),
        PetitionFactory(status="closed", closes_at=just_now),
    ):
        signature = SignatureFactory(petition=petition, created_at=just_now - DAY)
        assert not asked(signature)
        assert confirm(signature.pk) == Answer.CLOSED
        assert stored(signature).status == "pending"


def test_the_moderators_closing_decides_not_a_later_date(closed_at):
    """Closed 25 hours ago, although its date is still to come."""
    petition = PetitionFactory(
        status="closed",
        closed_at=timezone.now() - timedelta(hours=25),
        closes_at=timezone.now() + timedelta(days=9),
    )
    signature = SignatureFactory(petition=petition, created_at=timezone.now() - 2 * DAY)
    assert not asked(signature)
    assert confirm(signature.pk) == Answer.CLOSED


def test_a_mail_sent_again_prolongs_nothing(closed_at, monkeypatch, our_clock):
    petition = PetitionFactory(status="closed", closed_at=closed_at)
    signature = SignatureFactory(
        petition=petition, email="noor@example.org", created_at=closed_at - DAY
    )
    monkeypatch.setattr(timezone, "now", lambda: closed_at + timedelta(hours=23))
    ask_again(petition.pk, "noor@example.org")
    assert stored(signature).mails_asked == 1
    assert stored(signature).created_at == closed_at - DAY
    monkeypatch.setattr(timezone, "now", lambda: closed_at + timedelta(hours=25))
    assert confirm(signature.pk) == Answer.CLOSED


def test_reopened_it_takes_what_came_too_late(closed_at):
    petition = PetitionFactory(status="closed", closed_at=closed_at)
    signature = SignatureFactory(petition=petition, created_at=closed_at + TICK)
    assert confirm(signature.pk) == Answer.CLOSED
    petition.reopen(by=None)
    assert confirm(signature.pk) == Answer.CONFIRMED


def test_confirmed_then_closed_is_still_confirmed(closed_at):
    signature = SignatureFactory(created_at=closed_at)
    confirm(signature.pk)
    Petition.objects.update(status="closed", closed_at=timezone.now() - timedelta(days=9))
    assert confirm(signature.pk) == Answer.BEFORE


def test_an_open_petition_that_is_signed_elsewhere_still_takes_a_confirmation():
    signature = SignatureFactory(petition=PetitionFactory(is_open=True, read_only=True))
    assert confirm(signature.pk) == Answer.CONFIRMED
