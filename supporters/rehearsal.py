"""A test of an update: the mail as supporters would get it, to whoever writes it and nobody else.

It is no mailing: it takes none of the week's, and its links lead to nobody's signature.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.functions import Now
from django.utils import translation

from petitions.models import Update
from supporters.models import OutgoingMail


def own_address(user: Any) -> str:
    """The address that this account has proved to be its own; '' where there is none."""
    proved = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return proved.values_list("email", flat=True).first() or ""


def rehearse(update: Update, user: Any) -> str:
    """Queue the mail. Returns the address that gets it; '' where there is none, and no mail."""
    address = own_address(user)
    if address:
        OutgoingMail.objects.create(
            kind=OutgoingMail.Kind.TEST,
            recipient=address,
            petition_id=update.petition_id,
            payload={"update": update.pk, "to": user.pk, "language": translation.get_language()},
            not_before=Now(),
        )
    return address


def update_of(mail: OutgoingMail) -> Update | None:
    """What it is about; None when the update is gone, or the address is no longer theirs."""
    theirs = EmailAddress.objects.filter(
        user=mail.payload.get("to", 0), verified=True, email=mail.recipient
    )
    if not theirs.exists():
        return None
    return (
        Update.objects.select_related("petition").filter(pk=mail.payload.get("update", 0)).first()
    )
