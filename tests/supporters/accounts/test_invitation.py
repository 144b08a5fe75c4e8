"""Accepting an invitation: by who proves the address, and by nobody else."""

import re

import pytest
from django.test import Client

from petitions import team
from petitions.models import Invitation, Petition, PetitionEvent, TeamMember, User
from petitions.roles import Role
from supporters import mails
from supporters.accounts.organizers import account_of
from supporters.models import OutgoingMail
from supporters.teams import joining
from supporters.teams import mails as team_mails
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.accounts.conftest import link_in, member
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db
PAGE = "/accounts/invitation/"


@pytest.fixture
def ana(db) -> User:
    return member("ana", is_staff=True)


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, title="Mend the bridge")


@pytest.fixture
def invitation(petition, ana) -> Invitation:
    made = team.invite(petition, address="bo@example.org", role=Role.UPDATE, by=ana)
    team_mails.invited(made)
    return made


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(invitation: Invitation) -> str:
    return f"{PAGE}{team_mails.token_of(invitation)}/"


def sent(post) -> str:
    [message] = post()
    return message


def test_who_has_confirmed_the_address_joins(invitation, petition, post):
    message = sent(post)
    assert message["To"] == "bo@example.org"
    text = message.get_body(("plain",)).get_content()
    assert "Ana Ferreira invites you" in text
    assert "Mend the bridge" in text
    path = link_in(message, PAGE)
    bo = member("bo")
    client = as_user(bo)
    assert "Join the team" in client.get(path).content.decode()
    assert not TeamMember.objects.exists()  # a GET does nothing
    answer = client.post(path, {"action": "accept"})
    assert answer["Location"] == f"/admin/petitions/petition/{petition.pk}/team/"
    assert "Welcome." in client.get(answer["Location"]).content.decode()
    joined = TeamMember.objects.get()
    assert (joined.user, joined.role) == (bo, "update")
    bo.refresh_from_db()
    assert bo.is_staff
    # Once.
    assert client.post(path, {"action": "accept"}).status_code == 404
    [told] = post()
    assert told["To"] == "ana@example.org"
    assert "Bo Ferreira is in the team" in told.get_body(("plain",)).get_content()


def test_a_forwarded_link_lets_nobody_else_in(invitation, petition):
    stranger = as_user(member("noor"))
    unconfirmed = as_user(member("bo", confirmed=False))
    for client in (stranger, unconfirmed):
        assert "went to an address that this account has not confirmed" in words(
            client.get(page(invitation))
        )
        for action in ("accept", "decline", ""):
            assert client.post(page(invitation), {"action": action}).status_code == 403
        text = client.get(page(invitation)).content.decode()
        assert "bo@example.org" not in text.replace('value="bo@example.org"', "")
    assert Invitation.objects.open().count() == 1
    assert not TeamMember.objects.exists()
    assert OutgoingMail.objects.filter(kind="team").count() == 1


def test_who_is_not_logged_in_gets_a_link_to_the_invited_address(
    invitation, petition, post, client
):
    post()
    assert client.post(page(invitation)).status_code == 200
    message = sent(post)
    assert message["To"] == "bo@example.org"
    path = link_in(message, PAGE)
    assert path.endswith("/key/")
    assert "bo@example.org" not in client.get(path).content.decode()
    assert not User.objects.filter(email="bo@example.org").exists()
    answer = client.post(path, {"given_name": "", "family_name": ""})
    assert answer.status_code == 200
    assert "Type your first name." in answer.content.decode()
    answer = client.post(path, {"given_name": "Bo", "family_name": "Okoye"})
    assert answer["Location"] == f"/admin/petitions/petition/{petition.pk}/team/"
    assert client.get(answer["Location"]).status_code == 200
    bo = TeamMember.objects.get().user
    assert (bo.email, bo.get_full_name(), bo.has_usable_password()) == (
        "bo@example.org",
        "Bo Okoye",
        False,
    )
    assert Client().post(path, {"given_name": "Eve", "family_name": ""}).status_code == 404


def test_with_and_without_an_account_the_page_answers_the_same(invitation, petition, ana, post):
    other = team.invite(petition, address="new@example.org", role=Role.VIEW, by=ana)
    member("bo")
    answers = []
    for each in (invitation, other):
        answer = Client().post(page(each))
        role = str(each.get_role_display())
        answers.append((answer.status_code, words(answer).replace(role, "X")))
    assert answers[0] == answers[1]
    texts = {message["To"]: message.get_body(("plain",)).get_content() for message in post()
             if "your link" in message["Subject"].lower()}  # fmt: skip
    assert "You have an account with this address already" in texts["bo@example.org"]
    assert "/key/" not in texts["bo@example.org"]
    assert "/key/" in texts["new@example.org"]


def test_the_link_to_get_in_logs_nobody_into_an_account_that_exists(invitation, post, client):
    client.post(page(invitation))
    path = [link_in(message, PAGE) for message in post()][-1]
    member("bo")
    answer = client.post(path, {"given_name": "Bo", "family_name": ""})
    assert "There is an account with this address already" in words(answer)
    assert not TeamMember.objects.exists()
    assert "_auth_user_id" not in client.session


