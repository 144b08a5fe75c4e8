"""What happens here when petitions announces something."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from petitions.models import Petition, Update
from petitions.signals import petition_opened, update_published
from supporters.addresses import InvalidAddress, check_address, email_key
from supporters.models import Mailing, Signature


@receiver(petition_opened, dispatch_uid="supporters.sign_as_organizer")
def sign_as_organizer(petition: Petition, **kwargs: Any) -> None:
    """Record the organizer's own signature: confirmed, shown in full, no mail.

    Under the account's name where readers see that one, else under the one that they do see. An
    address that has signed or withdrawn already is left alone.
    """
    organizer = petition.organizer
    if organizer is None:
        return
    own = Q(is_organizer=True)
    if key := _key(organizer.email):
        own |= Q(email_key=key)
    with transaction.atomic():
        if Signature.objects.filter(own, petition=petition).exists():
            return
        Signature.objects.create(
            petition=petition,
            **_shown_name(petition),
            email=organizer.email if key else "",
            display=Signature.Display.FULL,
            status=Signature.Status.CONFIRMED,
            language=petition.language,
            is_organizer=True,
        )


def rename_organizers_signature(petition: Petition) -> int:
    """After a change of the name that readers see. Returns how many signatures were renamed."""
    if petition.organizer is None:
        return 0
    mine = Signature.objects.filter(petition=petition, is_organizer=True)
    return mine.filter(status=Signature.Status.CONFIRMED).update(**_shown_name(petition))


def _shown_name(petition: Petition) -> dict[str, str]:
    organizer = petition.organizer
    if organizer is None or (petition.organizer_name and not petition.shows_account):
        return {"given_name": petition.organizer_name[:100], "family_name": ""}
    return {"given_name": organizer.first_name[:100], "family_name": organizer.last_name[:100]}


def _key(address: str) -> str | None:
    try:
        return email_key(check_address(address))
    except InvalidAddress:
        return None


@receiver(update_published, dispatch_uid="supporters.start_mailing")
def start_mailing(update: Update, **kwargs: Any) -> None:
    """Begin the mailing of an update that asks for one; the worker does the rest."""
    if update.email_supporters:
        Mailing.objects.get_or_create(update=update)
