"""Who is at work on a petition: claimed, prolonged, taken over, released; two at the same moment."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from petitions import claims
from petitions.models import Claim, Petition, StaffAct
from tests.factories import PetitionFactory, UserFactory
from tests.threads import together


def moderator(username, **names):
    user = UserFactory(username=username, is_staff=True, **names)
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def mo(db):
    return moderator("mo", first_name="Mo", last_name="Lindqvist")


@pytest.fixture
def bo(db):
    return moderator("bo", first_name="Bo", last_name="Okoye")


@pytest.fixture
def petition(db):
    return PetitionFactory(in_review=True)


def acts():
    return [(act.actor.username, act.verb) for act in StaffAct.objects.order_by("pk")]


def lapse(petition):
    Claim.objects.filter(petition=petition).update(expires_at=timezone.now())


def act(petition, by):
    with transaction.atomic():
        claims.act(petition, by=by)


def test_one_claims_and_others_are_told_who(petition, mo, bo):
    claim = claims.claim(petition.pk, by=mo)
    assert claims.LASTS - timedelta(minutes=1) < claim.expires_at - timezone.now() <= claims.LASTS
    with pytest.raises(claims.Held, match="Mo Lindqvist is at work on this petition until"):
        claims.claim(petition.pk, by=bo)
    with pytest.raises(claims.Held):
        act(petition, bo)
    assert claims.of(petition.pk).moderator == mo
    assert acts() == [("mo", "claimed")]
    row = StaffAct.objects.get()
    assert (row.petition, row.subject_type, row.subject_id) == (
        petition, "petitions.petition", str(petition.pk)
    )  # fmt: skip


def test_claiming_again_prolongs_and_is_no_new_act(petition, mo):
    first = claims.claim(petition.pk, by=mo)
    Claim.objects.update(expires_at=first.expires_at - timedelta(minutes=20))
    assert claims.claim(petition.pk, by=mo).expires_at >= first.expires_at
    assert claims.of(petition.pk).claimed_at == first.claimed_at
    assert acts() == [("mo", "claimed")]


def test_what_has_expired_stops_nobody(petition, mo, bo):
    claims.claim(petition.pk, by=mo)
    lapse(petition)
    assert claims.of(petition.pk) is None
    act(petition, bo)
    assert not claims.release(petition.pk, by=mo)
    claims.claim(petition.pk, by=bo)
    assert claims.of(petition.pk).moderator == bo
    assert acts() == [("mo", "claimed"), ("bo", "claimed")]


def test_nobody_has_to_claim(petition, mo):
    act(petition, mo)
    assert not Claim.objects.exists()


def test_acting_prolongs_and_the_decision_about_a_submission_ends_it(petition, mo):
    opened = PetitionFactory(is_open=True)
    claims.claim(opened.pk, by=mo)
    Claim.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    act(opened, mo)
    assert claims.of(opened.pk).expires_at > timezone.now() + timedelta(minutes=29)
    claims.claim(petition.pk, by=mo)
    act(petition, mo)
    assert claims.of(petition.pk) is None


def test_organizers_and_the_site_itself_are_not_kept(petition, mo):
    claims.claim(petition.pk, by=mo)
    act(petition, petition.organizer)
    act(petition, None)
    assert claims.of(petition.pk).moderator == mo


def test_taking_over_what_was_seen(petition, mo, bo):
    seen = claims.mark(claims.claim(petition.pk, by=mo))
    claims.take_over(petition.pk, by=bo, seen=seen)
    assert claims.of(petition.pk).moderator == bo
    assert acts() == [("mo", "claimed"), ("bo", "took_over")]
    assert StaffAct.objects.latest("pk").note == "mo"
    with pytest.raises(claims.Held):
        act(petition, mo)


@pytest.mark.parametrize("seen", ["", "x", "1-2", "\x00"])
def test_nothing_is_taken_over_that_was_not_seen(petition, mo, bo, seen):
    claims.claim(petition.pk, by=mo)
    with pytest.raises(claims.Held):
        claims.take_over(petition.pk, by=bo, seen=seen)
    assert claims.of(petition.pk).moderator == mo


def test_a_third_does_not_take_over_from_who_just_did(petition, mo, bo):
    seen = claims.mark(claims.claim(petition.pk, by=mo))
    claims.take_over(petition.pk, by=bo, seen=seen)
    uma = moderator("uma")
    with pytest.raises(claims.Held, match="Bo Okoye"):
        claims.take_over(petition.pk, by=uma, seen=seen)


def test_taking_over_what_has_ended_is_claiming(petition, mo, bo):
    seen = claims.mark(claims.claim(petition.pk, by=mo))
    lapse(petition)
    claims.take_over(petition.pk, by=bo, seen=seen)
    assert acts()[-1] == ("bo", "claimed")


def test_only_ones_own_is_released(petition, mo, bo):
    claims.claim(petition.pk, by=mo)
    assert not claims.release(petition.pk, by=bo)
    assert claims.release(petition.pk, by=mo)
    assert not claims.release(petition.pk, by=mo)
    assert acts() == [("mo", "claimed"), ("mo", "released")]


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_one_wins_and_the_others_are_told_who():
    petition = PetitionFactory(in_review=True)
    people = [moderator(f"m{n}", first_name=f"M{n}", last_name="") for n in range(4)]
    told = []

    def go(person):
        try:
            claims.claim(petition.pk, by=person)
        except claims.Held as held:
            told.append(held.claim.moderator_id)

    together(*[lambda person=person: go(person) for person in people])
    winner = Claim.objects.get().moderator_id
    assert told == [winner] * 3
    assert StaffAct.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_over_one_wins():
    petition = PetitionFactory(in_review=True)
    seen = claims.mark(claims.claim(petition.pk, by=moderator("mo")))
    people = [moderator(f"m{n}") for n in range(4)]
    told = []

    def go(person):
        try:
            claims.take_over(petition.pk, by=person, seen=seen)
        except claims.Held as held:
            told.append(held.claim.moderator_id)

    together(*[lambda person=person: go(person) for person in people])
    assert told == [Claim.objects.get().moderator_id] * 3
    assert StaffAct.objects.filter(verb="took_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_over_while_the_other_decides():
    """Whoever comes first: either the decision stands and the claim is a new one, or it is told."""
    mo, bo = moderator("mo"), moderator("bo")
    for _ in range(5):
        petition = PetitionFactory(in_review=True)
        seen = claims.mark(claims.claim(petition.pk, by=mo))
        told = []

        def decide(petition=petition, told=told):
            try:
                with transaction.atomic():
                    claims.act(petition, by=mo)
                    petition.publish(by=mo)
            except claims.Held:
                told.append("mo")

        def take_over(petition=petition, seen=seen):
            claims.take_over(petition.pk, by=bo, seen=seen)

        together(decide, take_over)
        assert claims.of(petition.pk).moderator == bo
        status = Petition.objects.get(pk=petition.pk).status
        assert (status, told) in [("open", []), ("in_review", ["mo"])]
