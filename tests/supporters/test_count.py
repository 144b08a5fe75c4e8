"""The number that is shown, the ledger behind it, and the tally around it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from petitions.models import Petition
from supporters.count import Tally, live_count, with_live_count, with_newest_confirmation
from supporters.fold import fold
from supporters.models import CountAdjustment, Signature
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

pytestmark = pytest.mark.django_db

TICK = timedelta(milliseconds=1)  # of SQLite's clock


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def adjust(petition, kind, quantity):
    return CountAdjustment.objects.create(petition=petition, kind=kind, quantity=quantity)


def newest(petition):
    return with_newest_confirmation(Petition.objects.all()).get(pk=petition.pk).newest_confirmed_at


# The live count


def test_it_counts_what_was_confirmed_folded_or_not(petition):
    assert live_count(petition.pk) == 0
    SignatureFactory.create_batch(3, petition=petition)
    assert live_count(petition.pk) == 0
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    assert live_count(petition.pk) == 2
    fold(petition.pk)
    assert live_count(petition.pk) == 2
    SignatureFactory(petition=petition, is_confirmed=True)
    assert live_count(petition.pk) == 3


def test_each_petition_has_its_own(petition):
    other = PetitionFactory(is_open=True)
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    SignatureFactory(petition=other, is_confirmed=True)
    adjust(other, "carried_over", 40)
    numbers = with_live_count(Petition.objects.order_by("pk")).values_list("live_count", flat=True)
    assert list(numbers) == [2, 41]


def test_it_is_one_statement(petition, count_queries):
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    with count_queries() as queries:
        assert live_count(petition.pk) == 2
    assert len(queries) == 1, queries


def test_a_petition_that_is_not_there_has_no_number():
    with pytest.raises(Petition.DoesNotExist):
        live_count(4711)


@pytest.mark.parametrize("move", ["close", "hide"])
def test_what_was_counted_stays_counted(move, petition):
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    fold(petition.pk)
    SignatureFactory(petition=petition, is_confirmed=True)
    getattr(petition, move)(by=None)
    assert live_count(petition.pk) == 3
    assert fold(petition.pk) == 1
    assert live_count(petition.pk) == 3


def test_hidden_and_restored_the_number_is_the_same(petition):
    adjust(petition, "carried_over", 38)
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    petition.hide(by=None)
    fold(petition.pk)
    petition.restore(by=None)
    assert live_count(petition.pk) == 41
    assert Petition.objects.get().supporter_count == 41


# The newest confirmation


def test_the_newest_confirmation_folded_or_not(petition):
    assert newest(petition) is None
    day = timezone.now().replace(microsecond=0) - timedelta(days=9)
    for hours in (1, 3, 2):
        at = day + timedelta(hours=hours)
        SignatureFactory(petition=petition, status="confirmed", confirmed_at=at)
    SignatureFactory(petition=petition)
    assert newest(petition) == day + timedelta(hours=3)
    fold(petition.pk)
    assert newest(petition) == day + timedelta(hours=3)
    SignatureFactory(petition=petition, status="confirmed", confirmed_at=day + timedelta(hours=4))
    assert newest(petition) == day + timedelta(hours=4)


def test_the_newest_confirmation_is_one_that_still_counts(petition):
    day = timezone.now().replace(microsecond=0) - timedelta(days=9)
    first, second = [
        SignatureFactory(
            petition=petition, status="confirmed", confirmed_at=day + timedelta(hours=hours)
        )
        for hours in (1, 2)
    ]
    fold(petition.pk)
    withdraw(second.pk)
    assert newest(petition) == first.confirmed_at
    withdraw(first.pk)
    assert live_count(petition.pk) == 0
    assert newest(petition) is None


# The ledger


def test_a_carried_over_number_counts_at_once(petition):
    adjust(petition, "carried_over", 40)
    SignatureFactory(petition=petition, is_confirmed=True)
    assert live_count(petition.pk) == 41
    assert Petition.objects.get().supporter_count == 40


def test_entries_add_up(petition):
    for kind, quantity in [
        ("paper", 100),
        ("carried_over", 40),
        ("removed", -7),
        ("restored", 2),
        ("withdrawn", -1),
        ("paper", -4),
    ]:
        adjust(petition, kind, quantity)
    assert live_count(petition.pk) == 130
    assert Petition.objects.get().supporter_count == 130


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        ("withdrawn", 1),
        ("withdrawn", 0),
        ("removed", 1),
        ("removed", 0),
        ("restored", -1),
        ("restored", 0),
        ("paper", 0),
        ("carried_over", 0),
        ("guessed", 1),
    ],
)
def test_an_entry_whose_sign_does_not_fit_changes_nothing(petition, kind, quantity):
    adjust(petition, "paper", 10)
    with (
        pytest.raises(IntegrityError, match="supporters_adjustment_sign_fits_kind"),
        transaction.atomic(),
    ):
        adjust(petition, kind, quantity)
    assert live_count(petition.pk) == 10


def test_no_entry_takes_more_than_there_is(petition):
    adjust(petition, "paper", 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        adjust(petition, "removed", -11)
    assert live_count(petition.pk) == 10
    assert CountAdjustment.objects.count() == 1


def test_an_entry_is_not_changed_and_not_removed(petition):
    entry = adjust(petition, "paper", 10)
    entry.quantity = 1000
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    assert CountAdjustment.objects.get().quantity == 10
    assert live_count(petition.pk) == 10


def test_an_entry_keeps_who_and_why(petition):
    mo = UserFactory(username="mo")
    entry = CountAdjustment.objects.create(
        petition=petition,
        kind="paper",
        quantity=100,
        reason="Counted twice by hand.",
        source="Lists 1 to 4",
        recorded_by=mo,
    )
    assert str(entry) == "On paper +100"
    assert (entry.recorded_by, entry.source) == (mo, "Lists 1 to 4")
    assert entry.happened_on == timezone.localdate()


# The tally


def tally(count, goal=None):
    as_of = datetime(2026, 11, 24, tzinfo=timezone.get_default_timezone())
    return Tally(count=count, goal=goal, is_open=True, as_of=as_of)


@pytest.mark.parametrize(
    ("count", "goal", "reached", "to_go", "progress"),
    [
        (0, None, False, 0, 0),
        (41, None, False, 0, 0),
        (0, 100, False, 100, 0),
        (41, 100, False, 59, 41),
        (99, 100, False, 1, 99),
        (100, 100, True, 0, 100),
        (1000, 100, True, 0, 100),
    ],
)
def test_the_arithmetic_of_a_goal(count, goal, reached, to_go, progress):
    found = tally(count, goal)
    assert (found.reached, found.to_go, found.progress) == (reached, to_go, progress)


@pytest.mark.parametrize(("count", "digits"), [(0, 1), (9, 1), (10, 2), (41, 2), (1_000_000, 7)])
def test_the_digits(count, digits):
    assert tally(count).digits == digits


def test_a_tally_of_a_petition_without_a_worker():
    due = PetitionFactory(is_open=True, goal=100, closes_at=timezone.now() - timedelta(seconds=1))
    SignatureFactory(petition=due, is_confirmed=True)
    before = timezone.now() - TICK
    found = Tally.of(with_live_count(Petition.objects.all()).get(pk=due.pk))
    assert (found.count, found.goal, found.is_open) == (1, 100, False)
    assert before <= found.as_of <= timezone.now() + TICK


def test_display_never_loads_what_is_not_shown(petition):
    SignatureFactory(petition=petition, is_confirmed=True, display="full")
    SignatureFactory(petition=petition, is_confirmed=True, display="hidden")
    SignatureFactory(petition=petition, display="full")
    [shown] = Signature.objects.for_public_display()
    assert shown.public_name == "Sam Okoye"
    assert {"email", "email_key", "postal_code", "country"} <= shown.get_deferred_fields()
