"""The admin of what shows no number: accounts, targets, topics. Petitions: supporters/admin/."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangosUserAdmin
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from petitions.groups import may_moderate
from petitions.models import Petition, PetitionTarget, StaffAct, Target, Topic, User
from petitions.slugs import candidates

# Django 5.2 warns unless told what "example.org" stands for; 6 takes https by itself.
HTTPS: dict[Any, Any] = {models.URLField: {"assume_scheme": "https"}}


class AsksAgain:
    """Mixed into a ModelAdmin: what the database refuses becomes an error in the form.

    Between a form's own check and the INSERT somebody else may take a name. The second time
    round the check sees the other row and says so in place.
    """

    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(*args, **kwargs)  # type: ignore[no-any-return, misc]
        except IntegrityError:
            return super().changeform_view(*args, **kwargs)  # type: ignore[no-any-return, misc]


class Recorded:
    """Mixed into every ModelAdmin of ours: what is added, changed and deleted there is written down
    for good (StaffAct), in the transaction of the act. Django's own log can be changed.

    What changed is noted by the names of fields alone, so that nothing of signers is in it.
    """

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.write_down(request, StaffAct.Verb.ADDED, obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.write_down(request, StaffAct.Verb.CHANGED, obj, _names(message))
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self.write_down(request, StaffAct.Verb.DELETED, obj)
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def write_down(self, request: HttpRequest, verb: str, obj: Any, note: str = "") -> None:
        """One row for one act. Overridden where an act has a name of its own."""
        user: Any = request.user
        petition_id = obj.pk if isinstance(obj, Petition) else getattr(obj, "petition_id", None)
        StaffAct.record(by=user, verb=verb, subject=obj, petition_id=petition_id, note=note)


def _names(message: Any) -> str:
    """Which fields, of Django's own message; a text of ours as it is."""
    if isinstance(message, str):
        return message
    names: list[str] = []
    for part in message:
        for act in part.values():
            names += map(str, act.get("fields", [act.get("name", "")]))
    return ", ".join(dict.fromkeys(filter(None, names)))


class _SluggedForm(forms.ModelForm):  # type: ignore[type-arg]
    """An empty slug is made from the name, and stays as it was once there is one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"] or self.instance.slug
        return slug


class _SluggedAdmin(Recorded, AsksAgain, admin.ModelAdmin):  # type: ignore[type-arg]
    form = _SluggedForm
    formfield_overrides = HTTPS
    search_fields: ClassVar = ["name"]
    list_per_page = 100

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Old links must work for ever, and only petitions remember their old addresses."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "slug") if obj else fields

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not may_moderate(request.user):
            raise PermissionDenied  # it names moderators
        return super().history_view(request, object_id, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if obj.slug:
            obj.save()
            return
        for slug in candidates(obj.name):
            obj.slug = slug
            try:
                with transaction.atomic():
                    obj.save()
            except IntegrityError:
                if not self.model._default_manager.filter(slug=slug).exists():  # noqa: SLF001
                    raise
            else:
                return


@admin.register(Target)
class TargetAdmin(_SluggedAdmin):
    """Organizers choose from the names and add new ones; contacts are for moderators."""

    list_display = ("name", "role", "organization")
    fields = ("name", "role", "organization", "email", "phone", "website", "slug")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_view_permission(request, obj)
        return may and (obj is None or may_moderate(request.user))

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return ["name"] if may_moderate(request.user) else None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if may_moderate(request.user) else [name for name in fields if name != "slug"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        # "?email__startswith=" would spell out what the list does not show.
        return may_moderate(request.user) and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if links := PetitionTarget.objects.filter(target__in=list(objs)).count():
            named = _("Petitions that name it: %(number)d") % {"number": links}
            return [str(target) for target in objs], {}, set(), [named]
        return super().get_deleted_objects(objs, request)


@admin.register(Topic)
class TopicAdmin(_SluggedAdmin):
    list_display = ("name", "slug")
    fields = ("name", "description", "slug")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return False  # ?petitions__… would tell of others' drafts

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # A topic may have 100,000 petitions; they lose it and stay.
        return [str(topic) for topic in objs], {self.opts.verbose_name: len(objs)}, set(), []


@admin.register(User)
class UserAdmin(Recorded, DjangosUserAdmin):  # type: ignore[type-arg]
    """Rights are given by superusers alone, even where others may edit accounts."""

    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "usable_password", "password1", "password2"),
            },
        ),
    )
    fieldsets = (
        *(DjangosUserAdmin.fieldsets or ()),
        (_("Public page of an organizer"), {"fields": ("slug",)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # The old ones would still choose passwords; the new one is confirmed at the log-in.
            EmailAddress.objects.filter(user=obj).delete()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        if obj and obj.slug:  # old links must work for ever
            fields = (*fields, "slug")
        if request.user.is_superuser:
            return fields
        return (*fields, "is_staff", "is_superuser", "groups", "user_permissions")
