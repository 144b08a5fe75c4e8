"""Requests as a server hands them over: the encoding that they claim to be in changes nothing."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from config import cached_pages
from config.page_cache import PageCache
from config.wsgi import application
from supporters.models import Signature
from tests.factories import PetitionFactory, typed

pytestmark = pytest.mark.django_db


class Served(RequestFactory):
    """Answers come from the site's own handler, which Django's test client goes round."""

    def request(self, **request: Any) -> Any:
        # Not as when the server is at its end, which closes the test's connection.
        return application.get_response(application.request_class(self._base_environ(**request)))


@pytest.mark.parametrize("charset", ["unicode_escape", "base64", "punycode", "undefined", "utf-16"])
@pytest.mark.parametrize(
    "address", ["/petitions/?q=a%5Cud800", "/?via=w", "/accounts/login/?next=%5Cud800"]
)
def test_a_query_is_utf8_whatever_a_header_says(charset, address):
    response = Served().get(address, CONTENT_TYPE=f"text/plain; charset={charset}")
    assert response.status_code == 200


def test_no_header_puts_another_query_into_the_copy_for_others(monkeypatch):
    monkeypatch.setattr(cached_pages, "pages", PageCache(32_000_000, lambda: 1_000))
    address = "/petitions/?q=caf%C3%A9"
    Served().get(address, CONTENT_TYPE="text/plain; charset=iso-8859-1")
    assert 'value="café"' in Served().get(address).content.decode()


def test_a_public_address_is_looked_for_once(monkeypatch):
    PetitionFactory(is_open=True, slug="mend")

    def again(_handler, request):
        raise AssertionError(request.path)

    monkeypatch.setattr(WSGIHandler, "resolve_request", again)
    for address in ("/petitions/mend/", "/es/petitions/mend/"):
        assert Served().get(address).status_code == 200


@pytest.mark.parametrize(
    ("charset", "status"),
    [("utf-8", 302), ("UTF-8", 302), ("x", 302), ("iso-8859-1", 400), ("unicode_escape", 400),
     ("base64", 400)],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["form", "parts"])
def test_a_body_is_utf8_or_refused(charset, status, kind):
    PetitionFactory(is_open=True, slug="mend")
    types = {"form": "application/x-www-form-urlencoded", "parts": MULTIPART_CONTENT}
    encode = {"form": urlencode, "parts": partial(encode_multipart, BOUNDARY)}
    response = Served().generic(
        "POST",
        "/petitions/mend/sign/",
        encode[kind](typed(given_name="José")),
        content_type=f"{types[kind]}; charset={charset}",
    )
    assert response.status_code == status
    found = Signature.objects.filter(is_organizer=False).values_list("given_name", flat=True)
    assert list(found) == (["José"] if status == 302 else [])
