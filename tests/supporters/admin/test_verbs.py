"""No page of the admin knows more verbs than it needs, for whoever asks."""

import pytest
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver

from tests.supporters.admin.conftest import _staff


def views(resolver, path=""):
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from views(each, path + str(each.pattern))
        elif (path + str(each.pattern)).startswith("admin/"):
            yield path + str(each.pattern), each.callback


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_every_page(verb):
    found = dict(views(get_resolver()))
    assert len(found) > 100
    request = RequestFactory().generic(verb, "/admin/")
    assert {path: view(request).status_code for path, view in found.items()} == dict.fromkeys(
        found, 405
    )


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_with_a_session(as_user, db, verb):
    client = as_user(_staff("mo", "Moderators"))
    for path in (
        "/admin/",
        "/admin/queue/",
        "/admin/login/",
        "/admin/petitions/petition/1/change/",
    ):
        answer = getattr(client, verb)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
