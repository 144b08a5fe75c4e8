"""What happened, for moderators to read: decisions, events of petitions, acts of the staff.

Nobody adds, changes or deletes anything here, superusers included; the rows themselves refuse it
too (petitions/models/append_only.py).
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from petitions import claims
from petitions.groups import may_moderate
from petitions.models import ModerationEvent, PetitionEvent, StaffAct, User
from petitions.states import Status

from .lists import FastList, PetitionFilter, ReadOnly, is_id


class _ActorFilter(admin.SimpleListFilter):
    """Shows whose acts a list is limited to. They are chosen from the list itself."""

    title = _("actor")
    parameter_name = "actor__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        typed = request.GET.get(self.parameter_name, "")
        found = User.objects.filter(pk=int(typed)).first() if is_id(typed) else None
        return [(typed, claims.name_of(found))] if found else []

    def has_output(self) -> bool:
        return self.value() is not None  # what shows nothing would not filter either

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        typed = self.value() or ""
        return queryset.filter(actor_id=int(typed)) if is_id(typed) else None


class _ChoiceFilter(admin.SimpleListFilter):
    """By one column that has an index with the list's order."""

    parameter_name: str
    choices_of: ClassVar[Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.choices_of.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        value = self.value()
        if value not in self.choices_of.values:
            return None
        found: QuerySet[Any] = queryset.filter(**{self.parameter_name: value})
        return found


class _StatusFilter(_ChoiceFilter):
    title = _("to")
    parameter_name = "to_status"
    choices_of = Status


class _KindFilter(_ChoiceFilter):
    title = _("kind")
    parameter_name = "kind"
    choices_of = PetitionEvent.Kind


class _VerbFilter(_ChoiceFilter):
    title = _("act")
    parameter_name = "verb"
    choices_of = StaffAct.Verb


class _History(ReadOnly, FastList):
    """Rows of the past, newest first."""

    list_select_related = ("actor", "petition")
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_moderate(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_moderate(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.defer(*(f"petition__{name}" for name in ("summary", "body", "ask")))

    @admin.display(description=_("actor"))
    def who(self, row: Any) -> str:
        if row.actor is None:
            return "–"
        query = f"{_ActorFilter.parameter_name}={row.actor_id}"
        return self._narrowed(query, claims.name_of(row.actor))

    @admin.display(description=_("petition"))
    def about(self, row: Any) -> str:
        if row.petition is None:
            return "–"
        query = f"{PetitionFilter.parameter_name}={row.petition_id}"
        return self._narrowed(query, row.petition.title)

    def _narrowed(self, query: str, text: str) -> str:
        """A link to this list, limited to what the text names."""
        listed = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return format_html('<a href="{}?{}"><bdi>{}</bdi></a>', listed, query, text)


@admin.register(ModerationEvent)
class ModerationEventAdmin(_History):
    list_display = ("at", "who", "about", "from_status", "to_status", "reason", "public_note")
    list_filter = (PetitionFilter, _ActorFilter, _StatusFilter)
    fields = ("at", "actor", "petition", "from_status", "to_status", "reason", "public_note",
              "private_note")  # fmt: skip
    readonly_fields = fields


@admin.register(PetitionEvent)
class PetitionEventAdmin(_History):
    list_display = ("at", "who", "about", "kind", "by_moderators", "note")
    list_filter = (PetitionFilter, _ActorFilter, _KindFilter)
    fields = ("at", "actor", "by_moderators", "petition", "kind", "person", "role", "note")
    readonly_fields = fields


@admin.register(StaffAct)
class StaffActAdmin(_History):
    list_display = ("at", "who", "verb", "subject", "about", "note")
    list_filter = (PetitionFilter, _ActorFilter, _VerbFilter)
    fields = ("at", "actor", "verb", "subject_type", "subject_id", "petition", "note")
    readonly_fields = fields

    @admin.display(description=_("kind of thing"))
    def subject(self, row: StaffAct) -> str:
        return f"{row.subject_type} {row.subject_id}".strip() or "–"
