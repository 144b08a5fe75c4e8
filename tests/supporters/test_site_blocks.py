"""Block lists of the whole site: addresses, domains and networks that cannot sign, silently."""

from datetime import timedelta

import pytest
from django.utils import timezone

from supporters import metrics
from supporters.blocking import (
    address_values,
    domain_value,
    key_of,
    network_value,
    site_keys,
)
from supporters.confirming import Answer, confirm
from supporters.models import OutgoingMail, Signature, SiteBlock
from tests.factories import PetitionFactory, typed

pytestmark = pytest.mark.django_db

PAGE = "/petitions/mend/sign/"


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend")


def block(kind: str, value: str, **more) -> SiteBlock:
    return SiteBlock.objects.create(
        kind=kind, value=value, key=key_of(kind, value), reason="A wave.", **more
    )


def kept_out() -> float:
    return metrics.kept_out._value.get()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domain", "example.org"),
        ("domain", "mail.example.org"),
        ("network", "203.0.113.0/24"),
        ("network", "203.0.113.7/32"),
        ("network", "203.0.0.0/16"),
    ],
)
def test_nothing_is_stored_and_nothing_told(client, petition, kind, value):
    block(kind, value)
    before = kept_out()
    answer = client.post(PAGE, typed(email="noor@mail.example.org"), REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/petitions/mend/signed/?for=")
    page = client.get(answer["Location"]).content.decode()
    assert "noor@mail.example.org" in page
    assert (Signature.objects.count(), OutgoingMail.objects.count()) == (0, 0)
    assert kept_out() == before + 1


def test_an_address_in_all_its_spellings(client, petition):
    block("address", address_values("noor@gmail.com")[0])
    client.post(PAGE, typed(email="No.Or+x@GoogleMail.com"))
    assert not Signature.objects.exists()
    client.post(PAGE, typed(email="moor@gmail.com"))
    assert Signature.objects.count() == 1


def test_an_address_under_an_older_key_holds_on(client, petition, settings):
    block("address", address_values("noor@example.org")[0])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    client.post(PAGE, typed(email="noor@example.org"))
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domain", "ample.org"),
        ("domain", "other.example.org"),
        ("network", "203.0.112.0/24"),
        ("network", "2001:db8::/32"),
        ("address", "noor@example.org"),  # no hash
    ],
)
def test_others_sign(client, petition, kind, value):
    block(kind, value)
    client.post(PAGE, typed(), REMOTE_ADDR="203.0.113.7")
    assert Signature.objects.count() == 1


def test_what_has_ended_keeps_nobody_out(client, petition):
    now = timezone.now()
    block("domain", "example.org", expires_at=now - timedelta(seconds=5))
    client.post(PAGE, typed())
    assert Signature.objects.count() == 1
    block("domain", "example.com", expires_at=now + timedelta(hours=1))
    client.post(PAGE, typed(email="noor@example.com"))
    assert Signature.objects.count() == 1


def test_who_had_signed_before_can_still_confirm(client, petition):
    """A block keeps new ones away; what is there already is for a sweep."""
    client.post(PAGE, typed())
    block("domain", "example.org")
    assert confirm(Signature.objects.get().pk) == Answer.CONFIRMED
    client.post(PAGE, typed())
    assert Signature.objects.get().mails_asked == 1
    assert OutgoingMail.objects.count() == 1


def test_ipv6_clients_are_looked_up_by_their_networks(client, petition):
    block("network", "2001:db8:1::/48")
    client.post(PAGE, typed(), REMOTE_ADDR="2001:db8:1:2::3")
    assert not Signature.objects.exists()
    client.post(PAGE, typed(), REMOTE_ADDR="2001:db8:2:2::3")
    assert Signature.objects.count() == 1


def test_a_closed_petition_says_so_to_who_is_blocked(client):
    PetitionFactory(is_closed=True, slug="over")
    block("domain", "example.org")
    assert client.post("/petitions/over/sign/", typed()).status_code == 409


def test_what_is_looked_up_is_short():
    keys = site_keys("a@x.y.example.org", ("203.0.113.0/24",))
    assert [key for key in keys if key.startswith("domain:")] == [
        "domain:x.y.example.org",
        "domain:y.example.org",
        "domain:example.org",
    ]
    assert len(keys) == 5


def test_domains_are_written_in_one_way():
    for written in ("Mailer.Example.", "@mailer.example", "*.mailer.example"):
        assert domain_value(written) == "mailer.example"
    assert domain_value("googlemail.com") == "gmail.com"
    assert domain_value("bücher.example") == "xn--bcher-kva.example"
    for wrong in ("", "example", "a b.example", "a@b.example", "x" * 300 + ".org"):
        with pytest.raises(ValueError):
            domain_value(wrong)


def test_networks_are_written_in_one_way():
    assert network_value("203.0.113.7/24") == "203.0.113.0/24"
    assert network_value("203.0.113.7") == "203.0.113.7/32"
    assert network_value("2001:DB8::/32") == "2001:db8::/32"
    with pytest.raises(LookupError):
        network_value("203.0.112.0/23")
    with pytest.raises(ValueError):
        network_value("somewhere")
