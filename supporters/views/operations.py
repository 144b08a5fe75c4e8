"""What a load balancer asks."""

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from supporters import outbox, switches
from supporters.exposition import exposition


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks no database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """503 without a database or with migrations waiting; the age of the outbox in seconds, and
    which switches are turned, as this process knows them.
    """
    turned = switches.current().turned
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        age = outbox.oldest_age()
    except Error:
        return JsonResponse({"database": "away", "switches": turned}, status=503)
    seconds = round(age.total_seconds(), 1) if age else 0
    body = {
        "database": "ok",
        "migrations_waiting": waiting,
        "outbox_age": seconds,
        "switches": turned,
    }
    return JsonResponse(body, status=503 if waiting else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with `Authorization: Bearer` and METRICS_KEY; without a key there is none."""
    if not settings.METRICS_KEY:
        raise Http404
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_KEY}"
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
