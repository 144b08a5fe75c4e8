"""Where a petition's supporters came from, and links with codes of one's own."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from petitions.groups import may_moderate
from petitions.models import Petition
from supporters import sources
from supporters.models import Signature

# Fewer from one source are shown together: who sent a link to three people should not learn here
# which of them signed.
SMALLEST = 5
MOST_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: Any
    code: str
    confirmed: int
    pending: int
    percent: float  # of all confirmed


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
        "rows": rows_of(petition, merge=not may_moderate(request.user)),
        "form": form,
        "link": link,
    }
    return TemplateResponse(request, "admin/petitions/petition/sources.html", context)


def rows_of(petition: Petition, *, merge: bool) -> list[Row]:
    """Most supporters first; what comes after MOST_ROWS in one row at the end.

    With `merge` small sources are in that row too, and as many of the next larger ones as it takes
    to hide a single source in it: the whole is known, so that what is left out could be told.

    Reads all signatures of the petition, by the index that begins with it: a second for a million.
    It is asked for by hand, and by few; a counter per source would be paid by every signature.
    """
    counted = (
        Signature.objects.filter(
            petition=petition, status__in=(Signature.Status.CONFIRMED, Signature.Status.PENDING)
        )
        .order_by()
        .values_list("source")
        .annotate(
            confirmed=Count("pk", filter=Q(status=Signature.Status.CONFIRMED)),
            pending=Count("pk", filter=Q(status=Signature.Status.PENDING)),
        )
    )
    found = sorted(counted, key=lambda row: (-row[1], -row[2], row[0]))
    total = sum(confirmed for _code, confirmed, _pending in found)
    shown, rest = found[:MOST_ROWS], found[MOST_ROWS:]
    if merge:
        rest = [row for row in shown if row[1] < SMALLEST] + rest
        shown = [row for row in shown if row[1] >= SMALLEST]
        while shown and rest and (len(rest) < 2 or sum(row[1] for row in rest) < SMALLEST):  # noqa: PLR2004
            rest.append(shown.pop())
    named = [(sources.LABELS.get(code, code), code, *numbers) for code, *numbers in shown]
    if rest:
        confirmed, pending = (sum(row[column] for row in rest) for column in (1, 2))
        named.append((_("Others, taken together"), "", confirmed, pending))
    return [
        Row(
            label=label,
            code=code,
            confirmed=confirmed,
            pending=pending,
            percent=100 * confirmed / total if total else 0,
        )
        for label, code, confirmed, pending in named
    ]
