"""Several at once: of any number that accept, decide or hand over, one does."""

from collections.abc import Callable
from functools import partial

import pytest

from petitions import asks, team
from petitions.models import (
    Invitation,
    OwnershipOffer,
    Petition,
    PetitionEvent,
    ProposedAsk,
    TeamMember,
    User,
)
from petitions.roles import Role
from tests.factories import PetitionFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def petition() -> Petition:
    return PetitionFactory(is_open=True, ask="By May.")


def tried(act: Callable[[], object]) -> str:
    try:
        act()
    except (team.NoLonger, asks.NoLonger):
        return "no longer"
    except team.TooMany:
        return "too many"
    return "done"


def test_an_invitation_is_accepted_once(petition):
    invitation = team.invite(
        petition, address="bo@example.org", role=Role.VIEW, by=petition.organizer
    )
    bo = UserFactory(username="bo")
    found = together(*[partial(tried, partial(team.accept, invitation, user=bo))] * 6)
    assert sorted(found) == ["done"] + ["no longer"] * 5
    assert TeamMember.objects.count() == 1
    assert PetitionEvent.objects.filter(kind="joined").count() == 1


def test_accepted_or_taken_back_never_both(petition):
    ana, bo = petition.organizer, UserFactory(username="bo")
    for _ in range(3):
        TeamMember.objects.all().delete()
        invitation = team.invite(petition, address="bo@example.org", role=Role.VIEW, by=ana)
        Invitation.objects.exclude(pk=invitation.pk).delete()  # or there would be too many
        answers = together(
            partial(tried, partial(team.accept, invitation, user=bo)),
            partial(tried, partial(team.revoke, invitation, by=ana)),
        )
        assert sorted(answers) == ["done", "no longer"]
        assert TeamMember.objects.exists() is (answers[0] == "done")


def test_invitations_from_many_petitions_to_one_address_are_limited():
    petitions = [PetitionFactory() for _ in range(3 * team.MOST_TO_ONE)]

    def invite(petition: Petition) -> str:
        one = partial(team.invite, address="bo@example.org", role=Role.VIEW, by=petition.organizer)
        return tried(partial(one, petition))

    found = together(*[partial(invite, petition) for petition in petitions])
    assert found.count("done") == team.MOST_TO_ONE
    assert Invitation.objects.count() == team.MOST_TO_ONE


def test_taking_over_and_removing_never_leave_a_removed_owner(petition):
    ana: User = petition.organizer
    bo = UserFactory(username="bo")
    for _ in range(4):
        TeamMember.objects.all().delete()
        Petition.objects.update(organizer=ana)
        OwnershipOffer.objects.all().delete()
        member = TeamMember.objects.create(petition=petition, user=bo, role=Role.VIEW)
        offer = team.offer(petition, to=bo, by=ana)
        answers = together(
            partial(tried, partial(team.take_over, offer, by=bo)),
            partial(tried, partial(team.remove, member, by=ana)),
        )
        assert sorted(answers) == ["done", "no longer"]
        owner = Petition.objects.get().organizer
        members = set(TeamMember.objects.values_list("user__username", flat=True))
        if answers[0] == "done":
            assert (owner, members) == (bo, {ana.username})
        else:
            assert (owner, members) == (ana, set())


def test_one_decision_for_each_proposal(petition):
    mo = UserFactory(username="mo")
    proposed = asks.propose(petition, ask="By June.", reason="", by=petition.organizer)
    approve = partial(asks.approve, petition, sha256=proposed.sha256, number=1, by=mo)
    refuse = partial(asks.refuse, petition, sha256=proposed.sha256, note="No.", by=mo)
    found = together(*[partial(tried, approve), partial(tried, refuse)] * 3)
    assert found.count("done") == 1
    assert not ProposedAsk.objects.exists()
    kinds = PetitionEvent.objects.exclude(kind="proposed").values_list("kind", flat=True)
    assert len(kinds) == 1
    assert (Petition.objects.get().ask == "By June.") is (kinds[0] == "approved")
