"""What the admin offers of django-allauth's tables, and of groups: no secrets, nothing that only
looks done, and each act written down.
"""

from typing import Any, ClassVar

from allauth.account.admin import EmailAddressAdmin as AllauthsEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangosGroupAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from petitions.admin import Recorded

# Deleting such a row would end no session.
admin.site.unregister(UserSession)
admin.site.unregister([Authenticator, EmailAddress, Group])


@admin.register(Group)
class GroupAdmin(Recorded, DjangosGroupAdmin):
    pass


@admin.register(EmailAddress)
class EmailAddressAdmin(Recorded, AllauthsEmailAddressAdmin):  # type: ignore[misc]
    actions: ClassVar = ["make_verified"]

    @admin.action(description=_("Mark selected addresses as confirmed"))
    def make_verified(self, request: HttpRequest, queryset: Any) -> None:
        for pk in list(queryset.filter(verified=False).values_list("pk", flat=True)):
            with transaction.atomic():
                # Locked, so that what is written down is what was done here.
                mine = EmailAddress.objects.filter(pk=pk, verified=False)
                if not list(mine.select_for_update(no_key=True).values("pk")):
                    continue
                super().make_verified(request, mine)
                if address := EmailAddress.objects.filter(pk=pk, verified=True).first():
                    self.log_change(request, address, "verified")


@admin.register(Authenticator)
class AuthenticatorAdmin(Recorded, admin.ModelAdmin):  # type: ignore[type-arg]
    """Second factors can be taken from who has lost them; what they are made of stays unseen."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
