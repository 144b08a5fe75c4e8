"""What was typed, carried on in an address."""

import time

import pytest
from django.test import override_settings

from supporters import carried
from supporters.carried import seal, unseal

TYPED = {"given_name": "Noor", "family_name": "Haddad", "country": "IE", "reason": "I cross it."}


def test_what_went_in_comes_out():
    code = seal(7, "noor@example.org", {**TYPED, "email_key": "x", "postal_code": ""})
    assert unseal(code) == (7, "noor@example.org", TYPED)
    assert unseal(seal(7, "")) == (7, "", {})


def test_nobody_else_can_read_it():
    import base64  # noqa: PLC0415

    code = seal(7, "noor@example.org", TYPED)
    for raw in (code.encode(), base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))):
        assert b"noor" not in raw.lower()
    assert seal(7, "noor@example.org", TYPED) != code  # two signers of one address look different


def test_it_stays_short_enough_and_keeps_what_it_can():
    long = {**TYPED, "reason": "".join(chr(0x4E00 + n) for n in range(500))}
    code = seal(7, "a" * 64 + "@example.org", long)
    assert len(code) <= carried.LONGEST
    assert unseal(code)[2] in (long, {name: TYPED[name] for name in TYPED if name != "reason"})
    worst = {name: "".join(chr(0x10000 + n * 37) for n in range(500)) for name in carried.FIELDS}
    assert len(seal(7, "noor@example.org", worst)) <= carried.LONGEST


def test_it_is_good_for_a_day(monkeypatch):
    code = seal(7, "noor@example.org")
    made = time.time()
    monkeypatch.setattr(time, "time", lambda: made + 86_390)
    assert unseal(code)[1] == "noor@example.org"
    monkeypatch.setattr(time, "time", lambda: made + 86_410)
    with pytest.raises(ValueError, match="any more"):
        unseal(code)


def test_a_machine_whose_clock_is_behind_opens_it_too(monkeypatch):
    code = seal(7, "noor@example.org")
    made = time.time()
    monkeypatch.setattr(time, "time", lambda: made - 3_600)
    assert unseal(code)[1] == "noor@example.org"


@pytest.mark.parametrize("code", ["", "x", "é", "\x00", "A" * 120, "gAAAAAB", "\ud800"])
def test_what_was_not_made_here(code):
    with pytest.raises(ValueError, match="not a code"):
        unseal(code)


def test_a_former_key_still_opens():
    with override_settings(SECRET_KEY="former" * 9):
        code = seal(7, "noor@example.org")
    with pytest.raises(ValueError, match="not a code"):
        unseal(code)
    with override_settings(SECRET_KEY_FALLBACKS=["former" * 9]):
        assert unseal(code)[1] == "noor@example.org"
