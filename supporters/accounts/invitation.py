"""The pages of an invitation into a petition's team. Under /accounts/, where cookies are."""

from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from petitions import team
from petitions.models import Invitation
from petitions.team import NoLonger
from supporters.accounts.organizers import account_of
from supporters.accounts.pages import too_many_requests
from supporters.forms import NameField
from supporters.rate_limits import allow
from supporters.teams import joining, mails


class NameForm(forms.Form):
    given_name = NameField(
        label=_("First name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Type your first name.")},
    )
    family_name = NameField(
        label=_("Last name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        help_text=_("The others in the team see your name."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the invitation: it lets in an account with the address, and nobody else."""
    found = joining.invitation_of(token)
    if found is None:
        return _gone(request)
    user: Any = request.user
    if not joining.is_for(found, user):
        return _for_others(request, found)
    if request.method != "POST":
        return _page(request, found, "ask")
    try:
        if request.POST.get("action") == "decline":
            team.decline(found, user=user)
            messages.success(request, gettext("You declined the invitation."))
            return HttpResponseRedirect(reverse("account_home"))
        joined = joining.accept(found, user)
    except NoLonger:
        return _gone(request)
    return _welcome(request, joined)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_key(request: HttpRequest, token: str) -> HttpResponse:
    """The link that came when somebody asked to get in: it makes an account, once."""
    found = joining.invitation_of_key(token)
    if found is None:
        return _gone(request)
    page = reverse("invitation", args=[mails.token_of(found)])
    if joining.is_for(found, request.user):
        return HttpResponseRedirect(page)
    if request.user.is_authenticated:  # nobody is logged out, and nobody gets a second account
        return _page(request, found, "other")
    if account_of(found.address) is not None:  # to be told to whoever has the mailbox
        return _page(request, found, "log_in", log_in=page)
    form = NameForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, found, "name", form=form)
    try:
        joined = joining.accept_anew(found, **form.cleaned_data)
    except (NoLonger, IntegrityError):
        return _gone(request)
    _say_welcome(request)
    answer: HttpResponse = perform_login(
        request, joined.user, email_verification="none", redirect_url=_team_page(joined)
    )
    return answer


def _for_others(request: HttpRequest, found: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        return _page(request, found, "other", status=403 if request.method == "POST" else 200)
    if request.method != "POST":
        return _page(request, found, "prove", log_in=request.path)
    if not allow(request, "resend"):
        return too_many_requests(request)
    joining.send_key(found)
    return _page(request, found, "sent")


def _welcome(request: HttpRequest, joined: joining.Joined) -> HttpResponse:
    _say_welcome(request)
    return HttpResponseRedirect(_team_page(joined))


def _say_welcome(request: HttpRequest) -> None:
    messages.success(request, gettext("Welcome. You are in the team of this petition."))


def _team_page(joined: joining.Joined) -> str:
    return reverse("admin:petitions_petition_team", args=[joined.petition.pk])


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "teams/invitation.html", {"state": "gone"}, status=404)


def _page(
    request: HttpRequest, found: Invitation, state: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "state": state,
        "invitation": found,
        # A title that no moderator has read is shown to nobody who merely has a link.
        "title": found.petition.title if found.petition.is_published or state == "ask" else "",
        "who": found.invited_by.get_full_name() if found.invited_by else "",
        "hours": mails.KEY_HOURS,
        **more,
    }
    return render(request, "teams/invitation.html", context, status=status)
