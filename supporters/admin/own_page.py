"""What a petition's own pages in the admin begin and end with."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from petitions.models import Petition


def petition_of(model_admin: Any, request: HttpRequest, object_id: str) -> Petition:
    """The petition, for who may see it. Raises Http404 and PermissionDenied."""
    petition: Petition | None = model_admin.get_object(request, object_id)
    if petition is None:
        raise Http404
    if not model_admin.has_view_permission(request, petition):
        raise PermissionDenied
    return petition


def render(
    model_admin: Any,
    request: HttpRequest,
    petition: Petition,
    name: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """The page with what they all have (own_page.html)."""
    return TemplateResponse(
        request,
        f"admin/petitions/petition/{name}.html",
        {
            **model_admin.admin_site.each_context(request),
            "subtitle": str(petition),
            "opts": model_admin.opts,
            "petition": petition,
            **context,
        },
        status=status,
    )
