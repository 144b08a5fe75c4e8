"""The team of a petition: a page for its members, to see, to invite, to hand over, to leave.

One address; the pressed button's `action` says what is to be done. Each act asks access.py, and
petitions.team looks again under the lock.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from petitions import team
from petitions.groups import may_moderate
from petitions.models import Invitation, OwnershipOffer, Petition, PetitionEvent, TeamMember
from petitions.roles import Role
from petitions.team import NoLonger, TooMany
from supporters.access import may_manage, owns, role_of
from supporters.addresses import InvalidAddress, check_address
from supporters.teams import mails, ownership
from supporters.teams.joining import has_confirmed

from .lists import is_id
from .own_page import petition_of, render

MOST_EVENTS = 50


class InviteForm(forms.Form):
    address = forms.CharField(
        label=_("Email address"),
        max_length=300,
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=_("Only who proves that this address is theirs can join, within 14 days."),
    )
    role = forms.ChoiceField(
        label=pgettext_lazy("in a team", "Role"), choices=Role.choices, initial=Role.VIEW
    )

    required_css_class = "required"

    def __init__(self, *args: Any, by: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by

    def clean_address(self) -> str:
        try:
            address = check_address(self.cleaned_data["address"])
        except InvalidAddress:
            raise ValidationError(_("This is no email address."), code="invalid") from None
        if self._by and has_confirmed(self._by, address):
            raise ValidationError(_("This is your own address."), code="own")
        return address


def team_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    form = InviteForm()
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "invite":
            form = InviteForm(request.POST, by=request.user)
        if action != "invite" or form.is_valid():
            return _act(request, petition, action, form)
    context = {**_about(request.user, petition), "title": _("Team"), "form": form}
    return render(model_admin, request, petition, "team", context)


def _about(user: Any, petition: Petition) -> dict[str, Any]:
    offers = OwnershipOffer.objects.open().select_related("offered_by", "offered_to")
    offer = offers.filter(petition=petition).first()
    manages = may_manage(user, petition)
    invitations = Invitation.objects.open().filter(petition=petition)
    events = PetitionEvent.objects.filter(petition=petition).select_related("actor", "person")
    return {
        "members": list(petition.team.select_related("user")),
        "roles": Role.choices,
        "manages": manages,
        "owns": owns(user, petition),
        "is_member": role_of(user, petition) is not None,
        "sees_moderators": may_moderate(user),
        # The addresses were typed by who manages; to other members they were not given.
        "invitations": list(invitations) if manages else [],
        "offer": offer,
        "is_asked": offer is not None and offer.offered_to_id == user.pk,
        "shows_name": not petition.organizer_name or petition.shows_account,
        "events": list(events[:MOST_EVENTS]),
    }


def _act(request: HttpRequest, petition: Petition, action: str, form: InviteForm) -> HttpResponse:
    back = reverse("admin:petitions_petition_team", args=[petition.pk])
    act = _ACTS.get(action)
    if act is None:
        raise PermissionDenied
    try:
        with transaction.atomic():
            say = act(request, petition, form)
    except NoLonger:
        messages.error(
            request, gettext("This is not possible any more: somebody was quicker. Look again.")
        )
    except TooMany:
        messages.error(request, gettext("No more invitations can be sent for now."))
    else:
        messages.success(request, say)
        if action == "leave":
            back = reverse("admin:petitions_petition_changelist")
    return HttpResponseRedirect(back)


def _invite(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    _require(may_manage(request.user, petition))
    user: Any = request.user
    address, role = form.cleaned_data["address"], Role(form.cleaned_data["role"])
    invitation = team.invite(petition, address=address, role=role, by=user)
    mails.invited(invitation)
    return gettext("The invitation is on its way.")


def _revoke(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    _require(may_manage(request.user, petition))
    user: Any = request.user
    team.revoke(_row(request, Invitation.objects.filter(petition=petition)), by=user)
    return gettext("The invitation was taken back. Its link opens nothing any more.")


def _role(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    _require(may_manage(request.user, petition))
    user: Any = request.user
    wanted = request.POST.get("role", "")
    _require(wanted in Role.values)
    team.change_role(_member(request, petition), Role(wanted), by=user)
    return gettext("The role was changed.")


def _remove(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    _require(may_manage(request.user, petition))
    user: Any = request.user
    member = _member(request, petition)
    team.remove(member, by=user)
    mails.told("removed", petition, member.user)
    return gettext("The member was removed and sees nothing of it any more.")


def _leave(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    user: Any = request.user
    team.leave(petition, user=user)
    mails.told("left", petition, petition.organizer, about=user)
    return gettext("You have left the team.")


def _offer(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    _require(owns(request.user, petition))
    user: Any = request.user
    mails.offered(team.offer(petition, to=_member(request, petition).user, by=user))
    return gettext("A mail asks for an answer. Until it is yes, nothing changes.")


def _end_offer(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    user: Any = request.user
    team.end_offer(_offered(request, petition), by=user)
    return gettext("The petition stays with its organizer.")


def _take_over(request: HttpRequest, petition: Petition, form: InviteForm) -> str:
    user: Any = request.user
    ownership.take_over(_offered(request, petition), by=user)
    return gettext("You are the organizer of this petition now.")


_Act = Callable[[HttpRequest, Petition, InviteForm], str]
_ACTS: dict[str, _Act] = {
    "invite": _invite,
    "revoke": _revoke,
    "role": _role,
    "remove": _remove,
    "leave": _leave,
    "offer": _offer,
    "end_offer": _end_offer,
    "take_over": _take_over,
}


def _require(may: object) -> None:
    if not may:
        raise PermissionDenied


def _member(request: HttpRequest, petition: Petition) -> TeamMember:
    found: TeamMember = _row(request, petition.team.select_related("user", "petition"))
    return found


def _offered(request: HttpRequest, petition: Petition) -> OwnershipOffer:
    """The offer that the page showed, when it is this user's to end or to accept."""
    rows = OwnershipOffer.objects.select_related("petition", "offered_by", "offered_to")
    found: OwnershipOffer = _row(request, rows.filter(petition=petition))
    _require(request.user.pk in {found.offered_by_id, found.offered_to_id})
    return found


def _row(request: HttpRequest, rows: Any) -> Any:
    """The row of this petition that the button is about. Raises NoLonger when it is gone."""
    typed = request.POST.get("row", "")
    found = rows.filter(pk=int(typed)).first() if is_id(typed) else None
    if found is None:
        raise NoLonger
    return found
