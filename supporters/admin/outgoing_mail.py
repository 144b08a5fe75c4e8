"""The outbox: what waits, what was sent, what failed and can be tried again."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from petitions.models import StaffAct
from supporters.models import Mailing, OutgoingMail

from .lists import FastList, ReadOnly


class _StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Waiting")), ("failed", _("Failed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        if self.value() == "waiting":
            return queryset.filter(sent_at=None, failed_at=None)  # type: ignore[no-any-return]
        if self.value() == "failed":
            return queryset.filter(failed_at__isnull=False)  # type: ignore[no-any-return]
        return None


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly, FastList):
    list_display = ("id", "kind", "recipient", "petition", "created_at", "sent_at", "failed_at",
                    "failure")  # fmt: skip
    list_select_related = ("petition",)
    list_filter = (_StateFilter,)
    actions = ("try_again",)
    fields = ("kind", "recipient", "petition", "signature", "mailing", "created_at", "not_before",
              "attempts", "sent_at", "failed_at", "failure")  # fmt: skip
    readonly_fields = fields

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("supporters.change_outgoingmail")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        # Those of supporters_mail_waiting, supporters_mail_failed and the primary key.
        orders = {"waiting": ["not_before", "id"], "failed": ["-failed_at", "-id"]}
        return orders.get(request.GET.get("state", ""), ["-id"])

    def get_list_display(self, request: HttpRequest) -> Any:
        return _for(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _for(request, super().get_fields(request, obj))

    @admin.action(description=_("Try failed mails again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        again = queryset.order_by().filter(failed_at__isnull=False, sent_at=None)
        ids = list(again.exclude(mailing=None).values_list("mailing", flat=True).distinct())
        user: Any = request.user
        with transaction.atomic():
            # The mailings first, as whoever cancels one does.
            mailings = Mailing.objects.filter(pk__in=ids)
            list(mailings.select_for_update(no_key=True).order_by("pk").values("pk"))
            number = again.filter(Q(mailing=None) | Q(mailing__in=ids)).update(
                failed_at=None,
                failure="",
                attempts=0,
                leased_until=None,
                not_before=Now(),
            )
            if number:
                mailings.update(settled_at=None, count_again_at=None)
                note = f"outgoing mails: {number}"
                StaffAct.record(by=user, verb=StaffAct.Verb.RESUMED, note=note)
        say = ngettext("%d mail will be tried again.", "%d mails will be tried again.", number)
        level = messages.SUCCESS if number else messages.WARNING
        self.message_user(request, say % number, level)


def _for(request: HttpRequest, names: Any) -> Any:
    """Whoever may not see signatures sees no addresses of signers."""
    if request.user.has_perm("supporters.view_signature"):
        return names
    return [name for name in names if name not in {"recipient", "signature", "failure"}]
