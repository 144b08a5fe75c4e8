"""Who works on a petition decides nothing about it: organizer, team, superusers, and once."""

import pytest

from petitions import asks, claims, team
from petitions.models import (
    Claim,
    ModerationEvent,
    Petition,
    ProposedAsk,
    TeamMember,
    User,
    impartial,
)
from petitions.models.impartial import OwnPetition
from petitions.roles import Role
from tests.factories import PetitionFactory, UserFactory
from tests.petitions.test_claims import moderator

MOVES = [
    ("in_review", lambda petition, by: petition.publish(by=by)),
    ("in_review", lambda petition, by: petition.send_back(by=by, note="Shorter.")),
    ("in_review", lambda petition, by: petition.reject(by=by, reason="duplicate")),
    ("rejected", lambda petition, by: petition.review_again(by=by)),
    ("open", lambda petition, by: petition.close(by=by, outcome="victory")),
    ("open", lambda petition, by: petition.hide(by=by, reason="duplicate")),
    ("closed", lambda petition, by: petition.reopen(by=by)),
    ("hidden", lambda petition, by: petition.restore(by=by)),
]


@pytest.fixture
def mo(db):
    return moderator("mo", first_name="Mo")


@pytest.mark.parametrize(("status", "move"), MOVES)
def test_no_move_but_submitting(mo, status, move):
    petition = PetitionFactory(status=status, organizer=mo)
    with pytest.raises(OwnPetition):
        move(petition, mo)
    assert Petition.objects.get(pk=petition.pk).status == status
    assert not ModerationEvent.objects.exists()
    move(petition, moderator("bo"))
    assert ModerationEvent.objects.count() == 1


def test_they_submit_what_is_theirs(mo):
    petition = PetitionFactory(organizer=mo)
    petition.submit(by=mo)
    assert petition.status == "in_review"


@pytest.mark.parametrize("role", Role)
def test_nor_does_who_is_in_the_team_whatever_they_may_there(mo, role):
    petition = PetitionFactory(in_review=True)
    TeamMember.objects.create(petition=petition, user=mo, role=role)
    with pytest.raises(OwnPetition):
        petition.publish(by=mo)


def test_leaving_the_team_for_it_is_no_way(mo):
    petition = PetitionFactory(in_review=True)
    invited = team.invite(petition, address="mo@example.org", role=Role.VIEW, by=petition.organizer)
    team.accept(invited, user=mo)
    team.leave(petition, user=mo)
    with pytest.raises(OwnPetition):
        petition.publish(by=mo)


def test_nor_is_handing_it_over(mo):
    petition, bo = PetitionFactory(in_review=True, organizer=mo), UserFactory()
    TeamMember.objects.create(petition=petition, user=bo, role=Role.EDIT)
    team.take_over(team.offer(petition, to=bo, by=mo), by=bo)
    team.leave(petition, user=mo)
    with pytest.raises(OwnPetition):
        petition.publish(by=mo)


def test_a_stale_copy_does_not_help(mo):
    petition = PetitionFactory(in_review=True)
    stale = Petition.objects.get(pk=petition.pk)
    Petition.objects.filter(pk=petition.pk).update(organizer=mo)
    with pytest.raises(OwnPetition):
        stale.publish(by=mo)


def test_superusers_neither_and_the_site_itself_may(db):
    root: User = UserFactory(is_superuser=True, is_staff=True)
    petition = PetitionFactory(is_open=True, organizer=root)
    with pytest.raises(OwnPetition):
        petition.hide(by=root, reason="duplicate")
    petition.close(by=None)
    assert petition.status == "closed"


def test_other_petitions_and_what_belongs_to_nobody_are_theirs_to_decide(mo):
    PetitionFactory(organizer=mo)
    for petition in (PetitionFactory(in_review=True), PetitionFactory(in_review=True)):
        petition.publish(by=mo)
    imported = PetitionFactory(in_review=True, organizer=None)
    imported.publish(by=mo)
    assert imported.status == "open"


def test_it_says_who_can_help(mo):
    petition = PetitionFactory(in_review=True, organizer=mo)
    assert "Nobody else moderates here who could" in str(impartial.why_not(petition, by=mo))
    bo = moderator("bo")
    assert str(impartial.why_not(petition, by=mo)).endswith("Another moderator can.")
    TeamMember.objects.create(petition=petition, user=bo, role=Role.VIEW)
    assert "Nobody else moderates here who could" in str(impartial.why_not(petition, by=mo))


def test_a_changed_ask_waits_for_somebody_else(mo):
    petition = PetitionFactory(is_open=True, organizer=mo)
    proposed = asks.propose(petition, ask="Build a new bridge.", reason="", by=mo)
    number = petition.version.number
    with pytest.raises(OwnPetition):
        asks.approve(petition, sha256=proposed.sha256, number=number, by=mo)
    with pytest.raises(OwnPetition):
        asks.refuse(petition, sha256=proposed.sha256, note="No.", by=mo)
    assert ProposedAsk.objects.count() == 1
    asks.take_back(petition, sha256=proposed.sha256, by=mo)
    assert not ProposedAsk.objects.exists()


def test_they_keep_nobody_from_deciding(mo):
    petition = PetitionFactory(in_review=True, organizer=mo)
    with pytest.raises(OwnPetition):
        claims.claim(petition.pk, by=mo)
    held = claims.claim(petition.pk, by=moderator("bo"))
    with pytest.raises(OwnPetition):
        claims.take_over(petition.pk, by=mo, seen=claims.mark(held))
    assert Claim.objects.get().moderator.username == "bo"


def test_a_claim_of_somebody_else_stops_no_act_as_organizer(mo):
    petition = PetitionFactory(organizer=mo)
    claims.claim(petition.pk, by=moderator("bo"))
    claims.act(petition, by=mo)
    petition.submit(by=mo)
    assert petition.status == "in_review"
