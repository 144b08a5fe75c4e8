"""The site's addresses, and for each case the least that could do its work, as a view of ours.

They stand behind the same MIDDLEWARE, so that a ratio says what the case itself costs. Like a page
from memory, a constant view is asked without waiting at the gate.
"""

import os
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from config import shedding
from config.cached_pages import pages
from config.urls import handler400, handler500, urlpatterns
from supporters.addresses import InvalidAddress, check_address, email_key
from supporters.caching import public

__all__ = ["handler400", "handler500", "urlpatterns"]

FOLDER = Path(os.environ.get("BENCH_FOLDER", "."))
_kept: dict[str, bytes] = {}
_CONSTANT = ("page.html", "count")  # as benchmarks/cases/pages.py writes them
shedding.ALWAYS = (
    *shedding.ALWAYS, "/floor/pages/", *(f"/floor/constant/{name}" for name in _CONSTANT)
)  # fmt: skip

_INSERT = """INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code, locality,
    reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at, language,
    source
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', 'initial', %s, 'pending', 'online', %s, 1, %s, 'en',
    '')"""
_UPDATE = (
    "UPDATE supporters_signature SET status = 'confirmed', confirmed_at = %s "
    "WHERE id = %s AND status = 'pending'"
)


def constant(request: HttpRequest, name: str) -> HttpResponse:
    """The bytes of a file that bench.py wrote, read once."""
    if name not in _kept:
        _kept[name] = (FOLDER / name).read_bytes()
    return HttpResponse(_kept[name])


@public(reads=("n",))
def kept(request: HttpRequest) -> HttpResponse:
    """10 KB that are kept in memory, once for each number."""
    return HttpResponse(b"x" * 10_000)


def of_pages(request: HttpRequest) -> JsonResponse:
    """Of the process that answers: how much of its memory for pages is used, in bytes."""
    return JsonResponse({"process": os.getpid(), "limit": pages.limit, "weight": pages.weight,
                         "pages": len(pages)})  # fmt: skip


@csrf_exempt
def sign(request: HttpRequest, petition: int, version: int) -> HttpResponse:
    """Validated as far as it must be, and one INSERT."""
    given, family = request.POST.get("given_name", ""), request.POST.get("family_name", "")
    country, code = request.POST.get("country", ""), request.POST.get("postal_code", "")
    try:
        address = check_address(request.POST.get("email", ""))
    except InvalidAddress:
        return HttpResponse(status=400)
    if not (given and family and len(country) == 2):
        return HttpResponse(status=400)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = [petition, version, given, family, address, email_key(address), country, code]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*values, False, False, now])
    return HttpResponseRedirect("/floor/done/")


@csrf_exempt
def confirm(request: HttpRequest, signature: int) -> HttpResponse:
    """One guarded UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE, [connection.ops.adapt_datetimefield_value(timezone.now()), signature]
        )
        return HttpResponseRedirect("/floor/done/") if cursor.rowcount else HttpResponse(status=409)


urlpatterns = [
    path("floor/constant/<str:name>", constant),
    path("floor/kept/", kept),
    path("floor/pages/", of_pages),
    path("floor/sign/<int:petition>/<int:version>/", sign),
    path("floor/confirm/<int:signature>/", confirm),
    *urlpatterns,
]
