"""A petition changes hands: whose signature is the organizer's then, and who is told."""

from django.db import transaction

from petitions import team
from petitions.models import OwnershipOffer, Petition, User
from supporters.addresses import InvalidAddress, check_address, email_key
from supporters.models import Signature
from supporters.recalls import recall

from . import mails


def take_over(offer: OwnershipOffer, *, by: User) -> Petition:
    """Accept the offer; both get a mail. Raises petitions.team.NoLonger."""
    former = offer.offered_by
    with transaction.atomic():
        petition = team.take_over(offer, by=by)
        follow_organizer(petition)
        mails.told("handed_over", petition, former, about=by)
        mails.told("taken_over", petition, by, about=former)
        recall(petition.pk)  # the former organizer's name may stand on them
    return petition


def follow_organizer(petition: Petition) -> None:
    """After a change of the organizer: no signature is renamed, moved or made.

    The former organizer's becomes one like any other, under the name it was signed with. The new
    one's is marked where there is one, so that the appeal ("Join Bo and 40 supporters") counts who
    is named once; nobody signs by taking over.
    """
    with transaction.atomic():
        Petition.objects.lock().get(pk=petition.pk)
        key = _key(petition.organizer)
        confirmed = Signature.objects.filter(
            petition=petition, status=Signature.Status.CONFIRMED
        ).order_by("pk")
        former = confirmed.filter(is_organizer=True)
        if key:
            former = former.exclude(email_key=key)
        # Paper has no key, and NULL is excluded by no comparison.
        former.update(is_organizer=False)
        if key and not confirmed.filter(is_organizer=True).exists():
            confirmed.filter(email_key=key).update(is_organizer=True)


def _key(organizer: User | None) -> str:
    try:
        return email_key(check_address(organizer.email if organizer else ""))
    except InvalidAddress:
        return ""
