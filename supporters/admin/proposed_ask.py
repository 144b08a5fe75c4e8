"""A changed ask that waits for moderators: held back when it is typed, shown beside the old one,
decided on a page of its own."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions import asks, claims
from petitions.differences import compare
from petitions.groups import may_moderate
from petitions.models import Petition, ProposedAsk
from petitions.states import NotReady, Status
from supporters.access import may_edit, moderates
from supporters.recalls import recall
from supporters.teams import mails

from . import claim
from .lists import is_id

_SHA256 = re.compile("[0-9a-f]{64}")

# From so many counted supporters on, moderators read a changed ask first: what people put their
# names under must not become something else under their names.
REVIEWED_FROM = 100


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For the organizer, who gets it by mail. Needed when you do not approve."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        max_length=2000,
        required=False,
    )


def hold_back(request: HttpRequest, petition: Any, changed: set[str], reason: str) -> set[str]:
    """The names of what may be stored at once. A changed ask that is to be read first is not among
    them: it is proposed. `petition` has the form's values and its live_count."""
    user: Any = request.user
    is_read_first = (
        "ask" in changed
        and petition.status == Status.OPEN
        and petition.live_count >= REVIEWED_FROM
        and not moderates(user, petition)
    )
    if not is_read_first:
        return changed
    try:
        asks.propose(petition, ask=petition.ask, reason=reason, by=user)
    except asks.NoLonger:
        messages.error(request, gettext("It is not open any more: what is asked stays as it was."))
    else:
        say = gettext(
            "So many people have signed that moderators read a change of what is asked first. "
            "Until then the old text stays, and can be signed."
        )
        messages.warning(request, say)
    return changed - {"ask"}


def proposed_ask_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = model_admin.get_object(request, object_id)
    if petition is None:
        raise Http404
    if not may_edit(request.user, petition):
        raise PermissionDenied
    rows = ProposedAsk.objects.select_related("proposed_by")
    proposed = rows.filter(petition=petition).first()
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _act(request, petition, form)
        if answer:
            return answer
    return TemplateResponse(
        request,
        "admin/petitions/petition/proposed_ask.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("A changed ask"),
            "subtitle": str(petition),
            "opts": model_admin.opts,
            "petition": petition,
            "proposed": proposed,
            "number": petition.version.number if petition.version else 0,
            "paragraphs": compare(petition.ask, proposed.ask) if proposed else (),
            "decides": moderates(request.user, petition),
            "form": form,
        },
    )


def _act(request: HttpRequest, petition: Petition, form: DecisionForm) -> HttpResponse | None:
    """None where the form has to be shown again."""
    user: Any = request.user
    action, note = request.POST.get("action", ""), form.cleaned_data["note"]
    sha256, typed = request.POST.get("sha256", ""), request.POST.get("number", "")
    if not _SHA256.fullmatch(sha256):  # a NUL would not even reach the database
        sha256 = ""
    number = int(typed) if is_id(typed) else -1
    if action in {"approve", "refuse"} and not may_moderate(user):
        raise PermissionDenied
    if action == "refuse" and not note:
        form.add_error("note", _("Say why, so that the organizer can do better."))
        return None
    try:
        with transaction.atomic():
            claims.act(petition, by=user)
            if action == "approve":
                mails.decided(asks.approve(petition, sha256=sha256, number=number, by=user))
                recall(petition.pk)
                say = gettext("The new text is shown from now on.")
            elif action == "refuse":
                mails.decided(asks.refuse(petition, sha256=sha256, note=note, by=user))
                say = gettext("The text stays as it was. The organizer gets your note.")
            elif action == "take_back":
                asks.take_back(petition, sha256=sha256, by=user)
                say = gettext("The text stays as it was.")
            else:
                raise PermissionDenied
    except NotReady as refused:
        form.add_error(None, claim.told(refused))
        return None
    except asks.NoLonger:
        messages.error(
            request,
            gettext(
                "Nothing was done: somebody decided already, or a text or the state of the "
                "petition changed meanwhile. Look again."
            ),
        )
    else:
        messages.success(request, say)
    return HttpResponseRedirect(
        reverse("admin:petitions_petition_proposed_ask", args=[petition.pk])
    )
