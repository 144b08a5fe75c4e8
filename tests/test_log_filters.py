"""Logs hold no key to anybody's signature."""

import logging

import pytest

from config.log_filters import WithoutTokens


@pytest.mark.parametrize("page",
    ["confirm", "signature", "unsubscribe", "petitions/preview", "accounts/confirm-email",
     "accounts/password/reset/key", "organizer-mail", "es/organizer-mail"],
)  # fmt: skip
def test_the_token_is_cut_out(page):
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 1, "Gone: %s", (f"/{page}/12.s3cret-x/",), None
    )
    assert WithoutTokens().filter(record)
    assert record.getMessage() == f"Gone: /{page}/…/"


def test_other_addresses_stay():
    record = logging.LogRecord("x", logging.INFO, "", 1, "Not Found: %s", ("/petitions/a/",), None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == "Not Found: /petitions/a/"
