"""Proving that an invitation is one's own: by an account that has confirmed the address, or by a
link that is sent to it and makes such an account.

The link in the invitation itself proves nothing, since mails are forwarded: it shows who invites,
and lets in only an account with exactly that address.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from petitions import team
from petitions.models import Invitation, Petition, User
from petitions.team import NoLonger
from supporters.accounts.organizers import account_of, let_organize, make_organizer
from supporters.tokens import Purpose, claimed, read

from . import mails

MOST_KEYS = 5  # of one invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    petition: Petition
    user: User


def invitation_of(token: str) -> Invitation | None:
    """The open invitation that a link in a mail is about."""
    found = _open(token)
    if found is None:
        return None
    return found if read(Purpose.INVITATION, token, about=found.address) else None


def invitation_of_key(token: str) -> Invitation | None:
    """The same for the link to get in, as long as it is the newest and not too old."""
    found = _open(token)
    if found is None or found.key_sent_at is None:
        return None
    if found.key_sent_at < timezone.now() - timedelta(hours=mails.KEY_HOURS):
        return None
    about = mails.about_key(found)
    return found if read(Purpose.INVITATION_KEY, token, about=about) else None


def is_for(invitation: Invitation, user: Any) -> bool:
    """Whether this account has confirmed the address that was invited."""
    return user.is_authenticated and has_confirmed(user, invitation.address)


def has_confirmed(user: Any, address: str) -> bool:
    mine = EmailAddress.objects.filter(user=user, verified=True)
    # Not by the database: PostgreSQL's iexact takes a dotless ı for an i, of another domain.
    return address.lower() in {each.lower() for each in mine.values_list("email", flat=True)}


def send_key(invitation: Invitation) -> None:
    """Mail a link to get in to the invited address, unless it had enough; nobody is told which."""
    with transaction.atomic():
        asked = Invitation.objects.open().filter(pk=invitation.pk, keys_sent__lt=MOST_KEYS)
        if asked.update(keys_sent=F("keys_sent") + 1, key_sent_at=timezone.now()):
            invitation.refresh_from_db()
            mails.key(invitation)


def accept(invitation: Invitation, user: User) -> Joined:
    """For an account that is_for() it. Raises NoLonger."""
    with transaction.atomic():
        petition = team.accept(invitation, user=user)
        let_organize(user)
        mails.told("joined", petition, petition.organizer, about=user)
    return Joined(petition=petition, user=user)


def accept_anew(invitation: Invitation, *, given_name: str, family_name: str) -> Joined:
    """Make an account for who came by the link to get in. Raises NoLonger, also where there is one
    by now, and IntegrityError where it is made this very moment."""
    with transaction.atomic():
        if account_of(invitation.address) is not None:
            raise NoLonger
        user = make_organizer(invitation.address, given_name=given_name, family_name=family_name)
        return accept(invitation, user)


def _open(token: str) -> Invitation | None:
    rows = Invitation.objects.open().select_related("petition__organizer", "invited_by")
    return rows.filter(pk=claimed(token) or 0).first()
