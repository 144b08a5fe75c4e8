"""What a signature keeps of where it was signed: a keyed hash of the network, another each day."""

import datetime as dt

import pytest

from supporters.client import network_hash, networks_around
from supporters.models import Signature
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, typed

DAY = dt.date(2026, 3, 1)


def test_one_network_one_day():
    first = network_hash("203.0.113.7", today=DAY)
    assert len(first) == 16
    assert first == network_hash("203.0.113.200", today=DAY)
    assert first != network_hash("203.0.114.7", today=DAY)
    assert first != network_hash("203.0.113.7", today=DAY + dt.timedelta(days=1))
    six = network_hash("2001:db8:1:2::3", today=DAY)
    assert six == network_hash("2001:db8:1:ffff::9", today=DAY)
    assert six != network_hash("2001:db8:2:2::3", today=DAY)
    assert network_hash("::ffff:203.0.113.7", today=DAY) == first


def test_it_depends_on_the_secret_key(settings):
    first = network_hash("203.0.113.7", today=DAY)
    settings.SECRET_KEY = "another"
    assert network_hash("203.0.113.7", today=DAY) != first


def test_nothing_of_what_is_no_address():
    assert network_hash("") == ""
    assert networks_around("unix:") == ()


def test_networks_around():
    assert networks_around("203.0.113.7") == (
        "203.0.0.0/16", "203.0.112.0/20", "203.0.112.0/22", "203.0.113.0/24", "203.0.113.0/28",
        "203.0.113.7/32",
    )  # fmt: skip


@pytest.mark.django_db
def test_signing_keeps_it_and_withdrawing_erases_it(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    client.post("/petitions/mend/sign/", typed(), REMOTE_ADDR="203.0.113.7")
    signature = Signature.objects.get(petition=petition)
    assert signature.network == network_hash("203.0.113.7")
    # Signing again from elsewhere changes nothing of what was signed.
    client.post("/petitions/mend/sign/", typed(), REMOTE_ADDR="198.51.100.1")
    signature.refresh_from_db()
    assert signature.network == network_hash("203.0.113.7")
    withdraw(signature.pk)
    signature.refresh_from_db()
    assert signature.network is None
