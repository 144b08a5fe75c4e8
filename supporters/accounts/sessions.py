"""Forgetting where somebody was logged in, once they no longer are."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone


def forget() -> int:
    """Delete sessions that are over, and where and with what each was begun. Returns how many."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    over = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    deleted: int = over.delete()[0]
    return deleted
