"""Where somebody is logged in: ending that elsewhere, and forgetting it once it is over."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from petitions.models import User
from supporters.steps import always, delete_some, in_steps


def end_others(request: HttpRequest, user: User) -> None:
    """Log this account out everywhere but in this request's session."""
    own = request.session.session_key or ""
    for session in UserSession.objects.filter(user=user).exclude(session_key=own):
        session.end()


def forget(*, go_on: Callable[[], bool] = always) -> int:
    """Delete sessions that are over, and where and with what each was begun. Returns how many."""
    over = Session.objects.filter(expire_date__lt=timezone.now())
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    begun = UserSession.objects.filter(~Exists(session))
    return in_steps(lambda: delete_some(over) or delete_some(begun), go_on=go_on)
