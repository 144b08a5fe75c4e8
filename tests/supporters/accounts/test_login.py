"""Logging in: by name or address, never elsewhere afterwards, and not by trying for long."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.supporters.accounts.conftest import PASSWORD, member, typed

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.mark.parametrize("login", ["mo", "MO", "mo@example.org", "Mo@Example.org"])
def test_by_name_or_address(client, mo, login):
    answer = client.post(LOGIN, typed(login))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_who_has_no_business_in_the_admin_comes_to_the_account(client):
    member("sam")
    assert client.post(LOGIN, typed("sam"))["Location"] == "/accounts/"
    page = client.get("/accounts/")
    assert page.status_code == 200
    assert b"/admin/" not in page.content
    assert client.get("/admin/login/").status_code == 403


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, mo):
    def said(login, password):
        answer = client.post(LOGIN, typed(login, password))
        assert answer.status_code == 200
        text = answer.content.decode().replace(f'value="{login}"', "")
        parts = text.split('name="csrfmiddlewaretoken" value="')
        return [part[65:] for part in parts], answer.context["form"].errors

    wrong = "The name or address and the password do not belong together."
    answers = [said("mo", "wrong"), said("nobody", "wrong"), said("nobody@example.org", "wrong")]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][1] == {"__all__": [wrong]}


def test_errors_lead_to_their_fields(client, db):
    page = client.post(LOGIN, {}).content.decode()
    assert "<title>Error:" in page
    for name, label in (("login", "User name or email address"), ("password", "Password")):
        assert f'<a href="#id_{name}">Fill this in: {label}</a>' in page
        assert f'aria-describedby="id_{name}_error"' in page


class TestAfterwards:
    def test_to_the_page_that_was_asked_for(self, client, mo):
        asked = client.get("/admin/petitions/petition/?q=a", follow=True)
        assert asked.redirect_chain[-1][0].startswith("/accounts/login/?next=%2Fadmin%2F")
        answer = client.post(asked.redirect_chain[-1][0], typed())
        assert answer["Location"] == "/admin/petitions/petition/?q=a"

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
         "https:evil.example"],
    )  # fmt: skip
    def test_never_to_another_site(self, client, mo, elsewhere):
        answer = client.post(LOGIN, typed(next=elsewhere), QUERY_STRING=f"next={elsewhere}")
        assert answer["Location"] == "/admin/"
        to_admin = client.get("/admin/login/", {"next": elsewhere})
        assert to_admin["Location"] == "/admin/"


class TestTheAdmin:
    def test_logs_in_through_the_accounts(self, client, mo):
        answer = client.get("/admin/", follow=True)
        assert answer.redirect_chain == [
            ("/admin/login/?next=/admin/", 302),
            ("/accounts/login/?next=%2Fadmin%2F", 302),
        ]

    @pytest.mark.parametrize("logged_in", [False, True])
    def test_its_own_log_in_lets_nobody_in(self, client, mo, logged_in):
        boss = member("boss", is_staff=True, is_superuser=True)
        if logged_in:
            client.force_login(mo)
        client.post("/admin/login/", {"username": "boss", "password": PASSWORD, "next": "/admin/"})
        assert client.session.get("_auth_user_id") == (str(mo.pk) if logged_in else None)
        assert boss.last_login is None

    def test_passwords_are_changed_where_the_owner_is_told(self, client, mo):
        client.force_login(mo)
        answer = client.get("/admin/password_change/")
        assert answer["Location"] == "/accounts/password/change/"


class TestTooManyTries:
    def test_the_sixth_for_an_account_waits_even_with_the_right_password(self, client, mo):
        for _ in range(5):
            client.post(LOGIN, typed(password="wrong"))
        page = client.post(LOGIN, typed())
        assert page.status_code == 200
        assert "Too many tries failed. Wait five minutes" in page.content.decode()
        assert "_auth_user_id" not in client.session
        # Others are not locked out with them.
        member("ana")
        assert client.post(LOGIN, typed("ana")).status_code == 302

    def test_so_does_it_from_another_network(self, client, mo):
        for n in range(5):
            client.post(LOGIN, typed(password="wrong"), REMOTE_ADDR=f"192.0.2.{n}")
        page = client.post(LOGIN, typed(), REMOTE_ADDR="198.51.100.1")
        assert "Too many tries failed" in page.content.decode()

    def test_the_tries_of_many_others_do_not_push_them_out(self, client, mo):
        for _ in range(5):
            client.post(LOGIN, typed(password="wrong"))
        for n in range(2_000):  # what a counter of each of them would be
            cache.set(f"another:{n}", [n], 300)
        page = client.post(LOGIN, typed())
        assert "Too many tries failed" in page.content.decode()

    def test_a_client_has_so_many_whatever_names_it_tries(self, client, mo, settings):
        settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "login": "3/minute"}
        for n in range(3):
            assert client.post(LOGIN, typed(f"name{n}")).status_code == 200
        answer = client.post(LOGIN, typed())
        assert (answer.status_code, answer["Retry-After"]) == (429, "600")
        assert answer["Cache-Control"] == "no-store, private"
        assert "Too many attempts came from your network." in answer.content.decode()

    def test_clients_are_told_apart_behind_a_trusted_proxy(self, mo, settings):
        settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "login": "1/minute"}
        settings.PETITIONS_TRUSTED_PROXIES = ["10.0.0.1"]

        def tried(forwarded, peer="10.0.0.1"):
            return Client(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded).post(
                LOGIN, typed(password="wrong")
            )

        assert tried("192.0.2.1").status_code == 200
        assert tried("192.0.2.1").status_code == 429
        assert tried("192.0.2.2").status_code == 200
        # Who is no proxy may write there what they like.
        assert tried("192.0.2.3", peer="198.51.100.1").status_code == 200
        assert tried("192.0.2.4", peer="198.51.100.1").status_code == 429


def test_an_account_that_is_switched_off_is_told_so_after_the_password_alone(client):
    member("sam", is_active=False)
    assert client.post(LOGIN, typed("sam"))["Location"] == "/accounts/inactive/"
    assert b"switched off" in client.get("/accounts/inactive/").content
    assert b"switched off" not in client.post(LOGIN, typed("sam", "wrong")).content


def test_logging_out_takes_a_press(client, mo):
    client.force_login(mo)
    assert b"Log out?" in client.get("/accounts/logout/").content
    assert client.session["_auth_user_id"] == str(mo.pk)
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client, db):
    page = client.get("/accounts/signup/")
    assert b"Accounts are made by those who run this site" in page.content
    client.post(
        "/accounts/signup/",
        {
            "email": "new@example.org",
            "username": "new",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    from petitions.models import User  # noqa: PLC0415

    assert not User.objects.filter(username="new").exists()
