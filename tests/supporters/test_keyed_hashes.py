"""Keyed hashes: what Django makes of the same, made sooner."""

import pytest
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from supporters.keyed_hashes import KeyedSigner, keyed_hash

VALUES = ["", "1", "ada@example.org", "straße", "x" * 1_000]


@pytest.mark.parametrize("secret", ["one secret", b"bytes", "ключ"])
def test_a_hash_is_what_django_makes_of_the_same(secret):
    for _twice in range(2):  # the second time with the key that was kept
        for value in VALUES:
            for salt in ("salt", "another"):
                made = keyed_hash(salt, value, secret=secret)
                wanted = salted_hmac(salt, value, secret=secret, algorithm="sha256")
                assert made.hexdigest() == wanted.hexdigest()


def test_a_signature_is_djangos_and_the_other_way_round():
    given = {"key": "new", "salt": "salt", "sep": ".", "fallback_keys": ["old"]}
    ours, djangos = KeyedSigner(**given), Signer(**given)
    for value in VALUES:
        assert ours.sign(value) == djangos.sign(value)
        assert ours.unsign(djangos.sign(value)) == value
    former = Signer(key="old", salt="salt", sep=".").sign("7")
    assert ours.unsign(former) == "7"


@pytest.mark.parametrize("other", [{"key": "strange"}, {"salt": "elsewhere"}])
def test_of_another_key_or_salt_it_is_no_signature(other):
    given = {"key": "new", "salt": "salt", "sep": ".", "fallback_keys": ["old"]}
    with pytest.raises(BadSignature):
        KeyedSigner(**given).unsign(Signer(**{**given, **other}).sign("7"))
