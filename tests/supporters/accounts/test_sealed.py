"""What was posted before the password was asked for again: sealed, for ten minutes, used once."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from supporters.models import Signature
from tests.factories import SignatureFactory
from tests.supporters.accounts.conftest import PASSWORD
from tests.supporters.admin.conftest import _staff

pytestmark = pytest.mark.django_db

SECRET = "Noor wrote from Harbour Road."


@pytest.fixture
def signature():
    return SignatureFactory(is_confirmed=True)


@pytest.fixture
def posted(client, signature):
    """A browser that has posted it, and where the password is asked for."""
    mo = _staff("mo", "Moderators")
    mo.set_password(PASSWORD)
    mo.save()
    mo.trust_email()
    client.force_login(mo)
    act = f"/admin/supporters/signature/{signature.pk}/act/erase/"
    return client, client.post(act, {"reason": SECRET})["Location"]


def stored() -> str:
    return "".join(str(row.get_decoded()) for row in Session.objects.all())


def test_nothing_of_it_can_be_read_in_the_database(posted):
    client, _asked = posted
    assert STATE_SESSION_KEY in stored()
    for part in (
        "Noor",
        "Harbour",
        "reason",
        "csrf",
        "HTTP_COOKIE",
        client.cookies["unseal"].value,
    ):
        assert part not in stored()


def test_the_key_is_the_browsers_for_ten_minutes(posted):
    cookie = posted[0].cookies["unseal"]
    assert (cookie["max-age"], cookie["path"]) == (600, "/accounts/")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_wrong_password_then_the_right_one(posted, signature):
    client, asked = posted
    client.get(asked)
    assert client.post(asked, {"password": "wrong"}).status_code == 200
    assert "Harbour" not in stored()
    assert client.post(asked, {"password": PASSWORD}).status_code == 302
    assert Signature.objects.get().status == "withdrawn"
    assert STATE_SESSION_KEY not in stored()
    assert client.cookies["unseal"].value == ""


def test_without_the_key_it_is_gone(posted):
    client, asked = posted
    del client.cookies["unseal"]
    answer = client.post(asked, {"password": PASSWORD})
    assert answer["Location"].endswith("/act/erase/")
    assert Signature.objects.get().status == "confirmed"
    assert STATE_SESSION_KEY not in stored()


@pytest.mark.parametrize("key", ["x", "é", "A" * 43 + "=", ""])
def test_with_another_key_too(posted, key):
    client, asked = posted
    client.cookies["unseal"] = key
    assert client.post(asked, {"password": PASSWORD}).status_code == 302
    assert Signature.objects.get().status == "confirmed"
    assert STATE_SESSION_KEY not in stored()


def test_after_ten_minutes_it_is_gone_whatever_the_browser_keeps(posted):
    client, asked = posted
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.post(asked, {"password": PASSWORD}).status_code == 302
    assert Signature.objects.get().status == "confirmed"
    assert STATE_SESSION_KEY not in stored()


def test_public_pages_ask_for_no_session(client, signature):
    response = client.get(signature.petition.get_absolute_url())
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
