"""Who may download supporters, after which log-in, and who sees that they did."""

import pytest

from petitions.models import TeamMember
from supporters.models import Consent, Download
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.accounts.conftest import PASSWORD
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana):
    petition = PetitionFactory(is_open=True, organizer=ana, slug="mend", title="Mend the bridge")
    consent = Consent.objects.create(purpose="organizer_writes", language="en", wording="Yes")
    SignatureFactory(petition=petition, is_confirmed=True, consent=consent, email="sam@example.org")
    return petition


@pytest.fixture
def with_password(ana):
    ana.set_password(PASSWORD)
    ana.save()
    ana.trust_email()
    return ana


@pytest.fixture
def just_asked(as_user):
    """A client of somebody who has typed their password, so many seconds ago."""

    def client(user, *, seconds: float = 0):
        user.set_password(PASSWORD)
        user.save()
        user.trust_email()
        browser = as_user(user)
        assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
        session = browser.session
        session["account_authentication_methods"][-1]["at"] -= seconds
        session.save()
        return browser

    return client


def address(petition) -> str:
    return f"/admin/petitions/petition/{petition.pk}/download/"


def content(response) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_the_organizer_gets_the_file(just_asked, ana, petition):
    client = just_asked(ana)
    assert "Downloads so far None yet" in words(client.get(address(petition)))
    response = client.post(address(petition))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="mend-20')
    assert "no-store" in response["Cache-Control"]
    assert response.streaming
    assert content(response).splitlines()[1].startswith("sam@example.org,")
    noted = Download.objects.get()
    assert (noted.petition, noted.by, noted.by_name) == (petition, ana, "ana")
    assert (noted.rows, noted.addresses) == (1, 1)
    assert "ana 1 1" in words(client.get(address(petition)))


@pytest.mark.parametrize(("role", "may"), [("view", False), ("update", False), ("edit", True)])
def test_members_of_the_team_by_their_role(just_asked, bo, petition, role, may):
    TeamMember.objects.create(petition=petition, user=bo, role=role)
    client = just_asked(bo)
    for method in (client.get, client.post):
        assert method(address(petition)).status_code == (200 if may else 403)
    page = client.get(f"/admin/petitions/petition/{petition.pk}/change/").content.decode()
    assert (address(petition) in page) is may


def test_strangers_and_moderators_do_not(just_asked, bo, mo, nobody_yet, client, petition):
    for user in (bo, mo, nobody_yet):
        for method in (just_asked(user).get, just_asked(user).post):
            assert method(address(petition)).status_code in {302, 403, 404}
    for method in (client.get, client.post):
        assert "login" in method(address(petition))["Location"]
    assert not Download.objects.exists()


@pytest.mark.parametrize("path", ["0", "x", "99999999999999999999"])
def test_no_such_petition(as_user, ana, path):
    response = as_user(ana).get(f"/admin/petitions/petition/{path}/download/")
    assert response.status_code in {302, 404}


def test_the_password_is_asked_for_first(as_user, with_password, petition):
    client = as_user(with_password)
    asked = client.get(address(petition))
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert client.get(address(petition)).status_code == 302
    back = client.post(asked["Location"], {"password": PASSWORD})
    assert back["Location"] == address(petition)
    assert client.get(address(petition)).status_code == 200
    assert "sam@example.org" in content(client.post(address(petition)))


def test_who_pressed_too_late_gets_the_file_after_the_password(as_user, with_password, petition):
    client = as_user(with_password)
    asked = client.post(address(petition))
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    assert not Download.objects.exists()
    assert "sam@example.org" in content(client.post(asked["Location"], {"password": PASSWORD}))
    assert Download.objects.get().by == with_password


def test_not_after_a_while(just_asked, with_password, petition, settings):
    assert settings.ACCOUNT_REAUTHENTICATION_TIMEOUT == 5 * 60
    for seconds, status in ((290, 200), (310, 302)):
        client = just_asked(with_password, seconds=seconds)
        assert client.get(address(petition)).status_code == status


def test_a_form_of_another_site_starts_no_download(just_asked, ana, petition):
    client = just_asked(ana)
    client.handler.enforce_csrf_checks = True
    assert client.post(address(petition)).status_code == 403
    assert not Download.objects.exists()


def test_the_page_tells_what_the_box_says(just_asked, ana, petition, settings):
    assert "does not ask for addresses" in words(just_asked(ana).get(address(petition)))
    settings.PETITIONS_ASK_TO_SHARE = True
    assert "Give the organizer my email address" in words(just_asked(ana).get(address(petition)))


def test_moderators_see_who_did_and_change_nothing(as_user, ana, bo, mo, petition):
    noted = Download.objects.create(petition=petition, by=ana, by_name="ana", rows=7)
    listed = "/admin/supporters/download/"
    assert "Mend the bridge ana 7" in words(as_user(mo).get(listed))
    page = as_user(mo).get(f"{listed}{noted.pk}/change/")
    assert 'name="_save"' not in page.content.decode()
    for path in (f"{listed}add/", f"{listed}{noted.pk}/delete/"):
        assert as_user(mo).post(path).status_code == 403
    for user in (ana, bo):
        assert as_user(user).get(listed).status_code == 403


def test_an_account_that_is_gone_leaves_its_name(petition, bo):
    Download.objects.create(petition=petition, by=bo, by_name="bo", rows=7)
    bo.delete()
    assert (Download.objects.get().by, Download.objects.get().by_name) == (None, "bo")


def test_an_account_without_a_password_chooses_one_by_mail_first(as_user, ana, petition):
    """Whoever sits at somebody's open session cannot be asked anything else."""
    ana.set_unusable_password()
    ana.save()
    client = as_user(ana)
    for answer in (client.get(address(petition)), client.post(address(petition))):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/")
    assert "your account has none yet" in client.get("/accounts/password/reset/").content.decode()
    assert not Download.objects.exists()
