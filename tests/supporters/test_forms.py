"""The forms of a signer: what is taken, and what is refused and why."""

import pytest

from supporters.forms import SignForm, tidy
from supporters.postal_codes import POSTAL_CODES
from tests.factories import typed

LONE = "\ud800"


def form_of(**changes) -> SignForm:
    return SignForm(typed(**changes), action="/petitions/mend/sign/")


def cleaned(**changes):
    form = form_of(**changes)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def errors(**changes):
    return {name: list(messages) for name, messages in form_of(**changes).errors.items()}


# What is taken


def test_what_was_typed_becomes_values():
    data = cleaned(
        given_name="  Noor ",
        email=" Noor+news@Example.ORG ",
        reason="One.\r\nTwo.\r\n",
        display="full",
        wants_updates="on",
    )
    assert data == {
        "given_name": "Noor",
        "family_name": "Haddad",
        "email": "Noor+news@Example.ORG",
        "email_key": "noor@example.org",
        "country": "IE",
        "postal_code": "",
        "reason": "One.\nTwo.",
        "display": "full",
        "wants_updates": True,
        "shares_email": False,
        "website": "",
        "source": "",
    }


def test_defaults_show_little_and_send_nothing():
    data = typed()
    del data["display"], data["reason"]
    form = SignForm(data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["display"] == "initial"
    assert form.cleaned_data["wants_updates"] is False
    assert form.cleaned_data["reason"] == ""


def test_nothing_typed_says_what_is_missing():
    assert {name: list(said) for name, said in SignForm({}).errors.items()} == {
        "given_name": ["Enter your first name"],
        "family_name": ["Enter your last name"],
        "email": ["Enter an email address like name@example.org"],
        "country": ["Choose your country"],
    }


# Names


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Zoe\u0308", "Zo\u00eb"),
        ("Mary  \t Ann", "Mary Ann"),
        ("Noor\r\nBcc: all@", None),
        ("Ann\x00a", "Anna"),
        (f"Ann{LONE}a", "Anna"),
        ("\u202eevE", "evE"),
        ("李", "李"),
        ("علی‌رضا", "علی‌رضا"),  # its non-joiner is spelling
        ("O’Neill-Smith Jr.", "O’Neill-Smith Jr."),
        ("<b>Eve</b>", "<b>Eve</b>"),
    ],
)
def test_names(name, kept):
    form = form_of(given_name=name)
    if kept is None:
        assert "given_name" in form.errors
    else:
        assert form.is_valid(), form.errors
        assert form.cleaned_data["given_name"] == kept


@pytest.mark.parametrize("name", ["", "   ", "\x00", LONE, "\u200b", "\u3164", "\u2800", "-", "…"])
def test_a_name_without_a_visible_letter_is_missing(name):
    assert errors(given_name=name)["given_name"] == ["Enter your first name"]
    assert errors(family_name=name)["family_name"] == ["Enter your last name"]


@pytest.mark.parametrize("name", ["http://win.example", "WWW.win.example", "eve@win.example"])
def test_a_web_address_is_no_name(name):
    assert errors(given_name=name) == {
        "given_name": ["Enter a name without a web address or @"],
    }


def test_a_name_ends_at_100_characters():
    assert cleaned(given_name="é" * 100)["given_name"] == "é" * 100
    assert errors(given_name="é" * 101) == {"given_name": ["Use at most 100 characters for a name"]}


# Addresses, countries, postcodes


@pytest.mark.parametrize(
    "address", ["", "noor", "noor@", "@example.org", "a b@example.org", "n\x00oor@example.org",
                f"noor{LONE}@example.org", "noor@example.org\nBcc: x@example.org", "n" * 250 + "@example.org"]
)  # fmt: skip
def test_addresses_that_mail_cannot_reach(address):
    assert errors(email=address) == {"email": ["Enter an email address like name@example.org"]}


def test_an_unknown_country_is_asked_for_again():
    assert errors(country="XX") == {"country": ["Choose your country"]}
    assert errors(country="\x00") == {"country": ["Choose your country"]}


@pytest.mark.parametrize(
    ("country", "code", "kept"),
    [
        ("GB", "mv37qt", "MV3 7QT"),
        ("GB", "EC1A-1BB", "EC1A 1BB"),
        ("GB", " m1 1ae ", "M1 1AE"),
        ("US", "123456789", "12345-6789"),
        ("US", "12345", "12345"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("PL", "00001", "00-001"),
        ("IE", "a65f4e2", "A65 F4E2"),
        ("IE", "", ""),
        ("DE", "", ""),
        ("NZ", "anything 1", "anything 1"),
    ],
)
def test_postal_codes(country, code, kept):
    assert cleaned(country=country, postal_code=code)["postal_code"] == kept


@pytest.mark.parametrize(
    ("country", "code", "said"),
    [
        ("GB", "", "Enter a postcode, like MV3 7QT"),
        ("GB", "MV3", "Enter a postcode, like MV3 7QT"),
        ("GB", "\x00", "Enter a postcode, like MV3 7QT"),
        ("US", "1234", "Enter a ZIP code, like 12345"),
        ("US", "١٢٣٤٥", "Enter a ZIP code, like 12345"),
        ("IE", "D04", "Enter an Eircode, like A65 F4E2"),
        ("DE", "1011", "Enter a postal code, like 10115"),
        ("NZ", "1" * 21, "Use at most 20 characters"),
    ],
)
def test_postal_codes_of_another_shape(country, code, said):
    assert errors(country=country, postal_code=code) == {"postal_code": [said]}


@pytest.mark.parametrize("country", sorted(POSTAL_CODES))
def test_the_example_of_a_country_is_right(country):
    example = POSTAL_CODES[country].example
    assert cleaned(country=country, postal_code=example)["postal_code"] == example


# Reasons


def test_a_reason_is_counted_as_people_count():
    lines = "\r\n".join(["x" * 99] * 5)  # 499 characters: four line ends, each sent as two
    assert cleaned(reason=lines)["reason"] == lines.replace("\r\n", "\n")
    assert errors(reason="x" * 501) == {"reason": ["Your reason is 1 character too long"]}
    assert errors(reason="x" * 538) == {"reason": ["Your reason is 38 characters too long"]}


def test_a_reason_loses_only_what_cannot_be_stored_or_misleads():
    assert cleaned(reason=f"a\x00b{LONE}c\u202ed\n\te\x1b[31m")["reason"] == "abcd\n\te[31m"
    assert tidy("\x00\u2066\x07") == ""


# The trap


@pytest.mark.parametrize(
    ("website", "sprung"),
    [("", False), ("   ", False), ("https://x.example", True), ("\x00x", True)],
)
def test_the_trap(website, sprung):
    assert form_of(website=website).is_trap_sprung is sprung
