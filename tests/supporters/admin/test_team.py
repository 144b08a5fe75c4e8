"""The page of a petition's team: invite, change, remove, leave, hand over."""

import re

import pytest
from django.core.management import call_command
from django.db import transaction

from petitions import team
from petitions.models import (
    Invitation,
    OwnershipOffer,
    Petition,
    PetitionEvent,
    TeamMember,
)
from petitions.roles import Role
from supporters.models import OutgoingMail, PageRecall, Signature
from supporters.teams import ownership
from tests.factories import PetitionFactory, SignatureFactory, UserFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, title="Mend the bridge", slug="mend")


def page(petition: Petition) -> str:
    return f"/admin/petitions/petition/{petition.pk}/team/"


def act(client, petition: Petition, action: str, **values):
    return client.post(page(petition), {"action": action, **values}, follow=True)


def invite(client, petition: Petition, address: str = "new@example.org", role: str = "edit"):
    return act(client, petition, "invite", address=address, role=role)


def join(petition: Petition, user, role: str = "edit") -> TeamMember:
    return TeamMember.objects.create(petition=petition, user=user, role=role)


def test_the_organizer_invites_and_takes_back(as_user, ana, petition):
    client = as_user(ana)
    answer = invite(client, petition, "New@Example.org")
    assert "The invitation is on its way." in words(answer)
    invitation = Invitation.objects.get()
    assert (invitation.address, invitation.role, invitation.invited_by) == (
        "new@example.org",
        "edit",
        ana,
    )
    mail = OutgoingMail.objects.get(kind="team")
    assert mail.recipient == "new@example.org"
    assert "new@example.org" in answer.content.decode()
    act(client, petition, "revoke", row=invitation.pk)
    assert not Invitation.objects.open().exists()
    assert "somebody was quicker" in words(act(client, petition, "revoke", row=invitation.pk))
    kinds = list(PetitionEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["invited", "revoked"]


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "x" * 300 + "@example.org", "a@example.org\nb"]
)
def test_what_is_no_address_is_said_so(as_user, ana, petition, address):
    answer = invite(as_user(ana), petition, address)
    assert answer.context["form"].errors["address"]
    assert not Invitation.objects.exists()


def test_ones_own_address_is_said_so(as_user, ana, petition):
    ana.trust_email()
    answer = invite(as_user(ana), petition, ana.email.upper())
    assert "This is your own address." in str(answer.context["form"].errors)


def test_a_second_invitation_takes_the_place_of_the_first(as_user, ana, petition):
    client = as_user(ana)
    invite(client, petition, role="view")
    invite(client, petition, role="update")
    assert Invitation.objects.open().get().role == "update"


def test_known_and_unknown_addresses_answer_the_same(as_user, ana, bo, petition):
    """Nobody learns here who has an account."""
    bo.trust_email()
    client = as_user(ana)
    answers = [words(invite(client, petition, who)) for who in (bo.email, "none@example.org")]
    neutral = [text.replace(bo.email, "X").replace("none@example.org", "X") for text in answers]
    first = neutral[0]
    assert first.count("The invitation is on its way.") == 1
    assert neutral[1].count("The invitation is on its way.") == 1
    assert "Bo" not in first.split("Invitations")[1]


def test_limits(as_user, ana, petition):
    client = as_user(ana)
    for number in range(team.MOST_A_DAY):
        invite(client, petition, f"a{number}@example.org")
    assert "No more invitations" in words(invite(client, petition, "late@example.org"))
    assert Invitation.objects.count() == team.MOST_A_DAY
    others = [PetitionFactory(organizer=ana) for _ in range(team.MOST_TO_ONE + 1)]
    for other in others:
        invite(client, other, "one@example.org")
    assert Invitation.objects.filter(address="one@example.org").count() == team.MOST_TO_ONE
    # More petitions do not make more mails.
    for number in range(team.MOST_BY_ONE):
        invite(client, others[number % len(others)], f"b{number}@example.org")
    assert Invitation.objects.filter(invited_by=ana).count() == team.MOST_BY_ONE


@pytest.mark.parametrize("role", ["view", "update", "edit"])
def test_members_see_the_team_and_manage_nothing(as_user, ana, bo, petition, role):
    member = join(petition, bo, role)
    invitation = team.invite(petition, address="x@example.org", role=Role.VIEW, by=ana)
    offer = team.offer(petition, to=bo, by=ana)
    client = as_user(bo)
    text = client.get(page(petition)).content.decode()
    assert "x@example.org" not in text
    assert ana.email not in text
    team.end_offer(offer, by=ana)
    for action, row in {"invite": "", "revoke": invitation.pk, "role": member.pk,
                        "remove": member.pk, "offer": member.pk, "": "", "x": ""}.items():  # fmt: skip
        values = {"address": "y@example.org", "role": "edit", "row": row}
        assert act(client, petition, action, **values).status_code == 403, action
    member.refresh_from_db()
    assert member.role == role
    assert Invitation.objects.open().count() == 1


