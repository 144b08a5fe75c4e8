"""What a load balancer asks."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from supporters import outbox


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks no database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """503 without a database or with migrations waiting; the age of the outbox in seconds."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        age = outbox.oldest_age()
    except Error:
        return JsonResponse({"database": "away"}, status=503)
    seconds = round(age.total_seconds(), 1) if age else 0
    body = {"database": "ok", "migrations_waiting": waiting, "outbox_age": seconds}
    return JsonResponse(body, status=503 if waiting else 200)
