"""Sessions that are over are deleted, with what was known of them, and no others."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from supporters.accounts import sessions
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def begin(key: str, *, over: bool) -> None:
    at = timezone.now() + timedelta(days=-1 if over else 1)
    Session.objects.create(session_key=key, expire_date=at)
    UserSession.objects.create(user=UserFactory(), session_key=key, ip="127.0.0.1")


def test_sessions_and_what_is_known_of_them_go_together():
    begin("goes on", over=False)
    for number in range(3):
        begin(f"over{number}", over=True)
    assert sessions.forget() == 6
    assert UserSession.objects.get().session_key == Session.objects.get().pk == "goes on"
    assert sessions.forget() == 0


def test_nothing_is_begun_when_it_is_to_end():
    begin("over", over=True)
    assert sessions.forget(go_on=lambda: False) == 0
    assert Session.objects.count() == UserSession.objects.count() == 1
