"""Reading what was typed without a form gives what the form gives, or nothing."""

import json

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from supporters.forms import SignForm
from supporters.sign_reading import read
from tests.conftest import SHARED
from tests.factories import typed


def as_sent(values) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def agree(values) -> bool:
    """Both give the same, or both nothing. Returns whether it was taken."""
    form = SignForm(as_sent(values))
    expected = form.cleaned_data if form.is_valid() and not form.is_trap_sprung else None
    found = read(as_sent(values))
    assert found == expected
    if found:
        assert {name: type(value) for name, value in found.items()} == {
            name: type(value) for name, value in form.cleaned_data.items()
        }
    return found is not None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"display": ""},
        {"display": "full", "wants_updates": "on", "reason": "Why?\r\n\r\nBecause.\t"},
        {"wants_updates": "false", "source": "leaflet"},
        {"source": "not a code"},
        {"country": "GB", "postal_code": " sw1a1aa"},
        {"country": "NL", "postal_code": "1234ab"},
        {"country": "NL", "postal_code": ""},
        {"country": "KE", "postal_code": " 00100\u00a0x "},
        {"email": "  A.Lice+news@GoogleMail.com\u200b"},
        {"email": "noor@b\u00fccher.example"},
        {"given_name": "  Zoe\u0308 \u202e ", "family_name": "\u0928\u0942\u0930"},
        {"given_name": ["Sam", "Noor"]},
    ],
)
def test_taken(changes):
    assert agree(typed(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"website": "http://pills.example"},
        {"website": [" ", "x"]},
        {"given_name": ""},
        {"given_name": "\u3164"},
        {"family_name": "www.example.org"},
        {"given_name": "x" * 101},
        {"email": "noor"},
        {"email": "noor@localhost"},
        {"email": "\ud800@example.org"},
        {"country": ""},
        {"country": "XX"},
        {"country": "GB", "postal_code": ""},
        {"country": "GB", "postal_code": "12"},
        {"country": "IE", "postal_code": "12"},
        {"country": "KE", "postal_code": "1" * 21},
        {"display": "loud"},
        {"reason": "x" * 501},
        {"reason": "x" * 5_000},
    ],
)
def test_refused(changes):
    assert not agree(typed(**changes))


def test_what_is_missing_altogether():
    assert not agree({})
    for name in typed():
        some = typed()
        del some[name]
        agree(some)


def test_in_another_language():
    with translation.override("es"):
        assert agree(typed())
        assert not agree(typed(country="XX"))


_words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", " ", "GB", "US", "IE", "initial", "hidden", "on", "12345", "@", "a\x00b"]),
    st.emails(),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*typed(), "website", "source"], _words)))
def test_anything(values):
    agree(typed(**values))
    agree(values)


@pytest.mark.shared
def test_hostile_texts():
    for line in (SHARED / "hostile_texts.jsonl").read_bytes().splitlines():
        text = next(value for value in json.loads(line).values() if isinstance(value, str))
        agree(typed(given_name=text))
        agree(typed(reason=text, postal_code=text))
