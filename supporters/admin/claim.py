"""Who is at work on a petition: the bar that says so, and the page where one takes over."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from petitions import claims
from petitions.groups import may_moderate
from petitions.models import Petition, impartial
from petitions.states import NotReady
from supporters.access import moderates

from .own_page import petition_of, render


def claim_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET says who is at work on it and asks whether to take over; POST claims, takes over or
    releases."""
    petition = petition_of(model_admin, request, object_id)
    if not may_moderate(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _act(request, petition)
    context = {
        "title": _("Who is at work on it"),
        **bar(request.user, petition),
        "claim_back": _back(request, petition, request.GET.get("back", "")),
        "asks": True,
    }
    return render(model_admin, request, petition, "claim", context)


def bar(user: Any, petition: Petition) -> dict[str, Any]:
    """What _claim.html shows."""
    found = claims.of(petition.pk)
    own = "" if moderates(user, petition) else impartial.why_not(petition, by=user)
    return {
        "claim_why_not": own,
        "claim": found,
        "claim_petition": petition,
        "claim_who": claims.name_of(found.moderator) if found else "",
        "claim_is_mine": found is not None and found.moderator_id == user.pk,
        "claim_mark": claims.mark(found),
        "claim_back": reverse("admin:petitions_petition_change", args=[petition.pk]),
        "asks": False,
    }


def told(refused: NotReady) -> Any:
    """For a page that keeps what was typed: why not, and how to go on from there."""
    if not isinstance(refused, claims.Held):
        return refused.text
    address = reverse("admin:petitions_petition_claim", args=[refused.claim.petition_id])
    return format_html(
        '{} <a href="{}" target="_blank">{}</a>',
        refused.text,
        address,
        _("Take it over in another window, then press the button here again."),
    )


def warning(user: Any, petition: Petition) -> str:
    """Beside acts that a claim does not stop: that somebody else is at work on it; or nothing."""
    found = claims.of(petition.pk)
    if found is None or found.moderator_id == user.pk:
        return ""
    say = _(
        "%(who)s is at work on this petition until %(until)s. What you do here is not stopped by "
        "that: ask them first, if it can wait."
    )
    until = time_format(timezone.localtime(found.expires_at))
    return say % {"who": claims.name_of(found.moderator), "until": until}


def _act(request: HttpRequest, petition: Petition) -> HttpResponse:
    user: Any = request.user
    action = request.POST.get("action", "")
    try:
        if action == "claim":
            claims.claim(petition.pk, by=user)
            messages.success(request, _("You are at work on it now. Others see that."))
        elif action == "take_over":
            claims.take_over(petition.pk, by=user, seen=request.POST.get("seen", ""))
            messages.success(request, _("You have taken it over. Others see that."))
        elif action == "release":
            if claims.release(petition.pk, by=user):
                messages.success(request, _("Others can claim it now."))
            else:
                messages.error(request, _("It was not yours any more. Nothing was changed."))
        else:
            raise PermissionDenied
    except (claims.Held, impartial.OwnPetition) as refused:
        messages.error(request, refused.text)
    except Petition.DoesNotExist as gone:
        raise Http404 from gone
    return HttpResponseRedirect(_back(request, petition, request.POST.get("back", "")))


def _back(request: HttpRequest, petition: Petition, wanted: str) -> str:
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/admin/"):
        return wanted
    return reverse("admin:petitions_petition_change", args=[petition.pk])
