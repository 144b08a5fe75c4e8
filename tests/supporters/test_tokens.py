"""The secrets in links."""

import pytest

from supporters.tokens import Purpose, make, read


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_read_for_what_it_was_made(purpose):
    assert read(purpose, make(purpose, 1)) == 1
    assert read(purpose, make(purpose, 9_999_999)) == 9_999_999


@pytest.mark.parametrize("other", Purpose)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_good_for_one_purpose(purpose, other):
    assert read(other, make(purpose, 7)) == (7 if other == purpose else None)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_is_short_and_needs_no_quoting(purpose):
    token = make(purpose, 9_999_999)
    assert len(token) <= 51
    assert set(token) <= set("0123456789.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_no_token_is_read_with_one_character_changed():
    token = make(Purpose.CONFIRM, 41)
    for place, character in enumerate(token):
        changed = token[:place] + ("4" if character != "4" else "5") + token[place + 1 :]
        assert read(Purpose.CONFIRM, changed) is None, changed


def test_the_signature_of_one_id_is_not_anothers():
    secret = make(Purpose.SIGNATURE, 41).partition(".")[2]
    for forged in ("42", "041", "+41", " 41", "41 ", "4_1", "४१", "-41", "41.0"):
        assert read(Purpose.SIGNATURE, f"{forged}.{secret}") is None, forged


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "41",
        "41.",
        ".41",
        "41:abc",
        "\x00",
        "41.\x00",
        "41.é",
        "\ud800.\udfff",
        "41.\ud800",
        "41.😀",
        "४१.अ",
        "41" * 10_000 + ".x",
        "../../etc/passwd",
        "41.' OR 1=1",
    ],
)
def test_what_is_no_token_is_nobodys(token):
    assert read(Purpose.CONFIRM, token) is None


@pytest.mark.parametrize("place", range(0, 51, 5))
@pytest.mark.parametrize("strange", ["\x00", "\n", "\ud800", "é", "١", "%00"])
def test_a_token_with_something_strange_in_it_is_nobodys(strange, place):
    token = make(Purpose.CONFIRM, 41)
    assert read(Purpose.CONFIRM, token[:place] + strange + token[place:]) is None


def test_links_outlive_a_changed_key_through_its_fallbacks(settings):
    old = settings.SECRET_KEY
    token = make(Purpose.SIGNATURE, 41)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another long text", [old]
    assert read(Purpose.SIGNATURE, token) == 41
    assert make(Purpose.SIGNATURE, 41) != token
    settings.SECRET_KEY_FALLBACKS = []
    assert read(Purpose.SIGNATURE, token) is None


def test_the_key_in_the_middle_of_several_fallbacks_is_tried(settings):
    token = make(Purpose.UNSUBSCRIBE, 41)
    keys = ["older than that", settings.SECRET_KEY, "younger"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the newest", keys
    assert read(Purpose.UNSUBSCRIBE, token) == 41
    assert read(Purpose.CONFIRM, token) is None
