import datetime as dt

import pytest
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from supporters.client import client_address, client_hash

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def from_(rf):
    def build(peer, forwarded=None):
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        return rf.get("/", REMOTE_ADDR=peer, headers=headers)

    return build


@pytest.mark.parametrize("peer", ["192.0.2.1", "2001:db8::1", "", "unix:"])
def test_without_proxies_the_header_is_anyones_word(from_, peer):
    assert client_address(from_(peer)) == peer
    assert client_address(from_(peer, "203.0.113.9")) == peer


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.66, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.66, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("::1", "198.51.100.66,2001:DB8::9 ,10.1.2.3", "2001:db8::9"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("127.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
        ("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, <script>, 10.1.2.3", "127.0.0.1"),
        ("127.0.0.1", ", ,", "127.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
)
def test_trusted_proxies_are_passed_from_the_right(from_, settings, peer, forwarded, address):
    settings.PETITIONS_TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8", "::1"]
    assert client_address(from_(peer, forwarded)) == address


@given(st.text(st.sampled_from("0123456789abcdef.:,[]% \x00é"), max_size=80))
@hypothesis_settings(deadline=None)
def test_no_header_raises(forwarded):
    with override_settings(PETITIONS_TRUSTED_PROXIES=["127.0.0.1", "0.0.0.0/1"]):
        request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)
        assert client_address(request)
        assert len(client_hash(request)) == 32


def test_the_hash_tells_clients_apart_for_a_day(from_, settings):
    def hash_of(peer, day=TODAY):
        return client_hash(from_(peer), today=day)

    first = hash_of("192.0.2.1")
    assert first == hash_of("192.0.2.1")
    assert first != hash_of("192.0.2.2")
    assert first != hash_of("192.0.2.1", TODAY + dt.timedelta(days=1))
    assert client_hash(from_("192.0.2.1")) == hash_of("192.0.2.1", dt.datetime.now(dt.UTC).date())
    settings.SECRET_KEY = "another"
    assert first != hash_of("192.0.2.1")


def test_an_ipv6_household_is_one_client(from_):
    def hash_of(peer):
        return client_hash(from_(peer), today=TODAY)

    assert hash_of("2001:db8:1:2::1") == hash_of("2001:db8:1:2:ffff::9")
    assert hash_of("2001:db8:1:2::1") != hash_of("2001:db8:1:3::1")
    assert hash_of("::ffff:192.0.2.1") == hash_of("192.0.2.1")
    assert hash_of("") != hash_of("unix:")
