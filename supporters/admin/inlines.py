"""What belongs to a petition and is edited on its page: targets, second steps, updates, events."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
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
    Update,
)
from petitions.states import Status
from supporters import mailings

from .access import may_edit, may_update
from .lists import ReadOnly

_WRITABLE = (Status.DRAFT, Status.OPEN)
_PUBLISHED = (Status.OPEN, Status.CLOSED)


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


class _UpdateForm(forms.ModelForm):  # type: ignore[type-arg]
    publish_now = forms.BooleanField(
        label=_("Publish now"),
        required=False,
        help_text=_("Everybody can read it from then on. It can be corrected, not taken back."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.published_at:
            for name in {"publish_now", "email_supporters"} & set(self.fields):
                self.fields[name].disabled = True


class _Updates(BaseInlineFormSet):  # type: ignore[type-arg]
    of_moderator: bool = False  # who may take back what was published, and mail more often

    def clean(self) -> None:
        super().clean()
        if self.of_moderator:
            return
        self._refuse_one_mailing_too_many()
        if self.can_delete and any(form.instance.published_at for form in self.deleted_forms):
            raise ValidationError(_("What was published stays. Correct it with another update."))

    def _refuse_one_mailing_too_many(self) -> None:
        asking = [form for form in self._to_publish() if form.cleaned_data.get("email_supporters")]
        if not asking:
            return
        Petition.objects.lock().get(pk=self.instance.pk)  # so that two at once are one too many
        # The forms for old and new updates are two sets with one petition.
        left = getattr(self.instance, "mailings_left", None)
        left = mailings.left_this_week(self.instance.pk) if left is None else left
        for form in asking[left:]:
            form.add_error("email_supporters", mailings.too_many())
        self.instance.mailings_left = max(0, left - len(asking))

    def _to_publish(self) -> list[Any]:
        """The forms that ask for it. To be asked before saving: has_changed() is False for what may
        not be changed, as a new update may not once it is stored.
        """
        gone = set(self.deleted_forms) if self.can_delete else set()
        return [
            form
            for form in self.forms
            if form not in gone
            and form.has_changed()
            and getattr(form, "cleaned_data", {}).get("publish_now")
        ]

    def save_as(self, author: Any) -> int:
        """Save what was typed, under the author's name where it is new. Returns how many updates
        were published."""
        wanted = self._to_publish()
        self.save(commit=False)
        for update in self.deleted_objects:
            update.delete()
        for update in self.new_objects:
            update.author = author
            update.save()
        for update, changed in self.changed_objects:
            # Not the whole row, or an update published since it was read would be a draft again.
            stored = {field.name for field in update._meta.concrete_fields}  # noqa: SLF001
            update.save_edited(stored & set(changed))
        return sum(form.instance.publish() for form in wanted)


class _UpdatePart(_Part, admin.StackedInline):  # type: ignore[type-arg]
    model = Update
    form = _UpdateForm

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.of_moderator = may_moderate(request.user)
        return formset


class UpdateInline(_UpdatePart):
    formset = _Updates
    fields = ("kind", "title", "body", "happened_on", "published_at", "email_supporters",
              "publish_now")  # fmt: skip
    readonly_fields = ("published_at",)
    max_num = 0
    changed_while = deleted_while = _PUBLISHED
    may_write = staticmethod(may_update)
    classes = ("collapse",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _NewUpdate(_Updates):
    @classmethod
    def get_default_prefix(cls) -> str:
        return "new_update"


class NewUpdateInline(_UpdatePart):
    """An empty form before the others, so that news is posted without scrolling past old ones."""

    formset = _NewUpdate
    fields = ("kind", "title", "body", "happened_on", "email_supporters", "publish_now")
    extra = max_num = 1
    verbose_name = _("new update")
    verbose_name_plural = _("post an update")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).none()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Before there are readers there is no news; not even for moderators.
        return (
            obj is not None
            and obj.status in _PUBLISHED
            and request.user.has_perm("petitions.add_update")
            and may_update(request.user, obj, *_PUBLISHED)
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The decisions: to be read, with who made them and private notes for moderators alone."""

    model = ModerationEvent
    fields = ("at", "from_status", "to_status", "actor", "why", "public_note", "private_note")
    readonly_fields = fields
    extra = max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        events = super().get_queryset(request).select_related("actor")
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
        if not may_moderate(request.user) or not isinstance(obj, Petition):
            return False
        return obj.is_public or obj.status == Status.HIDDEN  # withheld before it is shown again

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