def test_strangers_find_no_page(as_user, bo, client, petition):
    assert as_user(bo).get(page(petition)).status_code == 404
    assert as_user(bo).post(page(petition), {"action": "leave"}).status_code == 404
    assert client.get(page(petition)).status_code == 302


def test_rows_of_another_petition_are_out_of_reach(as_user, ana, bo, petition):
    other = PetitionFactory(is_open=True)
    member = join(other, bo, "view")
    invitation = team.invite(other, address="x@example.org", role=Role.VIEW, by=other.organizer)
    client = as_user(ana)
    act(client, petition, "role", row=member.pk, role="edit")
    act(client, petition, "remove", row=member.pk)
    act(client, petition, "revoke", row=invitation.pk)
    for nonsense in ("", "x", "-1", "9" * 30):
        act(client, petition, "remove", row=nonsense)
    member.refresh_from_db()
    assert member.role == "view"
    assert Invitation.objects.open().count() == 1


def test_roles_change_and_a_member_is_removed_at_once(as_user, ana, bo, petition):
    member = join(petition, bo, "view")
    client, his = as_user(ana), as_user(bo)
    assert "role was changed" in words(act(client, petition, "role", row=member.pk, role="update"))
    assert act(client, petition, "role", row=member.pk, role="owner").status_code == 403
    assert his.get(page(petition)).status_code == 200
    act(client, petition, "remove", row=member.pk)
    assert his.get(page(petition)).status_code == 404
    assert OutgoingMail.objects.get(kind="team").recipient == bo.email
    event = PetitionEvent.objects.latest("id")
    assert (event.kind, event.actor, event.person) == ("removed", ana, bo)


def test_a_member_leaves(as_user, ana, bo, petition):
    join(petition, bo)
    answer = act(as_user(bo), petition, "leave")
    assert answer.redirect_chain == [("/admin/petitions/petition/", 302)]
    assert not TeamMember.objects.exists()
    assert OutgoingMail.objects.get(kind="team").recipient == ana.email
    assert as_user(bo).get(page(petition)).status_code == 404
    assert "somebody was quicker" in words(act(as_user(ana), petition, "leave"))


def test_a_moderator_manages_but_takes_nothing_over(as_user, mo, ana, bo, petition):
    member = join(petition, bo)
    client = as_user(mo)
    invite(client, petition)
    act(client, petition, "role", row=member.pk, role="view")
    assert Invitation.objects.open().count() == 1
    assert act(client, petition, "offer", row=member.pk).status_code == 403
    offer = team.offer(petition, to=bo, by=ana)
    for action in ("take_over", "end_offer"):
        assert act(client, petition, action, row=offer.pk).status_code == 403
    text = words(as_user(ana).get(page(petition)))
    assert "A moderator" in text
    assert "Mo Ferreira" not in text
    assert "Mo Ferreira" in words(client.get(page(petition)))


# Handing over


def hand_over(as_user, petition, ana, bo):
    member = TeamMember.objects.get(user=bo)
    act(as_user(ana), petition, "offer", row=member.pk)
    offer = OwnershipOffer.objects.get()
    return act(as_user(bo), petition, "take_over", row=offer.pk)


def test_nothing_changes_before_it_is_accepted(as_user, ana, bo, petition):
    member = join(petition, bo)
    act(as_user(ana), petition, "offer", row=member.pk)
    assert Petition.objects.get().organizer == ana
    mail = OutgoingMail.objects.get(kind="team")
    assert mail.recipient == bo.email
    text = words(as_user(bo).get(page(petition)))
    assert "Will you take this petition over?" in text
    assert "Readers would see your name, Bo Ferreira" in text
    offer = OwnershipOffer.objects.get()
    assert act(as_user(ana), petition, "take_over", row=offer.pk).status_code == 200
    assert Petition.objects.get().organizer == ana
    act(as_user(bo), petition, "end_offer", row=offer.pk)
    assert not OwnershipOffer.objects.exists()
    assert Petition.objects.get().organizer == ana


def test_on_acceptance_they_change_places(as_user, ana, bo, petition, client):
    join(petition, bo, "view")
    answer = hand_over(as_user, petition, ana, bo)
    assert "You are the organizer of this petition now." in words(answer)
    after = Petition.objects.get()
    assert after.organizer == bo
    [member] = TeamMember.objects.all()
    assert (member.user, member.role) == (ana, "edit")
    told = OutgoingMail.objects.filter(kind="team", payload__letter="told")
    assert {mail.recipient for mail in told} == {ana.email, bo.email}
    assert PetitionEvent.objects.latest("id").kind == "handed_over"
    assert "Bo Ferreira" in client.get("/petitions/mend/").content.decode()


