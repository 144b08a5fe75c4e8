"""What a load balancer asks."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from supporters.models import OutgoingMail


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
        oldest = (
            OutgoingMail.objects.filter(
                sent_at=None, failed_at=None, not_before__lte=timezone.now()
            )
            .order_by("not_before")
            .values_list("not_before", flat=True)
            .first()
        )
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    body = {"database": "ok", "migrations_waiting": waiting, "outbox_age": round(age, 1)}
    return JsonResponse(body, status=503 if waiting else 200)
