"""Addresses that get no mailings: found by who knows one, since they are kept as hashes."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supporters.models import SuppressedAddress
from supporters.suppression import key_hashes

from .lists import FastList, ReadOnly


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(ReadOnly, FastList):
    list_display = ("__str__", "why", "created_at")
    fields = ("why", "created_at")
    readonly_fields = fields
    search_fields: ClassVar = ["key_hash"]  # get_search_results() says what is searched
    search_help_text = _("A whole address. Its spellings count as one.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """At its owner's request, after a bounce or a complaint by mistake.

        Who wants no more mail says themselves when they do.
        """
        may = request.user.has_perm("supporters.delete_suppressedaddress")
        return may and obj is not None and obj.why != SuppressedAddress.Why.UNSUBSCRIBED

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term.strip():
            queryset = queryset.filter(key_hash__in=key_hashes(search_term))
        return queryset, False
