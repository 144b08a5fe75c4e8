"""Logs hold no key to anybody's signature or account, and nobody's address."""

import logging
import multiprocessing
import re

import pytest
from django.contrib.admindocs.views import extract_views_from_urlpatterns, simplify_regex
from django.urls import get_resolver

from config.log_filters import WithoutTokens, without_personal_data


def secret_pages() -> list[str]:
    """Every address of this site with a token or key in it."""
    found = {
        simplify_regex(pattern)
        for _view, pattern, _namespace, _name in extract_views_from_urlpatterns(
            get_resolver().url_patterns
        )
    }
    return sorted(page for page in found if re.search(r"<(\w+:)?(token|key)>", page))


def test_there_are_such_pages():
    assert {"/confirm/<str:token>/", "/accounts/invitation/<str:token>/key/"} <= {*secret_pages()}


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("page", secret_pages())
def test_the_token_is_cut_out(page, language):
    path = language + re.sub(r"<(\w+:)?(token|key)>", "12.s3cret-x", page)
    record = logging.LogRecord("x", logging.WARNING, "", 1, "Gone: %s", (path,), None)
    assert WithoutTokens().filter(record)
    assert "s3cret" not in record.getMessage()
    assert record.getMessage().startswith(f"Gone: {language}/{page.split('/')[1]}/")


def test_a_token_that_begins_with_a_quote_is_cut_out():
    assert without_personal_data("Gone: /confirm/'s3cret/") == "Gone: /confirm/…/"


def test_other_addresses_stay():
    record = logging.LogRecord("x", logging.INFO, "", 1, "Not Found: %s", ("/petitions/a/",), None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == "Not Found: /petitions/a/"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Key (petition_id, email_key)=(3, sam@example.org) is there", "(3, …@…) is there"),
        ("to 'sam.o@example.org', \"né@пошта.укр\"", "to '…@…', \"…@…\""),
        ("<sam@localhost>", "<…@…>"),
        ("postgres://us:secret@db.example:5432/x", "postgres://us:…@…"),
        ("at 12:30 @ noon", "at 12:30 @ noon"),
    ],
)  # fmt: skip
def test_addresses_are_cut_out(said, kept):
    assert without_personal_data(said).endswith(kept)


def test_nothing_that_somebody_typed_takes_long():
    """In a process of its own, which can be ended: the pattern that it was needed an hour."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for typed in ("@" * 8_000, "a" * 60_000, "a@" * 30_000, "a." * 30_000 + "@"):
            pool.apply_async(without_personal_data, (typed,)).get(timeout=30)
