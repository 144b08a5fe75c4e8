"""Where an organizer appeals a decision about their petition, and reads what came of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from petitions.deciding import APPEALS_WITHIN
from petitions.groups import may_moderate
from petitions.models import Appeal, ModerationEvent, Petition
from petitions.models.appeal import NotAppealable
from supporters import appealing
from supporters.access import owns, role_of
from supporters.starting.fields import LongField

from .own_page import petition_of, render


class AppealForm(forms.Form):
    text = LongField(  # a browser would cut off what is pasted
        label=_("Why you think that the decision is wrong"),
        help_text=_("Which rule was misread, or what was not known? Moderators alone read it."),
        most=5_000,
        rows=8,
        attrs={"class": "vLargeTextField"},
    )
    required_css_class = "required"


def appeal_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    decision = appealing.decision_of(petition)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not owns(request.user, petition):
            raise PermissionDenied
        if form.is_valid():
            if decision and _file(decision, form.cleaned_data["text"], by=request.user):
                messages.success(request, _("Your appeal was sent."))
                own = reverse("admin:petitions_petition_appeal", args=[petition.pk])
                return HttpResponseRedirect(own)
            form.add_error(None, _("This decision cannot be appealed any more. Nothing was sent."))
            decision = appealing.decision_of(petition)
    context = {
        "title": pgettext_lazy("noun", "Appeal"),
        "decision": decision,
        "appeal": appealing.appeal_of(decision),
        "past": Appeal.objects.filter(petition=petition).select_related("decision")[:20],
        "form": form,
        "owns": owns(request.user, petition),
        "moderates": may_moderate(request.user),
        "days": APPEALS_WITHIN.days,
    }
    return render(model_admin, request, petition, "appeal", context)


def _file(decision: ModerationEvent, text: str, *, by: Any) -> bool:
    try:
        Appeal.file(decision, by=by, text=text)
    except NotAppealable:
        return False
    return True


def appeal_note(petition: Petition) -> str:
    """How an appeal of the last decision stands, for the petition’s page; or nothing."""
    appeal = appealing.appeal_of(appealing.decision_of(petition))
    if appeal is None or appeal.state == Appeal.State.GRANTED:
        return ""
    if appeal.state == Appeal.State.REFUSED:
        return gettext("The appeal was not granted. The decision stands.")
    return gettext("The appeal waits. Another moderator decides on it by %(date)s.") % {
        "date": date_format(appeal.due_at, "DATE_FORMAT")
    }


def decided(user: Any, petition: Petition) -> dict[str, Any]:
    """What the petition’s page says of a decision against it, to those who work on it."""
    if not (owns(user, petition) or role_of(user, petition)):
        return {}
    decision = appealing.decision_of(petition)
    return {
        "decision": decision,
        "may_appeal": bool(decision) and owns(user, petition) and not appealing.appeal_of(decision),
        "appeal_days": APPEALS_WITHIN.days,
    }


def is_led_to(user: Any, petition: Petition) -> bool:
    """Whether this user is led to the page: there is a decision to appeal, or there was."""
    if not (owns(user, petition) or may_moderate(user)):
        return False
    past = Appeal.objects.filter(petition=petition).exists()
    return past or (owns(user, petition) and appealing.decision_of(petition) is not None)
