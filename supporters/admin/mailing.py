"""Which updates were mailed to supporters, and how far that is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supporters.models import Mailing

from .lists import FastList


@admin.register(Mailing)
class MailingAdmin(FastList):
    list_display = ("update", "petition", "started_at", "finished_at", "cancelled_at")
    list_select_related = ("update__petition",)
    fields = ("update", "petition", "started_at", "finished_at", "cancelled_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("petition"))
    def petition(self, mailing: Mailing) -> str:
        return mailing.update.petition.title
