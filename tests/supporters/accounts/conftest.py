"""Mo has an account with a confirmed address; `post` sends the mails for real and returns them."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command

from petitions.models import User
from tests.factories import UserFactory

PASSWORD = "only-for-tests-7"


def member(username: str = "mo", *, confirmed: bool = True, **fields) -> User:
    user = UserFactory(username=username, first_name=username.title(), **fields)
    user.set_password(PASSWORD)
    user.save()
    if confirmed:
        user.trust_email()
    return user


def typed(login: str = "mo", password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"login": login, "password": password, **more}


def logged_in(client, user: User) -> None:
    """As who has typed the password again a moment ago."""
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


@pytest.fixture
def mo(db) -> User:
    return member(is_staff=True)


@pytest.fixture
def post(smtp_server) -> Callable[[], list]:
    """Let the worker send what waits, through a real SMTP server; the mails that came of it."""

    def send() -> list:
        smtp_server.clear()
        call_command("work", "--once")
        return smtp_server.messages

    return send


def link_in(message, page: str) -> str:
    """The path of the one link to this page in the mail's text; the same is in its HTML."""
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    [path] = set(re.findall(rf"http://localhost:8000({page}[^\s\"<]*)", text))
    assert path in html
    return path
