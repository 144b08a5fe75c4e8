"""The fold: positions without a gap, in the order of confirmation, and their number."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from petitions.models import Petition
from supporters.count import live_count
from supporters.fold import fold, fold_all
from supporters.models import CountAdjustment, HourlyCount, Signature
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def confirmed(petition, *minutes):
    """Signatures confirmed so many minutes after midnight of a day long ago."""
    midnight = datetime(2026, 3, 1, tzinfo=timezone.get_default_timezone())
    return [
        SignatureFactory(
            petition=petition,
            status="confirmed",
            confirmed_at=midnight + timedelta(minutes=minute),
        )
        for minute in minutes
    ]


def positions(*signatures):
    found = dict(Signature.objects.values_list("pk", "position"))
    return [found[signature.pk] for signature in signatures]


def supporter_count(petition):
    return Petition.objects.values_list("supporter_count", flat=True).get(pk=petition.pk)


def test_positions_follow_the_time_of_confirmation_then_the_id(petition):
    rows = confirmed(petition, 30, 10, 20, 10)
    SignatureFactory(petition=petition)
    assert fold(petition.pk) == 4
    assert positions(*rows) == [4, 1, 3, 2]
    assert supporter_count(petition) == 4


def test_the_next_fold_goes_on_where_the_last_one_ended(petition):
    first = confirmed(petition, 1, 2)
    fold(petition.pk)
    # Confirmed earlier, folded later: a position that was given stays.
    second = confirmed(petition, 0)
    assert fold(petition.pk) == 1
    assert positions(*first, *second) == [1, 2, 3]
    assert supporter_count(petition) == 3


def test_an_empty_fold_changes_nothing(petition, count_queries):
    with count_queries() as queries:
        assert fold(petition.pk) == 0
    assert not [sql for sql in queries.statements if 'petitions_petition" SET' in sql]
    assert not HourlyCount.objects.exists()


def test_petitions_do_not_mix(petition):
    other = PetitionFactory(is_open=True)
    mine, theirs = confirmed(petition, 1, 3), confirmed(other, 2, 4)
    assert fold(petition.pk) == 2
    assert positions(*mine, *theirs) == [1, 2, None, None]
    assert fold(other.pk) == 2
    assert positions(*mine, *theirs) == [1, 2, 1, 2]
    assert (supporter_count(petition), supporter_count(other)) == (2, 2)


def test_a_long_tail_is_taken_in_pieces(petition):
    rows = confirmed(petition, 5, 4, 3, 2, 1)
    assert fold(petition.pk, limit=2) == 2
    assert positions(*rows) == [None, None, None, 2, 1]
    assert live_count(petition.pk) == 5
    assert fold(petition.pk, limit=2) == 2
    assert fold(petition.pk, limit=2) == 1
    assert fold(petition.pk, limit=2) == 0
    assert positions(*rows) == [5, 4, 3, 2, 1]
    assert supporter_count(petition) == 5


def test_the_worker_takes_all_of_every_petition(petition):
    other = PetitionFactory(is_closed=True)
    PetitionFactory(is_open=True)
    confirmed(petition, 1, 2, 3, 4, 5)
    confirmed(other, 1, 2)
    assert fold_all(limit=2) == 7
    assert (supporter_count(petition), supporter_count(other)) == (5, 2)
    assert not Signature.objects.tail().exists()
    assert fold_all() == 0


def test_a_position_is_never_given_again(petition):
    rows = confirmed(petition, 1, 2, 3)
    fold(petition.pk)
    assert withdraw(rows[2].pk)
    assert live_count(petition.pk) == 2
    [later] = confirmed(petition, 4)
    fold(petition.pk)
    assert positions(*rows, later) == [1, 2, 3, 4]
    assert supporter_count(petition) == live_count(petition.pk) == 3


def test_who_withdrew_before_the_fold_has_no_position(petition):
    rows = confirmed(petition, 1, 2, 3)
    assert withdraw(rows[1].pk)
    assert fold(petition.pk) == 2
    assert positions(*rows) == [1, None, 2]
    assert supporter_count(petition) == 2


def test_a_removed_signature_that_is_restored_is_not_folded_again(petition):
    rows = confirmed(petition, 1, 2)
    fold(petition.pk)
    row = Signature.objects.filter(pk=rows[0].pk)
    row.update(status="removed", ended_at=timezone.now())
    CountAdjustment.objects.create(petition=petition, kind="removed", quantity=-1)
    row.update(status="confirmed", ended_at=None)
    CountAdjustment.objects.create(petition=petition, kind="restored", quantity=1)
    assert fold(petition.pk) == 0
    assert positions(*rows) == [1, 2]
    assert live_count(petition.pk) == 2


def test_a_paper_signature_entered_singly_is_folded(petition):
    row = SignatureFactory(petition=petition, kind="paper", email="", is_confirmed=True)
    assert row.email_key is None
    assert live_count(petition.pk) == 1
    assert fold(petition.pk) == 1
    assert positions(row) == [1]


def test_folds_of_an_hour_are_summed_up(petition):
    confirmed(petition, 1, 2, 3)
    before = timezone.now()
    fold(petition.pk, limit=2)
    fold(petition.pk, limit=2)
    after = timezone.now()
    rows = HourlyCount.objects.filter(petition=petition).order_by("hour")
    assert sum(row.quantity for row in rows) == 3
    for row in rows:
        assert (row.hour.minute, row.hour.second, row.hour.microsecond) == (0, 0, 0)
        assert before - timedelta(hours=1) < row.hour <= after


def test_an_unknown_petition_is_not_folded():
    with pytest.raises(Petition.DoesNotExist):
        fold(4711)


def test_it_costs_the_same_whatever_the_length_of_the_tail(petition, count_queries):
    confirmed(petition, 1)
    fold(petition.pk)
    confirmed(petition, *range(2, 5))
    with count_queries() as short:
        fold(petition.pk)
    confirmed(petition, *range(5, 40))
    with count_queries() as long:
        fold(petition.pk)
    bound = connection.vendor == "postgresql"  # how long it waits at most
    assert len(short) == len(long) == 6 + bound, long


# What the database itself refuses


@pytest.mark.parametrize(
    ("status", "values", "name"),
    [
        ("pending", {"position": 1}, "supporters_signature_position_is_confirmed"),
        ("confirmed", {"position": 0}, "supporters_signature_position_from_1"),
        (
            "pending",
            {"confirmed_at": datetime(2026, 3, 1, tzinfo=timezone.get_default_timezone())},
            "supporters_signature_confirmed_at_is_confirmed",
        ),
        (
            "confirmed",
            {"ended_at": datetime(2026, 3, 1, tzinfo=timezone.get_default_timezone())},
            "supporters_signature_ended_at_is_ended",
        ),
        ("confirmed", {"confirmed_at": None}, "supporters_signature_confirmed_has_date"),
    ],
)
def test_rows_that_make_no_sense_are_refused(status, values, name):
    row = SignatureFactory(status=status)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Signature.objects.filter(pk=row.pk).update(**values)


def test_a_position_is_given_once(petition):
    rows = confirmed(petition, 1, 2)
    fold(petition.pk)
    # PostgreSQL names the constraint of a duplicate, SQLite its columns.
    names = "supporters_signature_position_once|supporters_signature.position"
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        Signature.objects.filter(pk=rows[1].pk).update(position=1)


def test_an_address_signs_once_while_its_signature_lives(petition):
    names = "supporters_signature_once|supporters_signature.email_key"
    SignatureFactory(petition=petition, email="noor@example.org", status="withdrawn")
    SignatureFactory(petition=petition, email="noor@example.org", is_confirmed=True)
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        SignatureFactory(petition=petition, email="noor+again@example.org")
    assert Signature.objects.count() == 2


def test_one_organizer_is_counted(petition):
    names = "supporters_signature_organizer_once|supporters_signature.petition_id"
    SignatureFactory(petition=petition, is_organizer=True, is_confirmed=True)
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        SignatureFactory(petition=petition, is_organizer=True, is_confirmed=True)


def test_a_stale_save_of_a_signature_is_not_folded_again(petition):
    (signature,) = confirmed(petition, 1)
    fold(petition.pk)
    signature.reason = "Read before the fold, saved after it."
    signature.save()
    assert fold(petition.pk) == 0
    assert supporter_count(petition) == live_count(petition.pk) == 1
    assert positions(signature) == [1]
    withdraw(signature.pk)
    signature.save()
    assert supporter_count(petition) == live_count(petition.pk) == 0
    stored = Signature.objects.get(pk=signature.pk)
    assert (stored.status, stored.email_key) == ("withdrawn", None)
