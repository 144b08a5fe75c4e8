"""Who moderates."""

from django.db.models import QuerySet

from petitions.groups import MODERATE
from petitions.models import User


def moderators() -> QuerySet[User]:
    """Those who can log in to the admin and decide there, in the order of their accounts."""
    return User.objects.with_perm(MODERATE).filter(is_active=True, is_staff=True).order_by("pk")
