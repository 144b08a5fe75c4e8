"""Which updates were mailed to supporters, and how far that is."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from supporters.models import Mailing

from .lists import FastList, ReadOnly


@admin.register(Mailing)
class MailingAdmin(ReadOnly, FastList):
    list_display = ("update", "petition", "started_at", "finished_at", "cancelled_at")
    list_select_related = ("update__petition",)
    fields = ("update", "petition", "started_at", "finished_at", "cancelled_at")
    readonly_fields = fields

    @admin.display(description=_("petition"))
    def petition(self, mailing: Mailing) -> str:
        return mailing.update.petition.title
