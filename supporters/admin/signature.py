"""Signatures: lists, the page of one in full, and the addresses of the search and of each act."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition, StaffAct
from supporters.addresses import InvalidAddress, email_key
from supporters.models import Signature
from supporters.signature_acts import look_at

from .asked_again import asked_again
from .lists import FastList, PetitionFilter, ReadOnly, chosen_petition, is_id
from .signature_acts import act_view, acts_for, export_view
from .signature_search import search_view

# The index's condition word for word: SQLite knows its index again only without parameters.
_LIVE = RawSQL(
    "supporters_signature.status IN ('pending', 'confirmed')", [], output_field=BooleanField()
)


class _CountedOfPetition(PetitionFilter):
    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        signatures = super().queryset(request, queryset)
        if signatures is None or request.GET.get("q"):
            return signatures
        # The index (petition, position) holds counted ones only; no index lists the others.
        return signatures.filter(position__isnull=False)


@admin.register(Signature)
class SignatureAdmin(ReadOnly, FastList):
    """Read only, but for the acts. Three lists, each with its index.

    All signatures, newest first (primary key) · the counted ones of one petition, newest position
    first (supporters_signature_position_once) · one address under one petition
    (supporters_signature_once), or one id.
    """

    list_display = ("id", "petition", "name", "email", "status", "position", "confirmed_at")
    list_select_related = ("petition",)
    list_filter = (_CountedOfPetition,)
    search_fields: ClassVar = ["email_key"]
    search_help_text = _("A number finds a signature. An address is looked up under one petition.")
    fields = (
        "petition", "version", "status", "position", "given_name", "family_name", "email",
        "country", "postal_code", "locality", "reason", "display", "wants_updates", "kind",
        "is_organizer", "mails_asked", "created_at", "confirmed_at", "ended_at", "language",
        "source",
    )  # fmt: skip
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("search/", view(partial(search_view, self)), name="supporters_signature_search"),
            path("export/", view(partial(export_view, self)), name="supporters_signature_export"),
            path(
                "<path:object_id>/act/<str:act>/",
                view(partial(act_view, self)),
                name="supporters_signature_act",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """All that is known of who signed: after the password alone, and noted."""
        signature = self.get_object(request, object_id) if is_id(object_id) else None
        if (
            signature is None
            or request.method not in {"GET", "HEAD"}
            or not self.has_view_permission(request, signature)
        ):
            return super().change_view(request, object_id, form_url, extra_context)
        shown = {**(extra_context or {}), "acts": acts_for(request.user, signature)}
        return asked_again(self._show)(request, signature, form_url, shown)

    def _show(
        self, request: HttpRequest, signature: Signature, form_url: str, context: Any
    ) -> HttpResponse:
        look_at(signature, by=request.user)
        return super().change_view(request, str(signature.pk), form_url, context)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        if chosen_petition(request) is None:
            return ["-id"]
        return ["email_key"] if request.GET.get("q") else ["-position"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        self._note_search(request)
        if is_id(term):
            return queryset.filter(pk=int(term)), False
        if chosen_petition(request) is None:
            say = _("Open the signatures of one petition, from its page, to look up an address.")
            self.message_user(request, say, messages.WARNING)
            return queryset.none(), False
        try:
            key = email_key(term)
        except InvalidAddress:
            self.message_user(request, _("This is no email address."), messages.WARNING)
            return queryset.none(), False
        return queryset.filter(_LIVE, email_key=key), False

    def _note_search(self, request: HttpRequest) -> None:
        """As on the page of the search: that somebody looked, not for whom."""
        user: Any = request.user
        chosen = Petition.objects.filter(pk=chosen_petition(request) or 0).values_list("pk")
        petition_id = chosen[0][0] if chosen else None
        StaffAct.record(by=user, verb=StaffAct.Verb.SEARCHED, petition_id=petition_id)

    @admin.display(description=_("name"))
    def name(self, signature: Signature) -> str:
        return f"{signature.given_name} {signature.family_name}".strip()
