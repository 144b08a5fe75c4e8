"""Where somebody is logged in: ending that elsewhere, and forgetting it once it is over."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from petitions.models import User


def end_others(request: HttpRequest, user: User) -> None:
    """Log this account out everywhere but in this request's session."""
    own = request.session.session_key or ""
    for session in UserSession.objects.filter(user=user).exclude(session_key=own):
        session.end()


def forget() -> int:
    """Delete sessions that are over, and where and with what each was begun. Returns how many."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    over = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    deleted: int = over.delete()[0]
    return deleted
