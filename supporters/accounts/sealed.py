"""What was posted before the password was asked for again waits in the session, for django-allauth
to go on with it. It may hold names and addresses, so it is sealed there: the key is in a cookie of
the browser alone, for MINUTES. Whoever reads the database reads nothing of it, and afterwards
nobody does.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .pages import PREFIX

COOKIE = "unseal"
MINUTES = 10
_OPEN, _SEALED = "request", "sealed"


class Sealed:
    """Middleware: opens it for the request that may go on with it, and seals what is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sealed = _open(request)
        response = self.get_response(request)
        # Asked only of a session that is stored anyway: to ask makes a page a person's own.
        if request.session.modified:
            _seal(request, response, sealed)
        return response


def _open(request: HttpRequest) -> str:
    """Put what is sealed in its place, where the browser has the key. Returns it as it was."""
    key = request.COOKIES.get(COOKIE, "")
    if request.method != "POST" or not request.path_info.startswith(PREFIX):
        return ""
    state: Any = request.session.get(STATE_SESSION_KEY)
    if not isinstance(state, dict) or _SEALED not in state:
        return ""
    sealed: str = state[_SEALED]
    try:
        opened = Fernet(key).decrypt(sealed, ttl=MINUTES * 60).decode()
    except (InvalidToken, ValueError):
        del request.session[STATE_SESSION_KEY]
        return ""
    request.session[STATE_SESSION_KEY] = {_OPEN: opened}
    return sealed


def _seal(request: HttpRequest, response: HttpResponse, before: str) -> None:
    state: Any = request.session.get(STATE_SESSION_KEY)
    if isinstance(state, dict) and _OPEN in state:
        if before:  # the password was wrong: it goes on waiting, no longer than it would have
            request.session[STATE_SESSION_KEY] = {_SEALED: before}
            return
        key = Fernet.generate_key()
        sealed = Fernet(key).encrypt(state[_OPEN].encode()).decode()
        request.session[STATE_SESSION_KEY] = {_SEALED: sealed}
        response.set_cookie(
            COOKIE,
            key.decode(),
            max_age=MINUTES * 60,
            path=PREFIX,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif state is None and COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=PREFIX, samesite="Lax")
