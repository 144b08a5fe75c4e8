"""The account of who has confirmed an address by starting a petition: found, or made."""

import secrets

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from petitions.groups import ORGANIZERS
from petitions.models import User


def account_of(address: str) -> User | None:
    """Whose mailbox this is: who has confirmed it, else whose own address it is.

    An address that somebody only claims to have beside another is nobody's.
    """
    wanted = address.lower()
    confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True)
    # Compared once more: PostgreSQL's iexact takes a dotless ı for an i, of another domain.
    for found in confirmed.select_related("user").order_by("pk"):
        if found.email.lower() == wanted:
            owner: User = found.user
            return owner
    for user in User.objects.filter(email__iexact=address).order_by("pk"):
        if user.email.lower() != wanted:
            continue
        if not EmailAddress.objects.filter(user=user, verified=True).exists():
            return user
    return None


def make_organizer(address: str, *, given_name: str, family_name: str) -> User:
    """A new account without a password. Raises IntegrityError when somebody was quicker."""
    user = User(
        # For logging in there is the address; a name made from it would tell it to moderators.
        username=f"organizer-{secrets.token_hex(5)}",
        email=address,
        first_name=given_name,
        last_name=family_name,
        is_staff=True,
    )
    user.set_unusable_password()
    user.save()
    # With verified=True from the start: the database lets one account have it.
    EmailAddress.objects.create(user=user, email=address.lower(), primary=True, verified=True)
    let_organize(user)
    return user


def let_organize(user: User) -> None:
    """Into the admin, where their petition is; whoever may more keeps it."""
    user.groups.add(Group.objects.get_or_create(name=ORGANIZERS)[0])
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
