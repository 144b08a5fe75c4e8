"""What happens here when django-allauth tells of something."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from django.dispatch import receiver

from petitions.models import User


@receiver(password_reset, dispatch_uid="supporters.confirm_where_the_link_went")
def confirm_where_the_link_went(user: User, **kwargs: Any) -> None:
    """Who chose a password by the link in a mail has the mailbox. With several addresses nobody
    knows which it was; with one there is no doubt, since another would have ended the link.
    """
    addresses = EmailAddress.objects.filter(user=user)[:2]
    if len(addresses) == 1:
        addresses[0].set_verified()
