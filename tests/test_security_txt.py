"""security.txt as RFC 9116 wants it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

ADDRESS = "/.well-known/security.txt"


def fields(client) -> dict[str, str]:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert len(lines) == len({line.partition(":")[0] for line in lines})
    return dict(line.split(": ", 1) for line in lines)


def test_it_has_what_it_must_have(client, settings):
    settings.SITE_URL = "https://petitions.example.net"
    settings.PETITIONS_CONTACT_EMAIL = "people+security@example.net"
    found = fields(client)
    assert found["Contact"] == "mailto:people+security@example.net"
    assert found["Canonical"] == f"https://petitions.example.net{ADDRESS}"
    assert found["Policy"] == "https://petitions.example.net/help/contact/"
    assert found["Preferred-Languages"] == "en, es"
    left = datetime.fromisoformat(found["Expires"]) - timezone.now()
    assert timedelta(days=90) < left < timedelta(days=365)


@pytest.mark.parametrize(
    ("address", "written"), [("o'neil&x@a.org", "o%27neil%26x@a.org"), ("é@a.org", "%C3%A9@a.org")]
)
def test_an_odd_address_is_a_valid_one(client, settings, address, written):
    settings.PETITIONS_CONTACT_EMAIL = address
    assert fields(client)["Contact"] == f"mailto:{written}"


@pytest.mark.django_db
def test_without_an_address_there_is_none(client, settings):
    settings.PETITIONS_CONTACT_EMAIL = ""
    assert client.get(ADDRESS).status_code == 404
