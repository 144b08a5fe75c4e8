"""What happens here when django-allauth tells of something."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from petitions.models import User
from supporters.accounts import second_factor, sessions


@receiver(password_reset, dispatch_uid="supporters.confirm_where_the_link_went")
def confirm_where_the_link_went(user: User, **kwargs: Any) -> None:
    """Who chose a password by the link in a mail has the mailbox. With several addresses nobody
    knows which it was; with one there is no doubt, since another would have ended the link.
    """
    addresses = EmailAddress.objects.filter(user=user)[:2]
    if len(addresses) == 1:
        addresses[0].set_verified()


@receiver(authenticator_added, dispatch_uid="supporters.end_sessions_without_the_factor")
def end_sessions_without_the_factor(
    request: HttpRequest, authenticator: Authenticator, **kwargs: Any
) -> None:
    """They were begun with the password alone, perhaps by somebody who had stolen it."""
    if authenticator.type in second_factor.FACTORS:
        sessions.end_others(request, authenticator.user)


@receiver(authenticator_added, dispatch_uid="supporters.lead_back_with_a_second_factor")
def lead_back_with_a_second_factor(
    request: HttpRequest, authenticator: Authenticator, **kwargs: Any
) -> None:
    second_factor.lead_back(request, authenticator)
