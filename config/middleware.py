"""Whom a request is believed, in which language it is answered, what is said in trouble."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from config import errors
from supporters.client import is_trusted_proxy

logger = logging.getLogger(__name__)

# Only these read or set cookies.
PERSONAL = errors.PERSONAL
# What load balancers ask, by whatever name or address they know this machine.
PROBES = frozenset({"/healthz", "/readyz"})


class ProbesOfAnyHost:
    """PROBES are answered whatever Host says: their answers name no host, and nobody keeps them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            request.get_host = _our_host  # type: ignore[method-assign]
        return self.get_response(request)


def _our_host() -> str:
    return urlsplit(settings.SITE_URL).netloc


class TrustedForwarding:
    """Drop what only our proxies may say (PETITIONS_TRUSTED_PROXIES) when somebody else says it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_X_FORWARDED_PROTO" in request.META and not is_trusted_proxy(request):
            del request.META["HTTP_X_FORWARDED_PROTO"]
        return self.get_response(request)


class CookielessPublicPages:
    """Public pages see no cookie, so that they cannot answer with one.

    Django renews a malformed CSRF cookie and deletes an unknown session's: a shared cache that
    keeps such an answer would hand it to everybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PERSONAL):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)


class LanguageOfAddress:
    """A public page is in the language of its address (/es/…), or else in the site's own.

    Neither a cookie nor Accept-Language changes it, so that a cache can keep each address once.
    Who works here (PERSONAL) gets the language that the browser asks for. Django's own middleware
    would read the cookie first and add a Vary to every page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PERSONAL):
            language = translation.get_language_from_request(request)
        else:
            named = translation.get_language_from_path(request.path_info)
            language = named or settings.LANGUAGE_CODE
        with translation.override(language):
            return self.get_response(request)


class ErrorsAreNotKept:
    """A "not found" must not outlive, in some cache, the opening of what was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400:  # noqa: PLR2004
            response.setdefault("Cache-Control", "no-store")
        return response


class DatabaseAway:
    """While the database is away, a page that says so (503) instead of one about a fault (500)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not errors.is_database_away(error):
            return None
        # Without its traceback, which says nothing more and would come with every request.
        logger.error("The database does not answer: %s", str(error).partition("\n")[0])
        return errors.database_away(request)
