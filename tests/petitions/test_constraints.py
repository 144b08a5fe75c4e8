"""Every named constraint of petitions refuses in the database itself."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from petitions.models import Petition, PetitionSlug, PetitionTarget, PetitionVersion
from tests.factories import PetitionFactory, SignatureFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db


def update(petition, **values):
    with transaction.atomic():
        return Petition.objects.filter(pk=petition.pk).update(**values)


STATUSES = ["draft", "in_review", "open", "closed", "rejected", "hidden"]
# What implies a status, and the statuses that may have it.
IMPLIES = {
    "petitions_closed_at_is_closed": ("closed_at", timezone.now(), {"closed", "hidden"}),
    "petitions_opened_at_is_opened": ("opened_at", timezone.now(), {"open", "closed", "hidden"}),
    "petitions_submitted_at_is_submitted": (
        "submitted_at",
        timezone.now(),
        {"in_review", "open", "closed", "rejected", "hidden"},
    ),
    "petitions_outcome_is_closed": ("outcome", "victory", {"closed", "hidden"}),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("name", IMPLIES)
def test_a_date_or_an_outcome_implies_a_status(name, status):
    field, value, allowed = IMPLIES[name]
    petition = PetitionFactory(status=status)
    if status in allowed:
        assert update(petition, **{field: value}) == 1
        return
    with pytest.raises(IntegrityError, match=name):
        update(petition, **{field: value})


@pytest.mark.parametrize("status", STATUSES)
def test_no_status_implies_a_date(status):
    petition = PetitionFactory(status=status)
    assert (petition.submitted_at, petition.opened_at, petition.closed_at) == (None, None, None)


def test_a_count_is_never_negative():
    petition = PetitionFactory(is_open=True)
    with pytest.raises(IntegrityError, match="petitions_supporter_count_not_negative"):
        update(petition, supporter_count=-1)


def unique_violation(constraint, *columns):
    """PostgreSQL names the constraint of a duplicate, SQLite its columns."""
    return "|".join([constraint, ", ".join(columns)])


def test_a_source_and_id_are_imported_once():
    PetitionFactory(source="council", source_id="7")
    PetitionFactory(source="parliament", source_id="7")
    PetitionFactory(source="council", source_id="8")
    expected = unique_violation(
        "petitions_source_once", "petitions_petition.source", "petitions_petition.source_id"
    )
    with pytest.raises(IntegrityError, match=expected), transaction.atomic():
        PetitionFactory(source="council", source_id="7")


def test_without_an_id_there_the_same_source_may_come_again():
    PetitionFactory(source="council")
    PetitionFactory(source="council")
    assert Petition.objects.filter(source="council", source_id="").count() == 2


def test_an_address_belongs_to_one_petition():
    bridge, weir = PetitionFactory(slug="bridge"), PetitionFactory(slug="weir")
    with pytest.raises(IntegrityError):
        update(weir, slug="bridge")
    with pytest.raises(IntegrityError), transaction.atomic():
        PetitionSlug.objects.create(petition=weir, slug="bridge")
    assert PetitionSlug.objects.get(slug="bridge").petition == bridge


def test_a_number_of_a_version_is_given_once():
    petition = PetitionFactory()
    expected = unique_violation(
        "petitions_version_number_once",
        "petitions_petitionversion.petition_id",
        "petitions_petitionversion.number",
    )
    with pytest.raises(IntegrityError, match=expected), transaction.atomic():
        PetitionVersion.objects.create(petition=petition, number=1, title="Again", sha256="0")


def test_a_target_is_asked_once():
    petition, target = PetitionFactory(), TargetFactory()
    PetitionTarget(petition=petition, target=target).save()
    expected = unique_violation(
        "petitions_petition_target_once",
        "petitions_petitiontarget.petition_id",
        "petitions_petitiontarget.target_id",
    )
    with pytest.raises(IntegrityError, match=expected), transaction.atomic():
        PetitionTarget(petition=petition, target=target).save()


def test_a_signed_petition_is_never_deleted():
    petition = SignatureFactory().petition
    with pytest.raises(ProtectedError):
        petition.delete()
    assert Petition.objects.filter(pk=petition.pk).exists()


def test_an_organizer_of_a_petition_and_a_moderator_who_acted_stay():
    ana, mo = UserFactory(username="ana"), UserFactory(username="mo")
    petition = PetitionFactory(is_open=True, organizer=ana)
    petition.close(by=mo)
    for user in (ana, mo):
        with pytest.raises(ProtectedError):
            user.delete()


def test_a_draft_can_be_thrown_away_with_all_that_belongs_to_it():
    petition = PetitionFactory()
    petition.submit(by=petition.organizer)
    petition.send_back(by=None)
    petition.delete()
    assert not Petition.objects.exists()
    assert not PetitionVersion.objects.exists()
    assert not PetitionSlug.objects.exists()
