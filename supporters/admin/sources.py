"""Where a petition's supporters came from, and links with codes of one's own."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from petitions.groups import may_moderate
from supporters import sources
from supporters.growth.shown import source_rows

from .growth import figures_of


class LinkForm(forms.Form):
    """An own code, for a link on a leaflet or in a newsletter."""

    code = forms.CharField(
        label=_("Code"),
        max_length=sources.LONGEST,
        help_text=_("Small letters a to z, digits and hyphens, 20 at most: leaflet, radio."),
    )

    def clean_code(self) -> str:
        code = sources.read(self.cleaned_data["code"])
        if code in sources.LABELS and code:
            raise forms.ValidationError(
                _("The site's own links use this code. Choose a longer one."), code="taken"
            )
        if code:
            return code
        raise forms.ValidationError(
            _("Use small letters a to z, digits and hyphens only."), code="invalid"
        )


def sources_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = model_admin.get_object(request, object_id)
    if petition is None:
        raise Http404
    if not model_admin.has_view_permission(request, petition):
        raise PermissionDenied
    figures = figures_of(petition)
    merge = not may_moderate(request.user)
    form = LinkForm(request.GET if "code" in request.GET else None)
    link = ""
    if form.is_valid():
        page_url = settings.SITE_URL + petition.get_absolute_url()
        link = sources.tagged(page_url, form.cleaned_data["code"])
    context = {
        **admin.site.each_context(request),
        "title": _("Where supporters came from"),
        "subtitle": str(petition),
        "opts": model_admin.opts,
        "petition": petition,
        "figures": figures,
        "rows": source_rows(figures, merge=merge) if figures else [],
        "form": form,
        "link": link,
    }
    return TemplateResponse(request, "admin/petitions/petition/sources.html", context)
