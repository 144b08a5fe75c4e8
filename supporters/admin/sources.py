"""Where a petition's supporters came from, and links with codes of one's own."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from petitions.groups import may_moderate
from supporters import sources
from supporters.growth.shown import source_rows

from .growth import figures_of
from .own_page import petition_of, render


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
    petition = petition_of(model_admin, request, object_id)
    figures = figures_of(petition)
    merge = not may_moderate(request.user)
    form = LinkForm(request.GET if "code" in request.GET else None)
    link = ""
    if form.is_valid():
        page_url = settings.SITE_URL + petition.get_absolute_url()
        link = sources.tagged(page_url, form.cleaned_data["code"])
    context = {
        "title": _("Where supporters came from"),
        "figures": figures,
        "rows": source_rows(figures, merge=merge) if figures else [],
        "form": form,
        "link": link,
    }
    return render(model_admin, request, petition, "sources", context)
