"""Reports in the admin: each with what it is about, decided with all others about the same."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from petitions.deciding import AlreadyDecided
from petitions.models import Petition, impartial
from petitions.states import HIDEABLE
from supporters import reporting
from supporters.models import Report

from .judging import Judged
from .lists import is_id

OTHERS = 100  # that are shown, and decided with it


@admin.register(Report)
class ReportAdmin(Judged):
    list_display = ("id", "category", "about", "petition", "due", "state")
    list_select_related = ("petition",)
    template = "admin/supporters/report/decide.html"
    buttons = frozenset({"uphold", "dismiss"})
    answer_help = _("For who reported it. Beside it the mail says whether you uphold the report.")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("petition", "update", "signature", "decided_by")

    def more(self, request: HttpRequest, row: Report) -> dict[str, Any]:
        others = reporting.waiting_about_the_same(row).exclude(pk=row.pk).order_by("pk")
        shown = list(others[:OTHERS])
        return {
            "others": shown,
            "number_of_others": len(shown),
            "number_not_shown": others.count() - len(shown),
            "why_not": _why_not(request.user, row),
        }

    def act(
        self, request: HttpRequest, row: Report, action: str, answer: str
    ) -> HttpResponse | None:
        upheld = action == "uphold"
        try:
            decided = reporting.decide(
                row, by=request.user, uphold=upheld, answer=answer, along=_listed(request)
            )
        except AlreadyDecided as late:
            return self.say_too_late(request, row, late.state)
        n = len(decided)
        if upheld:
            say = ngettext("%d report was upheld.", "%d reports were upheld.", n) % n
            messages.success(request, f"{say} {_what_next(row)}")
            return HttpResponseRedirect(self._next(row))
        messages.success(
            request, ngettext("%d report was dismissed.", "%d reports were dismissed.", n) % n
        )
        return HttpResponseRedirect(reverse("admin:supporters_report_changelist"))

    def _next(self, row: Report) -> str:
        """Where the moderator does what follows from it."""
        if row.about == Report.About.UPDATE and row.update_id:
            args = [row.petition_id, row.update_id]
            return reverse("admin:petitions_petition_update", args=args)
        if row.about == Report.About.PETITION and _may_be_hidden(row.petition):
            return reverse("admin:petitions_petition_move", args=[row.petition_id, "hide"])
        return self.address_of(row)


def _why_not(user: Any, row: Report) -> Any:
    """Why this user does not decide it, or nothing."""
    works = impartial.works_on(user, row.petition)
    return impartial.why_not(row.petition, by=user) if works else ""


def _listed(request: HttpRequest) -> list[int]:
    """The other reports that the page showed."""
    typed = request.POST.getlist("listed")[:OTHERS]
    return [int(each) for each in typed if is_id(each)]


def _may_be_hidden(petition: Petition) -> bool:
    return petition.status in HIDEABLE


def _what_next(row: Report) -> Any:
    if row.about == Report.About.REASON:
        return _("The reason is not shown any more; the signature counts as before.")
    if row.about == Report.About.UPDATE and row.update_id:
        return _("Now change the update, or delete it.")
    if row.about == Report.About.PETITION and _may_be_hidden(row.petition):
        return _("Now hide the petition, or ask its organizer for a change.")
    return _("It is not shown any more.")
