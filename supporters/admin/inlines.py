"""What belongs to a petition and is edited on its page: targets, second steps, events."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from petitions.admin import HTTPS
from petitions.groups import may_moderate
from petitions.models import (
    ActionStep,
    ModerationEvent,
    Petition,
    PetitionTarget,
    PetitionVersion,
)
from petitions.states import Status
from supporters.access import may_edit, moderates

from .lists import ReadOnly

_WRITABLE = (Status.DRAFT, Status.OPEN)


class _Part(admin.options.InlineModelAdmin):  # type: ignore[type-arg]
    """Rows of one petition; who may see its page may see them."""

    added_while: ClassVar[tuple[Status, ...]] = _WRITABLE
    changed_while: ClassVar[tuple[Status, ...]] = _WRITABLE
    deleted_while: ClassVar[tuple[Status, ...]] = _WRITABLE
    may_write: ClassVar[Any] = staticmethod(may_edit)
    formfield_overrides = HTTPS
    extra = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_add_permission(request, obj)
        return may and self.may_write(request.user, obj, *self.added_while)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and self.may_write(request.user, obj, *self.changed_while)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and self.may_write(request.user, obj, *self.deleted_while)


class TargetInline(_Part, admin.TabularInline):  # type: ignore[type-arg]
    """The targets there are. Their names are text, since a select would ask for each by itself."""

    model = PetitionTarget
    fields = ("target_name", "relation")
    readonly_fields = ("target_name",)
    max_num = 0
    changed_while = deleted_while = (Status.DRAFT,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("target")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("target"))
    def target_name(self, link: PetitionTarget) -> str:
        return link.target.name  # without the link that Django makes; organizers would get a 403


class _NewTargets(BaseInlineFormSet):  # type: ignore[type-arg]
    @classmethod
    def get_default_prefix(cls) -> str:
        return "new_targets"

    def clean(self) -> None:
        super().clean()
        # Django 5.2 skips the constraint, since the petition is no field of the form.
        linked = PetitionTarget.objects.filter(petition_id=self.instance.pk)
        taken = set(linked.values_list("target_id", flat=True))
        for form in self.forms:
            target = form.cleaned_data.get("target")
            if target and target.pk in taken and not form.errors:
                form.add_error("target", _("The petition names this target already."))


class NewTargetInline(_Part, admin.TabularInline):  # type: ignore[type-arg]
    model = PetitionTarget
    formset = _NewTargets
    fields = ("target", "relation")
    autocomplete_fields = ("target",)
    verbose_name = _("target")
    verbose_name_plural = _("add targets")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActionStepInline(_Part, admin.StackedInline):  # type: ignore[type-arg]
    model = ActionStep
    fields = ("kind", "contact", "phone", "email", "link", "instruction", "script")


class EventInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The decisions: to be read, with who made them and private notes for moderators alone."""

    model = ModerationEvent
    fields = ("at", "from_status", "to_status", "actor", "why", "public_note", "private_note")
    readonly_fields = fields
    extra = max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        events: QuerySet[Any] = rows.select_related("actor").with_words()
        return events if may_moderate(request.user) else events.defer("private_note")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if may_moderate(request.user):
            return self.fields
        return ("at", "from_status", "to_status", "why", "public_note")

    @admin.display(description=_("reason"))
    def why(self, event: ModerationEvent) -> str:
        return event.reason_text or event.reason

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # to whom the petition's page is shown


class VersionInline(admin.TabularInline):  # type: ignore[type-arg]
    """The texts that people signed under. A moderator may withhold one, never change it."""

    model = PetitionVersion
    fields = ("number", "created_at", "created_by", "reason", "is_withheld")
    readonly_fields = ("number", "created_at", "created_by", "reason")
    extra = max_num = 0
    can_delete = False
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("created_by")
        return rows.defer("body", "ask", "summary", "html", "ask_html")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_moderate(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not isinstance(obj, Petition) or not moderates(request.user, obj):
            return False
        return obj.is_public or obj.status == Status.HIDDEN  # withheld before it is shown again

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
