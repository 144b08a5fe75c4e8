import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from supporters.addresses import MAX_EMAIL, InvalidAddress, check_address, email_key, wire_address

DOMAINS = st.sampled_from(
    [
        "gmail.com",
        "GoogleMail.com",
        "bücher.example",
        "XN--bcher-kva.example",
        "straße.example",
        "a.test",
    ]
)
LOCALS = st.text(st.sampled_from("aA.+-_'ßſΣİéE\u0301\u0345\u0323@ \"\ud800"), max_size=12)


@pytest.mark.parametrize(
    "typed",
    ["alice@example.org", "A.Lice+news@Example.ORG", "o'brien@example.org", "alice@bücher.example",
     "alice@xn--bcher-kva.example", "alice@school.test", "a@b.co", "+tag@example.org"],
)  # fmt: skip
def test_addresses_stay_as_typed(typed):
    assert check_address(typed) == typed
    assert check_address(f" \u200b\ufeff{typed}\u00a0\n") == typed


@pytest.mark.parametrize(
    "typed",
    ["", " ", "alice", "@example.org", "alice@", "alice@localhost", "a@b@example.org",
     "Alice <alice@example.org>", '"alice b"@example.org', "älice@example.org", "alice@[192.0.2.1]",
     "alice@example.org\nBcc: all@example.org", "a..b@example.org", ".a@example.org", "a.@example.org",
     "alice@example..org", "alice@-example.org", "alice@host.invalid", "alice@\ud800.org",
     "alice\ud800@example.org", "alice\x00@example.org", "alice@exa mple.org", "alice@☃.",
     "a" * 65 + "@example.org", f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.org",
     f"a@{'ü' * 56}.{'ü' * 56}.{'ü' * 56}.{'ü' * 56}.test"],
)  # fmt: skip
def test_refused(typed):
    with pytest.raises(InvalidAddress):
        check_address(typed)


def test_the_longest_address():
    local, domain = "a" * 64, f"{'b' * 60}.{'c' * 60}.{'d' * 60}"
    longest = f"{local}@{domain}.{'e' * (MAX_EMAIL - len(local) - len(domain) - 2)}"
    assert len(check_address(longest)) == MAX_EMAIL
    with pytest.raises(InvalidAddress):
        check_address(f"{longest}e")


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["A.Lice+x@GoogleMail.com", "alice@gmail.com", "a.l.i.c.e+@gmail.com"], "alice@gmail.com"),
        (["Bob@Example.ORG", " bob@example.org ", "bob+a+b@example.org"], "bob@example.org"),
        (["b.ob@example.org"], "b.ob@example.org"),
        (["+tag@example.org"], "+tag@example.org"),
        (
            ["ÄÖ@bücher.example", "äö@BÜCHER.example", "A\u0308O\u0308@XN--bcher-kva.example"],
            "äö@xn--bcher-kva.example",
        ),
        (["a@straße.example"], "a@xn--strae-oqa.example"),
        (["a@strasse.example"], "a@strasse.example"),
        (["ﬁ@b.test", "FI@b.test"], "fi@b.test"),
    ],
)
def test_one_mailbox_has_one_key(spellings, key):
    assert {email_key(spelling) for spelling in spellings} == {key}


@pytest.mark.parametrize(
    "address", ["", "alice", "@example.org", "alice@", "a@b c.org", "a@\ud800.org"]
)
def test_nonsense_has_no_key(address):
    with pytest.raises(InvalidAddress):
        email_key(address)


@pytest.mark.parametrize(
    ("typed", "sent_to"),
    [
        ("A.Lice+x@Gmail.com", "A.Lice+x@gmail.com"),
        ("alice@straße.example", "alice@xn--strae-oqa.example"),
        ("alice@xn--bcher-kva.example", "alice@xn--bcher-kva.example"),
    ],
)
def test_mail_goes_where_it_was_typed_to(typed, sent_to):
    assert wire_address(check_address(typed)) == sent_to


@given(LOCALS, DOMAINS)
@hypothesis_settings(deadline=None)
def test_the_key_of_a_key_is_itself(local, domain):
    assume(local.strip())
    key = email_key(f"{local}@{domain}")
    assert email_key(key) == key
    assert key.isascii() or not local.isascii()


@given(st.text() | st.builds("{}@{}".format, st.text(), DOMAINS) | st.emails())
@hypothesis_settings(deadline=None)
def test_what_is_taken_has_a_key(typed):
    try:
        address = check_address(typed)
    except InvalidAddress:
        return
    assert address in typed
    local, _, domain = email_key(address).rpartition("@")
    assert local
    assert domain == domain.lower()
