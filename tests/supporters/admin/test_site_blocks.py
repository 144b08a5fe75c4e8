"""Block lists in the admin: entered, found again by who knows what is blocked, ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import StaffAct
from supporters.blocking import address_values
from supporters.models import SiteBlock
from tests.factories import PetitionFactory
from tests.supporters.fraud_world import sign

pytestmark = pytest.mark.django_db

LIST, ADD = "/admin/supporters/siteblock/", "/admin/supporters/siteblock/add/"


@pytest.fixture
def client(as_user, mo):
    return as_user(mo)


def add(client, kind: str, typed: str, **more):
    return client.post(ADD, {"kind": kind, "typed": typed, "reason": "A wave.", **more})


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("domain", "@Mailer.Example", "mailer.example"),
        ("network", "203.0.113.9/24", "203.0.113.0/24"),
        ("network", "2001:db8::1", "2001:db8::1/128"),
    ],
)
def test_entered_and_written_down(client, mo, kind, typed, value):
    assert add(client, kind, typed)["Location"] == LIST
    block = SiteBlock.objects.get()
    assert (block.value, block.key, block.created_by) == (value, f"{kind}:{value}", mo)
    act = StaffAct.objects.get()
    assert (act.verb, act.actor, act.note) == ("blocked", mo, f"{value}: A wave.")
    assert value in client.get(LIST).content.decode()
    assert value in client.get(f"{LIST}{block.pk}/change/").content.decode()


def test_of_an_address_only_a_hash_is_kept(client):
    add(client, "address", "Sam+x@Example.org")
    block = SiteBlock.objects.get()
    assert block.value == address_values("sam@example.org")[0]
    assert StaffAct.objects.get().note == "A wave."
    for place in (LIST, f"{LIST}{block.pk}/change/"):
        assert "example.org" not in client.get(place).content.decode().lower().replace(
            "sam@example.org", ""
        )
    assert "1 block" in client.get(f"{LIST}?q=sam@example.org").content.decode()
    assert "0 blocks" in client.get(f"{LIST}?q=noor@example.org").content.decode()


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("address", "sam", "This is no address"),
        ("domain", "example", "This is no domain"),
        ("network", "203.0.113.0/23", "Of this size no network can be blocked"),
        ("network", "here", "This is no network"),
        ("planet", "earth", "Select a valid choice"),
    ],
)
def test_mistakes_are_told(client, kind, typed, said):
    answer = add(client, kind, typed)
    assert said in answer.content.decode()
    assert typed in answer.content.decode()
    assert not SiteBlock.objects.exists()


def test_not_twice_unless_it_has_ended(client):
    add(client, "domain", "mailer.example")
    assert "This is blocked already." in add(client, "domain", "mailer.example").content.decode()
    SiteBlock.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert add(client, "domain", "mailer.example").status_code == 302
    assert SiteBlock.objects.get().expires_at is None


def test_an_end_in_the_past_is_refused(client):
    past = {"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}
    assert "This is in the past." in add(client, "domain", "a.example", **past).content.decode()
    soon = timezone.localtime() + timedelta(days=2)
    future = {"expires_at_0": f"{soon:%Y-%m-%d}", "expires_at_1": "00:00"}
    assert add(client, "domain", "a.example", **future).status_code == 302


def test_a_domain_that_many_have_is_asked_about(client):
    sign(PetitionFactory(is_open=True), 20, domain="gmail.com")
    asked = add(client, "domain", "googlemail.com").content.decode()
    assert "20 of the last 20 signatures have such an address" in asked
    assert not SiteBlock.objects.exists()
    assert add(client, "domain", "googlemail.com", anyway="on").status_code == 302
    assert SiteBlock.objects.get().value == "gmail.com"


def test_ended(client, mo):
    add(client, "domain", "mailer.example")
    block = SiteBlock.objects.get()
    assert client.post(f"{LIST}{block.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not SiteBlock.objects.exists()
    acts = StaffAct.objects.order_by("pk").values_list("verb", "actor", "note")
    note = "mailer.example: A wave."
    assert list(acts) == [("blocked", mo.pk, note), ("unblocked", mo.pk, note)]


def test_a_list_is_not_ended_line_by_line(client):
    block = SiteBlock.objects.create(
        kind="domain", value="a.example", key="domain:a.example", reason="list", is_listed=True
    )
    assert client.post(f"{LIST}{block.pk}/delete/", {"post": "yes"}).status_code == 403
