"""Whose address counts as confirmed: made at the server, of a demo, and of before the upgrade."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import call_command

from petitions.models import User
from supporters.demo.seed import ACCOUNTS, _user
from tests.factories import UserFactory
from tests.supporters.accounts.conftest import member, typed

pytestmark = pytest.mark.django_db


def confirmed(user: User) -> list[str]:
    rows = EmailAddress.objects.filter(user=user, verified=True, primary=True)
    return list(rows.values_list("email", flat=True))


class TestSuperuser:
    def test_made_on_the_command_line_logs_in_at_once(self, client, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "only-for-tests-7")
        call_command(
            "createsuperuser", interactive=False, username="boss", email="Boss@Example.org"
        )
        assert confirmed(User.objects.get(username="boss")) == ["boss@example.org"]
        assert client.post("/accounts/login/", typed("boss"))["Location"] == "/admin/"

    def test_without_an_address_too(self, client, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "only-for-tests-7")
        call_command("createsuperuser", interactive=False, username="boss", email="")
        assert client.post("/accounts/login/", typed("boss"))["Location"] == "/admin/"

    def test_an_address_that_another_has_confirmed_stays_theirs(self):
        member("mo")
        boss = User.objects.create_superuser("boss", "mo@example.org", "x")
        assert confirmed(boss) == []


def test_log_ins_of_the_demo_work(client):
    for account in ACCOUNTS:
        _user(account)
        if account.logs_in:
            answer = client.post("/accounts/login/", typed(account.username, account.password))
            assert answer["Location"] == "/admin/"
            client.post("/accounts/logout/")


class TestUpgrade:
    def upgrade(self) -> None:
        import_module("supporters.migrations.0006_accounts").confirm_addresses(apps, None)

    def test_who_could_log_in_still_can(self, client):
        mo = member("mo", confirmed=False, email="Mo@Example.org")
        UserFactory(username="none", email="")
        self.upgrade()
        assert confirmed(mo) == ["mo@example.org"]
        assert EmailAddress.objects.count() == 1
        assert client.post("/accounts/login/", typed("mo")).status_code == 302

    def test_of_two_with_one_address_who_may_do_more_has_it(self):
        first = UserFactory(username="first", email="both@example.org")
        boss = UserFactory(username="boss", email="BOTH@example.org", is_superuser=True)
        self.upgrade()
        assert (confirmed(boss), confirmed(first)) == (["both@example.org"], [])
        assert EmailAddress.objects.get(user=first).primary

    def test_what_is_there_stays(self):
        mo = member("mo")
        mo.email = "other@example.org"
        mo.save()
        self.upgrade()
        assert confirmed(mo) == ["mo@example.org"]


class TestInTheAdmin:
    def test_a_new_account_confirms_its_address_at_the_first_log_in(self, client, admin_user):
        client.force_login(admin_user)
        form = {"username": "sam", "email": "sam@example.org", "usable_password": "true",
                "password1": "only-for-tests-7", "password2": "only-for-tests-7"}  # fmt: skip
        assert client.post("/admin/petitions/user/add/", form).status_code == 302
        sam = User.objects.get(username="sam")
        assert sam.email == "sam@example.org"
        client.logout()
        answer = client.post("/accounts/login/", typed("sam"))
        assert answer["Location"] == "/accounts/confirm-email/"

    def test_another_address_typed_there_replaces_the_old_ones(self, client, admin_user):
        mo = member("mo")
        client.force_login(admin_user)
        path = f"/admin/petitions/user/{mo.pk}/change/"
        form = client.get(path).context["adminform"].form
        values = {name: form.initial.get(name) or "" for name in form.fields}
        values |= {
            "email": "new@example.org",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "10:00",
        }
        answer = client.post(path, {name: value for name, value in values.items() if value})
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        assert not EmailAddress.objects.filter(user=mo).exists()
        client.logout()
        client.post("/accounts/login/", typed("mo"))
        assert [row.email for row in EmailAddress.objects.filter(user=mo)] == ["new@example.org"]
        assert confirmed(mo) == []
