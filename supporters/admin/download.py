"""Downloading a petition's supporters: the page that asks, the file, and the log for moderators."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition
from supporters import consent, download
from supporters.access import may_download
from supporters.models import Download

from .asked_again import asked_again
from .lists import FastList, PetitionFilter, ReadOnly

SHOWN = 20  # of the petition's earlier downloads


def download_view(model_admin: Any, request: HttpRequest, object_id: str) -> Any:
    """GET tells what is in the file, POST gives it. Both ask for the password, unless that was
    just done; strangers are sent away before.
    """
    petition = model_admin.get_object(request, object_id)
    if petition is None:
        raise Http404
    if not may_download(request.user, petition):
        raise PermissionDenied
    return _for_who_was_asked(request, petition, model_admin)


@asked_again
def _for_who_was_asked(request: HttpRequest, petition: Petition, model_admin: Any) -> Any:
    if request.method == "POST":
        return _file(request, petition)
    earlier = Download.objects.filter(petition=petition).order_by("-id")[:SHOWN]
    context = {
        **admin.site.each_context(request),
        "title": _("Download supporters"),
        "subtitle": str(petition),
        "opts": model_admin.opts,
        "petition": petition,
        "asks": consent.asks(petition),
        "wording": consent.WORDING,
        "earlier": list(earlier),
        "columns": download.COLUMNS,
    }
    return TemplateResponse(request, "admin/petitions/petition/download.html", context)


def _file(request: HttpRequest, petition: Petition) -> HttpResponse | StreamingHttpResponse:
    user: Any = request.user
    begun = Download.objects.create(petition=petition, by=user, by_name=user.get_username())
    response = StreamingHttpResponse(
        download.lines(petition, begun), content_type="text/csv; charset=utf-8"
    )
    name = f"{petition.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""  # noqa: FBT003
    return response


@admin.register(Download)
class DownloadAdmin(ReadOnly, FastList):
    """Who downloaded whose supporters, newest first; nobody changes it."""

    list_display = ("at", "petition", "by_name", "rows", "addresses", "ended_at")
    list_select_related = ("petition",)
    list_filter = (PetitionFilter,)
    fields = ("petition", "by_name", "at", "ended_at", "rows", "addresses")
    readonly_fields: ClassVar = fields
