"""How far the mailing of an update is, and the button that stops it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from petitions.models import StaffAct
from supporters import mailings, progress, switches
from supporters.access import NEWSWORTHY, may_update
from supporters.models import Mailing

from .own_page import petition_of, render
from .staff_acts import record_of_moderator
from .updates import update_of


def mailing_view(
    model_admin: Any, request: HttpRequest, object_id: str, update_id: int
) -> HttpResponse:
    """GET shows the numbers that the worker counted. POST asks, and with `confirmed` stops it."""
    petition = petition_of(model_admin, request, object_id)
    update = update_of(petition, update_id)
    mailing = Mailing.objects.filter(update=update).first()
    if mailing is None:
        raise Http404
    # Also while the petition is hidden: by its moderators.
    may_cancel = may_update(request.user, petition, *NEWSWORTHY)
    is_asking = request.method == "POST"
    if is_asking:
        if not may_cancel:
            raise PermissionDenied
        if request.POST.get("confirmed") == "yes":
            return _cancel(request, mailing, petition.pk)
    is_running = not (mailing.cancelled_at or mailing.settled_at)
    context = {
        "title": _("Stop the mailing") if is_asking else _("Mailing"),
        "update": update,
        "mailing": mailing,
        "is_running": is_running,
        "mailings_paused": switches.current().mailings_paused,
        "may_cancel": may_cancel and is_running,
    }
    name = "cancel_mailing" if is_asking else "mailing"
    return render(model_admin, request, petition, name, context)


def _cancel(request: HttpRequest, mailing: Mailing, petition_id: int) -> HttpResponse:
    with transaction.atomic():
        stopped = mailings.cancel(mailing.pk)
        if stopped:
            cancelled = StaffAct.Verb.CANCELLED
            record_of_moderator(request.user, cancelled, mailing, petition_id=petition_id)
    mailing.refresh_from_db()
    if not stopped and mailing.cancelled_at:
        messages.warning(request, gettext("It was stopped before."))
    elif not stopped:
        messages.warning(request, gettext("All of it had been sent already."))
    else:
        sent, _failed, _waiting = progress.numbers(mailing)
        say = ngettext(
            "The mailing was stopped. %d mail had been sent already.",
            "The mailing was stopped. %d mails had been sent already.",
            sent,
        )
        messages.success(request, say % sent)
    page = "admin:petitions_petition_mailing"
    return HttpResponseRedirect(reverse(page, args=[petition_id, mailing.update_id]))
