"""Who moderates."""

from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q

from petitions.groups import MODERATORS, may_moderate
from petitions.models import User

_MOST = 100


def moderators() -> Iterator[User]:
    """Those who can log in to the admin and decide there; of a crowd the first hundred."""
    in_group = Q(groups__in=Group.objects.filter(name=MODERATORS)) | Q(is_superuser=True)
    users = get_user_model().objects.filter(in_group, is_active=True, is_staff=True).distinct()
    yield from (user for user in users[:_MOST] if may_moderate(user))
