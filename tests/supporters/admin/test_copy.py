"""A petition as a template for another."""

import pytest

from petitions.models import Petition, PetitionTarget, TeamMember, Topic
from supporters.models import Signature
from tests.factories import (
    ActionStepFactory,
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana) -> Petition:
    petition = PetitionFactory(
        is_open=True, organizer=ana, title="Mend the bridge", organizer_name="The Neighbours",
        on_behalf_of="Weir Lane", goal=500, source="elsewhere", source_id="7",
    )  # fmt: skip
    petition.topics.add(Topic.objects.create(name="Bridges", slug="bridges"))
    PetitionTarget.objects.create(petition=petition, target=TargetFactory(), relation="called")
    ActionStepFactory(petition=petition, script="Say that it is shut.")
    UpdateFactory(petition=petition)
    SignatureFactory(petition=petition, is_confirmed=True)
    return petition


def page(petition: Petition) -> str:
    return f"/admin/petitions/petition/{petition.pk}/copy/"


def test_a_member_makes_a_draft_of_their_own(as_user, bo, petition):
    TeamMember.objects.create(petition=petition, user=bo, role="view")
    client = as_user(bo)
    assert "Make a draft" in client.get(page(petition)).content.decode()
    assert Petition.objects.count() == 1
    answer = client.post(page(petition))
    made = Petition.objects.exclude(pk=petition.pk).get()
    assert answer["Location"] == f"/admin/petitions/petition/{made.pk}/change/"
    assert client.get(answer["Location"]).status_code == 200
    assert (made.title, made.status, made.organizer) == ("Copy of: Mend the bridge", "draft", bo)
    assert (made.ask, made.body, made.goal) == (petition.ask, petition.body, 500)
    assert (made.organizer_name, made.on_behalf_of, made.source_id) == ("", "", "")
    assert [topic.name for topic in made.topics.all()] == ["Bridges"]
    assert made.target_links.get().relation == "called"
    assert made.steps.get().script == "Say that it is shut."
    assert not made.updates.exists()
    assert not made.team.exists()
    assert Signature.objects.filter(petition=made).count() == made.supporter_count == 0
    assert made.version.created_by == bo


def test_a_long_title_is_cut_and_a_second_copy_has_an_address_too(as_user, ana, petition):
    Petition.objects.update(title="x" * 300)
    client = as_user(ana)
    for _ in range(2):
        assert client.post(page(petition)).status_code == 302
    made = Petition.objects.exclude(pk=petition.pk)
    assert {len(each.title) for each in made} == {300}
    assert len({each.slug for each in made}) == 2


def test_a_stranger_makes_none(as_user, bo, client, petition):
    assert as_user(bo).post(page(petition)).status_code == 404
    assert client.post(page(petition)).status_code == 302
    assert Petition.objects.count() == 1
