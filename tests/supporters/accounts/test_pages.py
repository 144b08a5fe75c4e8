"""What is true of every page of accounts; sessions; the account's own page."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from supporters.models import OutgoingMail
from tests.supporters.accounts.conftest import PASSWORD, logged_in, typed

pytestmark = pytest.mark.django_db

FOR_ALL = [
    "/accounts/login/", "/accounts/signup/", "/accounts/inactive/", "/accounts/confirm-email/",
    "/accounts/confirm-email/x/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-x/", "/accounts/password/reset/key/done/",
]  # fmt: skip
FOR_MEMBERS = [
    "/accounts/", "/accounts/email/", "/accounts/password/change/", "/accounts/logout/",
    "/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/sessions/", "/accounts/reauthenticate/",
]  # fmt: skip


def check(page, path):
    text = page.content.decode()
    assert page.status_code == 200, path
    assert page["Cache-Control"] == "no-store, private", path
    assert page["X-Robots-Tag"] == "noindex", path
    assert '<meta name="robots" content="noindex">' in text, path
    assert "style=" not in text, path
    assert "<style" not in text, path
    assert "unsafe" not in page["Content-Security-Policy"], path
    assert text.count("<h1") == 1, path
    assert "css/site.css" in text, path


@pytest.mark.parametrize("path", FOR_ALL)
def test_pages_for_everybody(client, path):
    check(client.get(path), path)


@pytest.mark.parametrize("path", FOR_MEMBERS)
def test_pages_for_members(client, mo, path):
    asked = client.get(path)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/login/")
    client.force_login(mo)
    check(client.get(path), path)


@pytest.mark.parametrize("path", [*FOR_ALL, *FOR_MEMBERS])
def test_in_spanish_for_a_browser_that_asks_for_it(mo, path):
    client = Client(headers={"accept-language": "es-MX,es;q=0.9"})
    if path in FOR_MEMBERS:
        client.force_login(mo)
    text = client.get(path).content.decode()
    assert '<html lang="es"' in text
    for english in ("Log in", "password", "Password", "address", "account", "Your "):
        assert f">{english}" not in text, english
        assert f" {english} " not in text, english


def test_a_cookie_is_needed_to_log_in_and_not_to_read(client, mo):
    client.post("/accounts/login/", typed())
    assert "sessionid" in client.cookies
    page = client.get("/")
    assert not page.cookies
    assert "Cookie" not in page.get("Vary", "")


def test_sessions_are_listed_and_can_be_ended(mo):
    here = Client(headers={"user-agent": "Here/1"})
    there = Client(headers={"user-agent": "There/2"}, REMOTE_ADDR="192.0.2.7")
    for client in (here, there):
        client.post("/accounts/login/", typed())
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("Since ") == 2
    assert "There/2" in page
    assert "192.0.2.7" in page
    assert page.count("this browser") == 1
    here.post("/accounts/sessions/")
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert UserSession.objects.count() == 1
    assert "You are logged in nowhere else." in here.get("/accounts/sessions/").content.decode()


def test_a_new_password_logs_out_every_other_browser(mo):
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/accounts/login/", typed())
    new = "quite-another-12"
    form = {"oldpassword": "wrong", "password1": new, "password2": new}
    page = here.post("/accounts/password/change/", form)
    assert b'<a href="#id_oldpassword">This is not your present password.</a>' in page.content
    done = here.post("/accounts/password/change/", {**form, "oldpassword": PASSWORD}, follow=True)
    assert b"Your password is changed." in done.content
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302


def test_a_stolen_session_adds_no_address(client, mo):
    """It would get a link for a new password there."""
    client.force_login(mo)
    typed_in = {"action_add": "1", "email": "thief@example.net"}
    answer = client.post("/accounts/email/", typed_in)
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert client.post(answer["Location"], {"password": "guessed"}).status_code == 200
    assert not OutgoingMail.objects.filter(recipient="thief@example.net").exists()
    client.post(answer["Location"], {"password": PASSWORD})
    assert OutgoingMail.objects.filter(recipient="thief@example.net").exists()


def test_the_main_address_stays(client, mo):
    logged_in(client, mo)
    client.post("/accounts/email/", {"action_add": "1", "email": "mo@example.net"})
    page = client.post(
        "/accounts/email/", {"action_remove": "1", "email": "mo@example.org"}, follow=True
    )
    assert b"The main address cannot be removed." in page.content
    page = client.post(
        "/accounts/email/", {"action_remove": "1", "email": "mo@example.net"}, follow=True
    )
    assert b"mo@example.net is removed." in page.content


def test_the_worker_forgets_where_nobody_is_logged_in_any_more(mo):
    here, there, out = Client(), Client(), Client()
    for client in (here, there, out):
        client.post("/accounts/login/", typed())
    Session.objects.filter(pk=there.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    out.post("/accounts/logout/")
    call_command("work", "--once")
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]
    assert Session.objects.count() == 1


def test_the_account_is_called_by_its_name_and_found_from_the_admin(client, mo):
    mo.first_name, mo.last_name, mo.is_staff = "Mo", "Lindqvist", True
    mo.save()
    client.force_login(mo)
    assert b"<strong>Mo Lindqvist</strong>" in client.get("/accounts/").content
    assert b'<a href="/accounts/">Your account</a>' in client.get("/admin/").content


def test_a_lone_main_address_offers_only_what_can_be_done(client, mo):
    logged_in(client, mo)
    page = client.get("/accounts/email/").content.decode()
    assert "Remove" in page
    assert "Make it the main address" not in page
    assert "Send the link again" not in page
    client.post("/accounts/email/", {"action_add": "1", "email": "mo.two@example.org"})
    page = client.get("/accounts/email/").content.decode()
    assert "Make it the main address" in page
    assert "Send the link again" in page
