"""Using a petition as a template: GET asks, POST makes a draft of one's own."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.cloning import clone


def copy_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = model_admin.get_object(request, object_id)
    if petition is None:
        raise Http404
    may = model_admin.has_view_permission(request, petition)
    if not may or not model_admin.has_add_permission(request):
        raise PermissionDenied
    user: Any = request.user
    if request.method == "POST":
        made = clone(petition, by=user)
        messages.success(request, gettext("This draft is yours. Change what is to be different."))
        return HttpResponseRedirect(reverse("admin:petitions_petition_change", args=[made.pk]))
    return TemplateResponse(
        request,
        "admin/petitions/petition/copy.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("Use as a template"),
            "subtitle": str(petition),
            "opts": model_admin.opts,
            "petition": petition,
        },
    )
