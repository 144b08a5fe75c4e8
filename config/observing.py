"""Each request gets an id, is counted, and can be written down: without who asked, and what for."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from supporters import metrics
from supporters.client import is_trusted_proxy

logger = logging.getLogger("undersigned.request")

request_id: ContextVar[str] = ContextVar("request_id", default="")

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
KEPT = "kept"  # answered from memory, without looking for a view
NO_VIEW = "none"


class Observed:
    """Stands first. The answer carries the id: who asks for help can name it.

    The id is that of the proxy in front (X-Request-ID) where it is one of ours, else a new one. A
    view's name stands for the address in metrics and logs, so that no token gets into either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._counts = bool(settings.METRICS_KEY)
        self._writes = settings.PETITIONS_REQUEST_LOG

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        # Until the thread's next request: Django writes its line about a failure after us.
        request_id.set(_id_of(request))
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id.get()
        if self._counts or self._writes:
            self._note(request, response, time.perf_counter() - began)
        return response

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        kept = getattr(response, "is_kept", False)
        view = (match.view_name or match.func.__name__) if match else KEPT if kept else NO_VIEW
        method = request.method if request.method in _METHODS else "other"
        if self._counts:
            metrics.requests.labels(method, view, response.status_code).inc()
            if not kept:
                metrics.seconds.labels(view).observe(seconds)
        if self._writes:
            logger.info(
                "%s %s %s",
                method,
                view,
                response.status_code,
                extra={
                    "fields": {
                        "method": method,
                        "view": view,
                        "status": response.status_code,
                        "milliseconds": round(seconds * 1000, 2),
                    }
                },
            )


def _id_of(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if given and _GIVEN.fullmatch(given) and is_trusted_proxy(request):
        return str(given)
    return token_hex(8)
