"""What keeps the lists fast: no full COUNT, no order or filter that lacks an index."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from petitions.admin import Recorded
from petitions.models import Petition

LISTED = 10_000  # rows a list goes back at most; a filter or a search finds the others
_LONGEST_ID = 18  # digits of what still is a bigint


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Pages over the first LISTED rows: neither a COUNT nor an OFFSET reads more than those."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: LISTED + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._found, LISTED)

    @property
    def is_cut(self) -> bool:
        return self._found > LISTED


class AsOrdered(ChangeList):
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        # No second key, which Django would add: the index has none.
        return list(self.model_admin.get_ordering(request))


class ReadOnly:
    """Mixed into admins and inlines of rows that nobody writes here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FastList(Recorded, admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin whose list answers only what an index answers."""

    paginator = ShortPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar = ()
    ordering: ClassVar = ["-id"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AsOrdered

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Whether `?lookup=value` may filter the list. Django would allow every own field."""
        filters: Any = self.get_list_filter(request)
        return any(lookup == each.parameter_name for each in filters)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not all(is_id(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise SuspiciousOperation("A selected row is no number.")
        return super().response_action(request, *args, **kwargs)


class PetitionFilter(admin.SimpleListFilter):
    """Shows which petition a list is limited to. It is chosen from the petition's own page."""

    title = _("petition")
    parameter_name = "petition__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # Called before value() can be, hence from the address.
        if (chosen := chosen_petition(request)) is None:
            return []
        titles = Petition.objects.filter(pk=chosen).values_list("title", flat=True)
        return [(str(chosen), title) for title in titles]

    def has_output(self) -> bool:
        return self.value() is not None  # what shows nothing would not filter either

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        chosen = chosen_petition(request)
        return None if chosen is None else queryset.filter(petition_id=chosen)


def chosen_petition(request: HttpRequest) -> int | None:
    typed = request.GET.get(PetitionFilter.parameter_name, "")
    return int(typed) if is_id(typed) else None


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
