"""Where the site asks for it, moderators act in the admin with a second factor only."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client

from petitions.models import Petition, StaffAct
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.accounts.test_second_factor import code_for

pytestmark = pytest.mark.django_db

PASSWORD = "only-for-tests-7"


@pytest.fixture(autouse=True)
def _wanted(settings):
    settings.PETITIONS_SECOND_FACTOR = True


@pytest.fixture
def petition():
    return PetitionFactory(in_review=True)


def publish(petition):
    return f"/admin/petitions/petition/{petition.pk}/move/publish/"


def give(user, kind="totp"):
    return Authenticator.objects.create(user=user, type=kind, data={"secret": "x"})


def test_without_one_a_moderator_reads_and_is_told(as_user, mo, petition):
    client = as_user(mo)
    for address in ("/admin/", "/admin/queue/", publish(petition), "/admin/petitions/target/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "To act as a moderator you need a second factor." in answer.content.decode()


def test_without_one_nothing_is_done_and_they_are_led_there(as_user, mo, petition):
    client = as_user(mo)
    place = f"/admin/petitions/petition/{petition.pk}/"
    for address, typed in (
        (publish(petition), {}),
        (f"{place}claim/", {"action": "claim"}),
        (f"{place}review/", {"note": "x"}),
        ("/admin/queue/", {"action": "claim", "_selected_action": petition.pk}),
        ("/admin/petitions/topic/add/", {"name": "Bridges"}),
    ):
        answer = client.post(address, typed)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    text = client.get("/accounts/2fa/").content.decode()
    assert "Nothing was done yet: moderators act with a second factor only." in text
    assert Petition.objects.get().status == "in_review"
    assert not StaffAct.objects.exists()


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_one_they_act(as_user, mo, petition, kind):
    give(mo, kind)
    client = as_user(mo)
    assert "second factor" not in client.get("/admin/queue/").content.decode()
    client.post(publish(petition))
    assert Petition.objects.get().status == "open"


def test_recovery_codes_alone_are_none(as_user, mo, petition):
    give(mo, "recovery_codes")
    as_user(mo).post(publish(petition))
    assert Petition.objects.get().status == "in_review"


def test_organizers_are_not_asked(as_user, ana):
    petition = PetitionFactory(organizer=ana)
    client = as_user(ana)
    assert "second factor" not in client.get("/admin/").content.decode()
    client.post(f"/admin/petitions/petition/{petition.pk}/move/submit/")
    assert Petition.objects.get().status == "in_review"


@pytest.mark.parametrize("name", ["remove_signature", "export_signature", "erase_signature"])
def test_whoever_may_do_more_than_organizers_is_asked(as_user, ana, name):
    petition = PetitionFactory(organizer=ana)
    ana.user_permissions.add(Permission.objects.get(codename=name))
    client = as_user(ana)
    assert "second factor" in client.get("/admin/").content.decode()
    submit = f"/admin/petitions/petition/{petition.pk}/move/submit/"
    assert client.post(submit)["Location"] == "/accounts/2fa/"
    give(ana)
    client.post(submit)
    assert Petition.objects.get().status == "in_review"


def test_what_a_site_gave_all_its_organizers_is_no_more(as_user, ana):
    petition = PetitionFactory(organizer=ana)
    Group.objects.get(name="Organizers").permissions.add(
        Permission.objects.get(codename="view_page")
    )
    as_user(ana).post(f"/admin/petitions/petition/{petition.pk}/move/submit/")
    assert Petition.objects.get().status == "in_review"


@pytest.mark.parametrize(
    "address",
    ["totp/deactivate/", "totp/activate/", "webauthn/add/", "recovery-codes/generate/"],
)
def test_a_stolen_session_alone_changes_no_factor(as_user, mo, address):
    mo.set_password("long enough, surely")
    mo.save()
    mo.trust_email()
    Authenticator.objects.create(user=mo, type="totp", data={"secret": "x"})
    thief = as_user(mo)
    for ask in (thief.get, thief.post):
        answer = ask(f"/accounts/2fa/{address}", {"code": "123456"})
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert [each.type for each in Authenticator.objects.filter(user=mo)] == ["totp"]


def test_they_can_log_out(as_user, mo):
    client = as_user(mo)
    assert client.post("/admin/logout/").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_where_it_is_switched_off_nobody_is_asked(as_user, mo, petition, settings):
    settings.PETITIONS_SECOND_FACTOR = False
    as_user(mo).post(publish(petition))
    assert Petition.objects.get().status == "open"


@pytest.mark.django_db(transaction=True)
def test_the_first_superuser_gets_in_sets_it_up_and_goes_on(petition):
    root = UserFactory(username="root", is_staff=True, is_superuser=True)
    root.set_password(PASSWORD)
    root.save()
    root.trust_email()
    client = Client()
    client.post("/accounts/login/", {"login": "root", "password": PASSWORD})
    assert client.post(publish(petition))["Location"] == "/accounts/2fa/"
    again = client.get("/accounts/2fa/totp/activate/")["Location"]
    page = client.post(again, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    typed = {"code": code_for(secret)}
    done = client.post("/accounts/2fa/totp/activate/", typed, follow=True)
    text = done.content.decode()
    assert "You can act as a moderator now." in text
    assert f'<a href="{publish(petition)}">Go on where you were</a>' in text
    client.post(publish(petition))
    assert Petition.objects.get().status == "open"


@pytest.mark.django_db(transaction=True)
def test_who_logged_in_before_with_the_password_alone_is_logged_out(mo, petition):
    mo.set_password(PASSWORD)
    mo.save()
    mo.trust_email()
    other = UserFactory(username="other", is_staff=True)
    owner, thief, stranger = Client(), Client(), Client()
    for client in (owner, thief):
        client.post("/accounts/login/", {"login": "mo", "password": PASSWORD})
    stranger.force_login(other)
    assert thief.get("/admin/").status_code == 200
    again = owner.get("/accounts/2fa/totp/activate/")["Location"]
    page = owner.post(again, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    owner.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert thief.post(publish(petition))["Location"].startswith("/admin/login/")
    assert Petition.objects.get().status == "in_review"
    assert stranger.get("/admin/").status_code == 200
    owner.post(publish(petition))
    assert Petition.objects.get().status == "open"