def test_the_former_organizers_signature_stays_theirs(as_user, ana, bo, client):
    petition = PetitionFactory(in_review=True, organizer=ana, title="Mend", slug="mend")
    petition.publish(by=UserFactory())
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    his = SignatureFactory(
        petition=petition, is_confirmed=True, email="Bo@Example.org", given_name="Robert",
        family_name="B", display="hidden",
    )  # fmt: skip
    join(petition, bo)
    hand_over(as_user, petition, ana, bo)
    hers = Signature.objects.get(email=ana.email)
    assert (hers.given_name, hers.family_name, hers.status) == ("Ana", "Ferreira", "confirmed")
    assert (hers.is_organizer, hers.display) == (False, "full")
    his.refresh_from_db()
    assert (his.is_organizer, his.given_name, his.display) == (True, "Robert", "hidden")
    text = words(client.get("/petitions/mend/"))
    assert "Join Bo and 3 supporters today." in text


def test_who_takes_over_without_having_signed_is_no_supporter(as_user, ana, bo, client):
    petition = PetitionFactory(in_review=True, organizer=ana, title="Mend", slug="mend")
    petition.publish(by=UserFactory())
    join(petition, bo)
    hand_over(as_user, petition, ana, bo)
    assert Signature.objects.get().given_name == "Ana"
    assert not Signature.objects.filter(is_organizer=True).exists()
    assert "Join Bo and 1 supporter today." in words(client.get("/petitions/mend/"))


def test_a_name_of_their_own_goes_with_them_a_groups_name_stays(as_user, ana, bo, petition):
    for name, after in {
        "Ana Ferreira": "",
        "Neighbours of Weir Lane": "Neighbours of Weir Lane",
    }.items():
        petition = PetitionFactory(is_open=True, organizer=ana, organizer_name=name)
        join(petition, bo)
        ownership.take_over(team.offer(petition, to=bo, by=ana), by=bo)
        assert Petition.objects.get(pk=petition.pk).organizer_name == after
        assert PageRecall.objects.filter(petition=petition).exists()


def test_an_offer_is_void_once_anything_changed(ana, bo, mo, petition):
    def refused(offer) -> bool:
        with pytest.raises(team.NoLonger), transaction.atomic():
            ownership.take_over(offer, by=bo)
        return Petition.objects.get(pk=petition.pk).organizer != bo

    member = join(petition, bo)
    first = team.offer(petition, to=bo, by=ana)
    second = team.offer(petition, to=bo, by=ana)
    assert refused(first)  # replaced
    OwnershipOffer.objects.update(expires_at="2020-01-01T00:00Z")
    assert refused(second)  # too old
    third = team.offer(petition, to=bo, by=ana)
    team.remove(member, by=ana)
    assert refused(third)
    join(petition, bo)
    fourth = team.offer(petition, to=bo, by=ana)
    Petition.objects.update(organizer=mo)  # by moderators
    assert refused(fourth)
    with pytest.raises(team.NoLonger):
        team.offer(petition, to=bo, by=ana)


def test_who_lost_the_petition_manages_it_no_more(ana, bo, petition):
    """Their page is still open, and shows the buttons."""
    join(petition, bo)
    stale = Petition.objects.get()
    ownership.take_over(team.offer(petition, to=bo, by=ana), by=bo)
    with pytest.raises(team.NoLonger):
        team.invite(stale, address="x@example.org", role=Role.EDIT, by=ana)
    assert not Invitation.objects.exists()


def test_a_moderator_who_changes_the_organizer_renames_nobody(as_user, ana, bo, mo, page_of):
    petition = PetitionFactory(in_review=True, organizer=ana)
    petition.publish(by=mo)
    client = as_user(mo)
    address = f"/admin/petitions/petition/{petition.pk}/change/"
    data = page_of(client, petition, organizer=str(bo.pk))
    assert client.post(address, data).status_code == 302
    data = page_of(client, petition, organizer_name="The Neighbours")
    assert client.post(address, data).status_code == 302
    hers = Signature.objects.get()
    assert (hers.given_name, hers.is_organizer) == ("Ana", False)


def test_old_invitations_are_forgotten_with_their_addresses(ana, petition):
    team.invite(petition, address="x@example.org", role=Role.VIEW, by=ana)
    Invitation.objects.update(expires_at="2020-01-01T00:00Z")
    team.invite(petition, address="y@example.org", role=Role.VIEW, by=ana)
    OutgoingMail.objects.all().delete()
    call_command("work", "--once")
    assert Invitation.objects.get().address == "y@example.org"


def test_events_are_never_changed(ana, petition):
    team.invite(petition, address="x@example.org", role=Role.VIEW, by=ana)
    event = PetitionEvent.objects.get()
    for act_on in (event.save, event.delete):
        with pytest.raises(TypeError):
            act_on()


def test_the_petitions_page_leads_there(as_user, ana, petition):
    html = as_user(ana).get(f"/admin/petitions/petition/{petition.pk}/change/").content.decode()
    assert re.search(rf'href="{page(petition)}">Team<', html)
