"""Appeals in the admin: decided by another moderator than the first."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions.deciding import AlreadyDecided
from petitions.models import Appeal, ModerationEvent
from petitions.models.appeal import NotTheirs, stands
from petitions.states import StateConflict, Status
from supporters import appealing

from .judging import Judged


@admin.register(Appeal)
class AppealAdmin(Judged):
    list_display = ("id", "petition", "decided_was", "due", "state")
    list_select_related = ("petition", "decision")
    template = "admin/petitions/appeal/decide.html"
    buttons = frozenset({"grant", "refuse"})
    answer_help = _("For the organizer. It is in the mail, and on the petition’s page here.")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related(
            "petition__organizer", "petition__version", "decision__actor", "appellant", "decided_by"
        )

    @admin.display(description=_("decision"))
    def decided_was(self, row: Appeal) -> str:
        return str(row.decision)

    def more(self, request: HttpRequest, row: Appeal) -> dict[str, Any]:
        decision = ModerationEvent.objects.with_words().get(pk=row.decision_id)
        return {
            "reason_text": decision.reason_text,
            "has_moved_on": not stands(row.decision),
            "last_mailing": appealing.last_mailing(row),
            "may_judge": row.may_be_judged_by(request.user),
            "has_judge": row.state != Appeal.State.WAITING or appealing.has_judge(row),
        }

    def act(
        self, request: HttpRequest, row: Appeal, action: str, answer: str
    ) -> HttpResponse | None:
        granted = action == "grant"
        try:
            decide = appealing.grant if granted else appealing.refuse
            decide(row, by=request.user, answer=answer)
        except NotTheirs:
            raise PermissionDenied from None
        except AlreadyDecided as late:
            return self.say_too_late(request, row, late.state)
        except StateConflict as conflict:
            say = _("The petition is now “%(status)s”. Nothing was changed.")
            messages.error(request, say % {"status": Status(conflict.found).label})
            return None
        if granted:
            status = Status(row.petition.status).label
            say = _("The appeal was granted. “%(title)s” is now: %(status)s.")
            messages.success(request, say % {"title": row.petition.title, "status": status})
        else:
            messages.success(request, _("The appeal was refused. The decision stands."))
        return HttpResponseRedirect(reverse("admin:petitions_appeal_changelist"))
