"""What a load balancer asks, and Prometheus."""

import threading

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from supporters import readiness, switches
from supporters.exposition import exposition

# One at a time, since nothing else bounds them (config.shedding lets them pass).
_exposing = threading.Lock()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks no database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """503 without a database or with migrations waiting. Who has the key of /metrics is told more:
    the age of the outbox in seconds, and which switches are turned, as this process knows them.
    """
    state = readiness.memory.current()
    body: dict[str, object] = {"database": "away" if state.is_away else "ok"}
    if _has_key(request):
        if not state.is_away:
            body["migrations_waiting"] = state.migrations_waiting
            body["outbox_age"] = state.outbox_age
        body["switches"] = switches.current().turned
    return JsonResponse(body, status=200 if state.is_ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with `Authorization: Bearer` and METRICS_KEY; without a key there is none."""
    if not settings.METRICS_KEY:
        raise Http404
    if not _has_key(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    if not _exposing.acquire(blocking=False):
        return HttpResponse(status=503)
    try:
        return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    finally:
        _exposing.release()


def _has_key(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_KEY) and constant_time_compare(
        given, f"Bearer {settings.METRICS_KEY}"
    )
