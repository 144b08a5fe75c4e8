"""The further pages of a petition in the admin: their addresses, and who is led to them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from petitions.groups import may_moderate
from petitions.models import Petition, ProposedAsk
from supporters.access import may_download, may_edit

from .appeal_page import appeal_view, is_led_to
from .claim import claim_view
from .copy import copy_view
from .download import download_view
from .fraud import fraud_preview_view, fraud_view, sweep_view
from .growth import growth_view
from .proposed_ask import proposed_ask_view
from .reasons import reasons_view
from .review import review_view
from .sources import sources_view
from .team import team_view
from .update_mailing import mailing_view
from .updates import new_update_view, preview_view, update_view, updates_view

_Page = Callable[[Any, HttpRequest, str], HttpResponse]
_UpdatePage = Callable[[Any, HttpRequest, str, int], HttpResponse]

# In the address, and as the last word of its name.
_PAGES: dict[str, _Page] = {
    "review": review_view,
    "claim": claim_view,
    "growth": growth_view,
    "sources": sources_view,
    "reasons": reasons_view,
    "team": team_view,
    "proposed-ask": proposed_ask_view,
    "copy": copy_view,
    "download": download_view,
    "appeal": appeal_view,
    "updates": updates_view,
    "fraud": fraud_view,
    "fraud/preview": fraud_preview_view,
}
# Of its updates: the address after "updates/", and the last word of its name.
_WRITING: dict[str, tuple[str, _Page]] = {
    "new": ("new_update", new_update_view),
    "preview": ("preview_update", preview_view),
}
_OF_UPDATE: dict[str, tuple[str, _UpdatePage]] = {
    "": ("update", update_view),
    "mailing/": ("mailing", mailing_view),
}


def urls(model_admin: Any) -> list[Any]:
    view = model_admin.admin_site.admin_view
    writing = [
        path(
            f"<path:object_id>/updates/{place}/",
            view(partial(_show, model_admin, page)),
            name=f"petitions_petition_{name}",
        )
        for place, (name, page) in _WRITING.items()
    ]
    of_update = [
        path(
            f"<path:object_id>/updates/<int:update_id>/{place}",
            view(partial(_show_update, model_admin, update_page)),
            name=f"petitions_petition_{name}",
        )
        for place, (name, update_page) in _OF_UPDATE.items()
    ]
    of_sweep = path(
        "<path:object_id>/fraud/<int:sweep_id>/",
        view(partial(_show_sweep, model_admin)),
        name="petitions_petition_sweep",
    )
    return [
        *writing,
        *of_update,
        of_sweep,
        *_own(model_admin),
    ]


def _own(model_admin: Any) -> list[Any]:
    return [
        path(
            f"<path:object_id>/{name}/",
            model_admin.admin_site.admin_view(partial(_show, model_admin, page)),
            name=f"petitions_petition_{name.replace('-', '_').replace('/', '_')}",
        )
        for name, page in _PAGES.items()
    ]


def tools(user: Any, petition: Petition) -> list[tuple[str, Any]]:
    """Address and label of those that this user, who sees the petition, is led to."""
    found: list[tuple[str, Any]] = []
    if may_moderate(user):
        found.append((reverse("admin:petitions_petition_review", args=[petition.pk]), _("Review")))
    updates = reverse("admin:petitions_petition_updates", args=[petition.pk])
    found.append((updates, _("Updates")))
    if petition.is_published:
        grows = reverse("admin:petitions_petition_growth", args=[petition.pk])
        found.append((grows, _("How it grows")))
    found += [
        (reverse("admin:petitions_petition_team", args=[petition.pk]), _("Team")),
        (reverse("admin:petitions_petition_copy", args=[petition.pk]), _("Use as a template")),
    ]
    if petition.is_published and may_download(user, petition):
        file = reverse("admin:petitions_petition_download", args=[petition.pk])
        found.append((file, _("Download supporters")))
    if may_moderate(user) and petition.opened_at:
        odd = reverse("admin:petitions_petition_fraud", args=[petition.pk])
        found.append((odd, _("Irregularities")))
    if may_edit(user, petition) and ProposedAsk.objects.filter(petition=petition).exists():
        waiting = reverse("admin:petitions_petition_proposed_ask", args=[petition.pk])
        found.append((waiting, _("Text change waiting")))
    if is_led_to(user, petition):
        page = reverse("admin:petitions_petition_appeal", args=[petition.pk])
        found.append((page, pgettext_lazy("noun", "Appeal")))
    return found


def _show(model_admin: Any, page: _Page, request: HttpRequest, object_id: str) -> HttpResponse:
    return page(model_admin, request, unquote(object_id))


def _show_update(
    model_admin: Any, page: _UpdatePage, request: HttpRequest, object_id: str, update_id: int
) -> HttpResponse:
    return page(model_admin, request, unquote(object_id), update_id)


def _show_sweep(
    model_admin: Any, request: HttpRequest, object_id: str, sweep_id: int
) -> HttpResponse:
    return sweep_view(model_admin, request, unquote(object_id), sweep_id)