def test_each_link_to_get_in_ends_the_one_before_and_ages(invitation, post, client):
    paths = []
    for _ in range(2):
        client.post(page(invitation))
        paths.append([link_in(message, PAGE) for message in post()][-1])
    assert client.get(paths[0]).status_code == 404
    assert client.get(paths[1]).status_code == 200
    Invitation.objects.update(key_sent_at="2020-01-01T00:00Z")
    assert client.get(paths[1]).status_code == 404


def test_links_to_get_in_are_limited(invitation, client):
    for _ in range(8):
        assert client.post(page(invitation)).status_code == 200
    letters = [mail.payload["letter"] for mail in OutgoingMail.objects.filter(kind="team")]
    assert letters.count("key") == 5


def test_declined(invitation, petition):
    client = as_user(member("bo"))
    assert client.post(page(invitation), {"action": "decline"}).status_code == 302
    assert client.get(page(invitation)).status_code == 404
    assert PetitionEvent.objects.latest("id").kind == "declined"
    assert not TeamMember.objects.exists()


def test_taken_back_expired_and_forged(invitation, petition, ana, post):
    client = as_user(member("bo"))
    good = page(invitation)
    other = team.invite(petition, address="x@example.org", role=Role.VIEW, by=ana)
    token = team_mails.token_of(invitation)
    forged = [
        token.replace(f"{invitation.pk}.", f"{other.pk}.", 1),
        f"{token}x",
        "x",
        "1.",
        "9" * 40,
    ]
    for wrong in forged:
        assert client.get(f"{PAGE}{wrong}/").status_code == 404
        assert client.get(f"{PAGE}{wrong}/key/").status_code == 404
    Invitation.objects.filter(pk=invitation.pk).update(expires_at="2020-01-01T00:00Z")
    assert client.post(good, {"action": "accept"}).status_code == 404
    Invitation.objects.filter(pk=invitation.pk).update(expires_at="2099-01-01T00:00Z")
    team.revoke(invitation, by=ana)
    assert client.post(good, {"action": "accept"}).status_code == 404
    assert not TeamMember.objects.exists()
    assert [mail["To"] for mail in post()] == []  # nothing is to be said any more


def test_an_unread_title_is_mailed_to_nobody(ana, post):
    draft = PetitionFactory(organizer=ana, title="Buy http://spam.example now")
    ana.first_name = "Win at http://spam.example"
    ana.save()
    made = team.invite(draft, address="bo@example.org", role=Role.EDIT, by=ana)
    team_mails.invited(made)
    mail = mails.compose(OutgoingMail.objects.get(kind="team"))
    assert "spam.example" not in mail.body
    assert "spam.example" not in mail.subject
    assert "spam" not in Client().get(page(made)).content.decode().replace("Win at http://spam", "")
    joined = as_user(member("bo"))
    assert "Buy http" in joined.get(page(made)).content.decode()


def test_an_account_that_is_in_already_gets_the_new_role(invitation, petition):
    bo = member("bo")
    TeamMember.objects.create(petition=petition, user=bo, role="view")
    as_user(bo).post(page(invitation), {"action": "accept"})
    assert TeamMember.objects.get().role == "update"


def test_the_organizer_stays_the_organizer(petition, ana):
    mo = UserFactory(username="mo")
    mo.is_superuser = True
    mo.save()
    made = team.invite(petition, address=ana.email, role=Role.VIEW, by=mo)
    assert as_user(ana).post(page(made), {"action": "accept"}).status_code == 404
    assert not TeamMember.objects.exists()


@pytest.mark.parametrize("what", ["joined", "left", "removed", "handed_over", "taken_over"])
def test_every_mail_is_made_for_members_without_a_name_too(petition, what):
    for first in ("Bo", ""):
        bo = UserFactory(first_name=first, last_name="")
        team_mails.told(what, petition, bo, about=bo)
        mail = mails.compose(OutgoingMail.objects.latest("id"))
        assert "Mend the bridge" in mail.body
        assert re.search(r"\S", mail.subject)
        assert "  " not in mail.body.replace("\n", "|")
        assert bool(first) is ("Hello" in mail.body)


@pytest.mark.parametrize("name", ["Win at https://evil.example/", "www.evil.com", "a@b.example"])
def test_a_name_that_mails_would_make_a_link_of_is_refused(invitation, post, client, name):
    client.post(page(invitation))
    path = [link_in(message, PAGE) for message in post()][-1]
    answer = client.post(path, {"given_name": name, "family_name": ""})
    assert answer.status_code == 200
    assert "Enter a name without a web address" in answer.content.decode()
    assert not User.objects.filter(email="bo@example.org").exists()


def test_a_name_is_one_line(invitation, post, client):
    client.post(page(invitation))
    path = [link_in(message, PAGE) for message in post()][-1]
    client.post(path, {"given_name": "Bo\nOkoye", "family_name": "\x00 "})
    assert TeamMember.objects.get().user.get_full_name() == "Bo Okoye"


def test_an_address_of_a_domain_that_only_looks_alike_lets_nobody_in(ana, petition, client):
    """PostgreSQL's upper() makes the same of them."""
    found = team.invite(petition, address="v@github.example", role=Role.EDIT, by=ana)
    eve = UserFactory(email="v@g\u0131thub.example")
    eve.trust_email()
    assert not joining.is_for(found, eve)
    assert account_of("v@github.example") is None
    assert account_of("v@g\u0131thub.example") == eve
    client.force_login(eve)
    client.post(page(found))
    assert not TeamMember.objects.exists()
