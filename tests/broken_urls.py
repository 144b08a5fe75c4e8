"""The site's addresses, and some whose views fail as views in the field do."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler500, urlpatterns

__all__ = ["handler400", "handler500", "urlpatterns"]


def fault(request: HttpRequest) -> NoReturn:
    raise ZeroDivisionError("a secret of ours")


def forbidden(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def damaged(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation("a secret of ours")


def wrong_table(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere_at_all")
    return HttpResponse()


def cut_off(request: HttpRequest) -> HttpResponse:
    """PostgreSQL ends this very connection, as it does when it is restarted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        cursor.execute("SELECT 1")
    return HttpResponse()


def slow(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 5")
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse()


def deadlocked(request: HttpRequest) -> HttpResponse:
    """As PostgreSQL tells the one of two that it chose to give up."""
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE deadlock_detected; END $$")
    return HttpResponse()


views = (fault, forbidden, damaged, wrong_table, cut_off, slow, deadlocked)
urlpatterns = [
    *(path(f"{prefix}{view.__name__}/", view) for view in views for prefix in ("", "es/")),
    *urlpatterns,
]
