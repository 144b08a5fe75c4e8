"""Which updates were mailed to supporters, and how far that is."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supporters import outbox, switches
from supporters.models import Mailing

from .lists import FastList, ReadOnly


@admin.register(Mailing)
class MailingAdmin(ReadOnly, FastList):
    list_display = ("update", "petition", "state", "started_at", "finished_at", "cancelled_at")
    list_select_related = ("update__petition",)
    fields = ("update", "petition", "state", "started_at", "finished_at", "cancelled_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        unsent = outbox.waiting().filter(mailing=OuterRef("pk"))
        mailings: Any = super().get_queryset(request)
        return mailings.annotate(has_unsent=Exists(unsent))  # type: ignore[no-any-return]

    @admin.display(description=_("petition"))
    def petition(self, mailing: Mailing) -> str:
        return mailing.update.petition.title

    @admin.display(description=_("state"))
    def state(self, mailing: Any) -> str:
        if mailing.cancelled_at:
            return str(_("Cancelled"))
        if mailing.finished_at and not mailing.has_unsent:
            return str(_("Sent"))
        if switches.current().mailings_paused:
            return str(_("Waits: mailings are paused for the whole site"))
        return str(_("On its way"))
