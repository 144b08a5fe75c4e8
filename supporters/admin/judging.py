"""What reports and appeals have in common in the admin: a list of those that wait, the most urgent
first, and a page each where it is decided."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from petitions.deciding import TOO_LATE
from petitions.states import NotReady
from supporters.starting.fields import LongField

from . import claim
from .lists import FastList, ReadOnly, is_id

_WAITING = "waiting"


class AnswerForm(forms.Form):
    answer = LongField(label=_("Answer"), most=2_000, rows=5, attrs={"class": "vLargeTextField"})
    required_css_class = "required"

    def __init__(self, data: Any = None, *, help_text: Any = "") -> None:
        super().__init__(data)
        self.fields["answer"].help_text = help_text


class StateFilter(admin.SimpleListFilter):
    """The list begins with what waits."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*model_admin.model.State.choices, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        yield from list(super().choices(changelist))[1:]  # without Django's own "All"

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        state = self.value()
        return queryset.filter(state=state) if state != "all" else None

    def value(self) -> str | None:
        return super().value() or _WAITING


class Judged(ReadOnly, FastList):
    """Rows that are decided on their own page, by moderators alone; nothing of them is edited."""

    list_filter = (StateFilter,)
    template: ClassVar[str]
    buttons: ClassVar[frozenset[str]]  # the values of `action` on its page
    answer_help: ClassVar[Any]

    class Media:
        css: ClassVar = {"all": ["css/admin.css"]}

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        state = request.GET.get(StateFilter.parameter_name, _WAITING)
        return ["due_at", "id"] if state == _WAITING else ["-id"]

    @admin.display(description=_("to be decided by"))
    def due(self, row: Any) -> str:
        if row.state != _WAITING:
            return ""
        day = date_format(timezone.localtime(row.due_at), "DATE_FORMAT")
        return str(_("%(day)s: overdue") % {"day": day}) if row.due_at < timezone.now() else day

    def may_decide(self, request: HttpRequest) -> bool:
        name = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return bool(request.user.has_perm(name))

    def row_of(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_queryset(request).filter(pk=object_id).first() if is_id(object_id) else None
        if row is None:
            raise Http404
        return row

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.row_of(request, object_id)
        if request.method != "POST":
            return self.page(request, row, AnswerForm(help_text=self.answer_help))
        if not self.may_decide(request):
            raise PermissionDenied
        form = AnswerForm(request.POST, help_text=self.answer_help)
        action = request.POST.get("action", "")
        if action not in self.buttons or not form.is_valid():
            return self.page(request, row, form)
        try:
            answer = self.act(request, row, action, form.cleaned_data["answer"])
        except NotReady as refused:
            form.add_error(None, claim.told(refused))
            answer = None
        # As it is stored: what was not done may have been tried on this row.
        return answer or self.page(request, self.row_of(request, object_id), form)

    def act(self, request: HttpRequest, row: Any, action: str, answer: str) -> HttpResponse | None:
        """Do it and lead on; None shows the page again, with what was typed. May raise NotReady."""
        raise NotImplementedError

    def more(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def page(self, request: HttpRequest, row: Any, form: AnswerForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{capfirst(self.opts.verbose_name)} {row.pk}",
            "row": row,
            "petition": row.petition,
            "form": form,
            "may_decide": self.may_decide(request),
            "is_overdue": row.state == _WAITING and row.due_at < timezone.now(),
            **self.more(request, row),
        }
        return TemplateResponse(request, self.template, context)

    def say_too_late(self, request: HttpRequest, row: Any, state: str) -> HttpResponse:
        messages.error(request, TOO_LATE % {"status": self.model.State(state).label})
        return HttpResponseRedirect(self.address_of(row))

    def address_of(self, row: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[row.pk])
