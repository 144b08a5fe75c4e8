"""Sweeps and what was unusual, of the whole site: lists that lead to each petition's own page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from supporters.models import Suspicion, Sweep

from .lists import FastList, PetitionFilter, ReadOnly


class _WaitingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Waits for a second moderator"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        return queryset.filter(state=Sweep.State.PROPOSED) if self.value() == "yes" else None


@admin.register(Sweep)
class SweepAdmin(ReadOnly, FastList):
    """Decided on the petition's page (fraud.py)."""

    list_display = ("asked_at", "petition", "state", "found", "taken", "restored", "asked_by")
    list_select_related = ("petition", "asked_by")
    list_filter = (_WaitingFilter, PetitionFilter)
    fields = (
        "own_page", "petition", "state", "found", "taken", "taken_counted", "restored",
        "restored_counted", "left_out", "note", "private_note", "asked_by", "asked_at",
        "approved_by", "undone_by", "changed_at", "erased_at",
    )  # fmt: skip
    readonly_fields: ClassVar = fields

    @admin.display(description=_("sweep"))
    def own_page(self, sweep: Sweep) -> str:
        url = reverse("admin:petitions_petition_sweep", args=[sweep.petition_id, sweep.pk])
        return format_html('<a href="{}">{}</a>', url, sweep.note)


@admin.register(Suspicion)
class SuspicionAdmin(ReadOnly, FastList):
    list_display = ("noted_at", "petition", "kind", "value", "share")
    list_select_related = ("petition",)
    list_filter = (PetitionFilter,)
    fields = ("own_page", "petition", "kind", "value", "number", "looked_at", "noted_at")
    readonly_fields: ClassVar = fields

    class Media:
        css: ClassVar = {"all": ["css/admin.css"]}

    @admin.display(description=_("signatures"))
    def share(self, suspicion: Suspicion) -> str:
        return _("%(n)s of %(whole)s in an hour") % {
            "n": intcomma(suspicion.number),
            "whole": intcomma(suspicion.looked_at),
        }

    @admin.display(description=_("Irregularities"))
    def own_page(self, suspicion: Suspicion) -> str:
        url = reverse("admin:petitions_petition_fraud", args=[suspicion.petition_id])
        return format_html('<a href="{}">{}</a>', url, suspicion.petition.title)
