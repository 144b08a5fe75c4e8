"""Ana and Bo organize, Mo moderates; each has a browser of their own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from petitions.models import Petition, User
from tests.factories import UserFactory
from tests.supporters.accounts.conftest import PASSWORD
from tests.supporters.admin.filled import filled


def _staff(username: str, group: str | None) -> User:
    user: User = UserFactory(username=username, first_name=username.title(), is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def ana(db) -> User:
    return _staff("ana", "Organizers")


@pytest.fixture
def bo(db) -> User:
    return _staff("bo", "Organizers")


@pytest.fixture
def mo(db) -> User:
    return _staff("mo", "Moderators")


@pytest.fixture
def nobody_yet(db) -> User:
    return _staff("new", None)


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A logged-in client; `as_user(ana).get("/admin/")`."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def asked_again(as_user):
    """A client of somebody who has just typed their password once more."""

    def client(user):
        user.set_password(PASSWORD)
        user.save()
        user.trust_email()
        browser = as_user(user)
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return browser

    return client


@pytest.fixture
def page_of() -> Callable[..., dict[str, Any]]:
    """What the change page of a petition would send back, read from the page itself."""
    return fields_of


def fields_of(client: Client, petition: Petition, **changes: Any) -> dict[str, Any]:
    """The values of the form and its inlines as the browser would post them, and changes."""
    return {**filled(client, f"/admin/petitions/petition/{petition.pk}/change/"), **changes}
