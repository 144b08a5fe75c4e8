"""The mails of teams, and of what became of a changed ask: queued here, worded when they are sent.

No secret waits in the outbox: links are made at sending. An invitation names a title once a
moderator has read it, since anybody's address can be invited.
"""

from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation

from petitions.models import Invitation, OwnershipOffer, Petition, PetitionEvent, User
from petitions.models.invitation import LASTS
from supporters.accounts.organizers import account_of
from supporters.addresses import InvalidAddress, check_address
from supporters.models import OutgoingMail
from supporters.tokens import Purpose, make

INVITED, KEY, OFFERED, TOLD = "invited", "key", "offered", "told"
KEY_HOURS = 2  # that a link to get in lasts


def invited(invitation: Invitation) -> None:
    _put(INVITED, invitation.address, invitation.petition, invitation=invitation.pk)


def key(invitation: Invitation) -> None:
    """The link for who is not logged in: to the address that was invited, and to no other."""
    _put(KEY, invitation.address, invitation.petition, invitation=invitation.pk)


def offered(offer: OwnershipOffer) -> None:
    _put(OFFERED, offer.offered_to.email, offer.petition, offer=offer.pk)


def told(what: str, petition: Petition, to: User | None, *, about: User | None = None) -> None:
    """Tell somebody what happened; `about`: who did it, or whom it is about. `what` is one of the
    cases of mails/team/_told.txt."""
    values = {"what": what, "to": to.pk if to else 0, "about": about.pk if about else 0}
    _put(TOLD, to.email if to else "", petition, **values)


def decided(event: PetitionEvent) -> None:
    """Tell the organizer what became of the changed ask."""
    organizer = event.petition.organizer
    if organizer is None or organizer.pk == event.actor_id:
        return
    values = {"what": str(event.kind), "to": organizer.pk, "event": event.pk}
    _put(TOLD, organizer.email, event.petition, **values)


def _put(letter: str, recipient: str, petition: Petition, **values: Any) -> None:
    try:
        recipient = check_address(recipient)
    except InvalidAddress:
        return
    language = petition.language if letter == TOLD else translation.get_language()
    OutgoingMail.objects.create(
        kind=OutgoingMail.Kind.TEAM,
        recipient=recipient,
        petition=petition,
        payload={"letter": letter, "language": language, **values},
        not_before=Now(),
    )


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what fills it; None when nothing is to be said any more."""
    rows = Petition.objects.select_related("organizer")
    petition = rows.filter(pk=mail.petition_id or 0).first()
    if petition is None:
        return None
    name = mail.payload.get("letter", "")
    context: dict[str, Any] = {"petition": petition, "name": ""}
    if name in {INVITED, KEY}:
        more = _about_invitation(mail)
    elif name == OFFERED:
        more = _about_offer(mail)
    else:
        more = _about_event(mail)
    return (name, context | more) if more else None


def _about_invitation(mail: OutgoingMail) -> dict[str, Any]:
    rows = Invitation.objects.open().select_related("invited_by")
    invitation = rows.filter(pk=mail.payload["invitation"]).first()
    if invitation is None or invitation.address != mail.recipient.lower():
        return {}
    page = reverse("invitation", args=[token_of(invitation)])
    entry = reverse("invitation_key", args=[key_token_of(invitation)])
    return {
        "invitation": invitation,
        "who": invitation.invited_by.get_full_name() if invitation.invited_by else "",
        "days": LASTS.days,
        "hours": KEY_HOURS,
        "has_account": account_of(invitation.address) is not None,
        "invitation_url": settings.SITE_URL + page,
        "key_url": settings.SITE_URL + entry,
    }


def _about_offer(mail: OutgoingMail) -> dict[str, Any]:
    rows = OwnershipOffer.objects.open().select_related("offered_by", "offered_to")
    offer = rows.filter(pk=mail.payload["offer"]).first()
    if offer is None:
        return {}
    return {
        "name": offer.offered_to.first_name,
        "who": offer.offered_by.get_full_name(),
        "days": LASTS.days,
        "team_url": _team_url(mail),
    }


def _about_event(mail: OutgoingMail) -> dict[str, Any]:
    told = User.objects.filter(pk=mail.payload.get("to", 0)).first()
    about = User.objects.filter(pk=mail.payload.get("about", 0)).first()
    event = PetitionEvent.objects.filter(pk=mail.payload.get("event", 0)).first()
    return {
        "name": told.first_name if told else "",
        "what": mail.payload.get("what", ""),
        "who": about.get_full_name() if about else "",
        "note": event.note if event else "",
        "team_url": _team_url(mail, "updates" if mail.payload.get("what") == "held" else "team"),
    }


def _team_url(mail: OutgoingMail, page: str = "team") -> str:
    return settings.SITE_URL + reverse(f"admin:petitions_petition_{page}", args=[mail.petition_id])


def token_of(invitation: Invitation) -> str:
    return make(Purpose.INVITATION, invitation.pk, about=invitation.address)


def key_token_of(invitation: Invitation) -> str:
    return make(Purpose.INVITATION_KEY, invitation.pk, about=about_key(invitation))


def about_key(invitation: Invitation) -> str:
    """What the link to get in is bound to: the address, and when it was asked for."""
    at = invitation.key_sent_at or timezone.now()
    return f"{invitation.address} {at.timestamp():.3f}"
