"""What has piled up is deleted in statements that are soon over."""

from datetime import timedelta
from itertools import count

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from supporters import steps
from supporters.accounts import sessions
from supporters.steps import always, delete_in_steps
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pile(monkeypatch):
    """Five sessions that are over, three a step, and one that is not."""
    monkeypatch.setattr(steps, "SOME", 3)
    now = timezone.now()
    user = UserFactory()
    for number in range(5):
        Session.objects.create(session_key=f"over{number}", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="goes on", expire_date=now + timedelta(days=1))
    for number in range(5):
        UserSession.objects.create(user=user, session_key=f"over{number}", ip="127.0.0.1")
    UserSession.objects.create(user=user, session_key="goes on", ip="127.0.0.1")


def test_all_are_deleted_and_nothing_else(pile, django_assert_num_queries):
    over = Session.objects.filter(expire_date__lt=timezone.now())
    with django_assert_num_queries(5):  # two steps of a look and a DELETE; and the last look
        assert delete_in_steps(over, go_on=always) == 5
    assert [each.pk for each in Session.objects.all()] == ["goes on"]


def test_it_ends_after_the_step_at_which_it_is_to(pile):
    steps_taken = count()
    assert delete_in_steps(Session.objects.all(), go_on=lambda: next(steps_taken) < 1) == 3
    assert Session.objects.count() == 3


def test_sessions_and_what_is_known_of_them_go_together(pile):
    assert sessions.forget(go_on=always) == 10
    assert UserSession.objects.get().session_key == Session.objects.get().pk == "goes on"
    assert sessions.forget() == 0
