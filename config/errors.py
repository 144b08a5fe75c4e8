"""The pages that are shown when nothing else can be: made without a request or a database."""

import re
import sqlite3
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import (
    get_language,
    get_language_from_path,
    get_language_from_request,
    override,
)

RETRY_AFTER = 60  # seconds

# Where people log in.
PERSONAL = ("/admin/", "/accounts/")
# From links in mails, which name no language.
LINKS = ("/confirm/", "/signature/", "/unsubscribe/", "/organizer-mail/")
# And those that may name one: without it they are in the site's own.
_LINKS_IN_A_LANGUAGE = ("/organizer-mail/", "/reports/")
# Forms that browsers keep as they were sent (supporters.caching), for who goes back.
_KEPT_FORMS = ("/sign/", "/report/", "/petitions/start/")
# The form of a petition, whose page is one step up.
_SIGNING = re.compile(r"/petitions/[^/]+/sign/")

# PostgreSQL's classes of codes: connection, resources, intervention (shutting down, starting up,
# a statement's time-out), a deadlock's victim, and a lock that did not come in time.
_POSTGRESQL = ("08", "40", "53", "57", "55P03")
_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 400."""
    return page(request, "400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler of 500."""
    return page(request, "500.html", 500)


def database_away(request: HttpRequest) -> HttpResponse:
    """503, to come back in a minute; for programs as JSON that any origin may read."""
    response: HttpResponse
    if request.path_info.endswith(".json"):
        response = JsonResponse({"error": "unavailable"}, status=503)
        response["Access-Control-Allow-Origin"] = "*"
    else:
        response = page(request, "503.html", 503)
    response["Retry-After"] = str(RETRY_AFTER)
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 (by DatabaseAway)
    return response


def busy(request: HttpRequest, *, retry_after: int, paused: str = "") -> HttpResponse:
    """503 as bytes that were made once, for a moment when there is no time to make anything.

    `paused`: what staff say to who wants to sign, in the place of advice to try again in a minute.
    """
    response: HttpResponse
    if request.path_info.endswith(".json"):
        response = JsonResponse({"error": "busy"}, status=503)
        response["Access-Control-Allow-Origin"] = "*"
    else:
        signing = bool(_SIGNING.fullmatch(bare(request.path_info)))
        again = "sign" if signing and request.method == "POST" else _again(request)
        made = _busy_page(_language(request), again, settings.SITE_NAME, paused, signing=signing)
        response = _answer(request, made, 503)
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    # Django writes a line for each 5xx; who refuses thousands says so by itself, now and then.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


@lru_cache(maxsize=64)
def _busy_page(
    language: str | None, again: str, site_name: str, paused: str, *, signing: bool
) -> bytes:
    return _made("busy.html", language, again, paused=paused, signing=signing)


def page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return _answer(request, _made(template, _language(request), _again(request)), status)


def _made(template: str, language: str | None, again: str, **more: str | bool) -> bytes:
    with override(language):
        return render_to_string(template, context(again) | more).encode()


def context(again: str = "back") -> dict[str, Any]:
    """What these pages need; no context processor runs for them."""
    return {"site": {"name": settings.SITE_NAME, "url": settings.SITE_URL}, "again": again}


def _answer(request: HttpRequest, made: bytes, status: int) -> HttpResponse:
    response = HttpResponse(made, status=status)
    if request.path_info.startswith(LINKS):
        patch_vary_headers(response, ["Accept-Language"])
    return response


def _language(request: HttpRequest) -> str | None:
    """The address's. Behind a link in a mail there is none, and whose it is cannot be looked up."""
    if request.path_info.startswith(LINKS):
        return get_language_from_request(request)
    return get_language()


def is_link(path: str) -> bool:
    """Whether it came in a mail, in any language."""
    return path.startswith(LINKS) or bare(path).startswith(_LINKS_IN_A_LANGUAGE)


def bare(path: str) -> str:
    """The path without the language that it begins with."""
    language = get_language_from_path(path)
    return path.removeprefix(f"/{language}") if language else path


def _again(request: HttpRequest) -> str:
    """How it is tried again so that nothing is lost: the "link" is opened, or who sent something
    goes "back", or has to "reload", since browsers keep no copy of the form (no-store). Where
    people log in, sending twice may do it twice: they "look" first. '': nothing was sent there.
    """
    path = request.path_info
    is_sent = request.method not in {"GET", "HEAD"}
    if path.startswith(PERSONAL):
        return "look" if is_sent else ""
    if path.endswith("/signed/") and not is_sent:  # signed; the link is on its way
        return "link"
    if is_link(path) and not (is_sent and path.startswith("/signature/")):
        return "link"
    return "reload" if is_sent and not path.endswith(_KEPT_FORMS) else "back"


def is_database_away(error: BaseException) -> bool:
    """Whether the database cannot be reached or has no time: not a mistake of ours."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The low byte is the code; the others say more. Python's own complaints have none.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    code = getattr(cause, "pgcode", None)  # None: it was never reached, or broke off
    return code is None or str(code).startswith(_POSTGRESQL)
