"""Scheduled updates: they come out once, when their moment has come, if they still may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from petitions.groups import MODERATORS, ORGANIZERS
from petitions.models import Petition, TeamMember, Update, User
from supporters.delivery import deliver
from supporters.models import Mailing
from supporters.releasing import release_due
from supporters.worker import Worker
from tests.factories import PetitionFactory, UpdateFactory, UserFactory
from tests.supporters.outbox_rows import supporter
from tests.threads import together

pytestmark = pytest.mark.django_db


def person(name: str, group: str = ORGANIZERS) -> User:
    user: User = UserFactory(username=name, is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ana() -> User:
    return person("ana")


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana)


def scheduled(petition: Petition, by: User, *, minutes: float = -1, **fields) -> Update:
    update: Update = UpdateFactory(petition=petition, published_at=None, **fields)
    assert update.schedule(at=timezone.now() + timedelta(minutes=minutes), by=by)
    return update


def test_it_comes_out_when_its_moment_has_come(petition, ana, smtp_server):
    sam = supporter(petition)
    due = scheduled(petition, ana, email_supporters=True)
    later = scheduled(petition, ana, minutes=5)
    UpdateFactory(petition=petition, published_at=None)
    assert Worker().once()
    due.refresh_from_db()
    later.refresh_from_db()
    assert due.published_at
    assert (due.scheduled_for, due.scheduled_by, due.held) == (None, None, "")
    assert later.published_at is None
    assert Update.objects.published().count() == 1
    assert [each.recipients[0] for each in smtp_server.deliveries] == [sam.email]
    assert release_due() == 0


def test_without_a_mail_none_is_sent(petition, ana):
    scheduled(petition, ana)
    assert release_due() == 1
    assert not Mailing.objects.exists()


def test_what_was_taken_back_or_moved_does_not_come_out(petition, ana):
    taken, moved = scheduled(petition, ana), scheduled(petition, ana)
    assert taken.unschedule()
    assert moved.schedule(at=timezone.now() + timedelta(days=1), by=ana)
    assert release_due() == 0
    assert not Update.objects.published().exists()


@pytest.mark.parametrize("status", ["hidden", "rejected"])
def test_a_petition_that_is_not_public_says_nothing(petition, ana, status):
    update = scheduled(petition, ana, email_supporters=True)
    Petition.objects.update(status=status, opened_at=None)
    assert release_due() == 0
    update.refresh_from_db()
    assert (update.published_at, update.scheduled_for) == (None, None)
    assert update.held == Update.Held.NOT_PUBLIC
    Petition.objects.update(status="open")  # shown again, it does not come out by itself
    assert release_due() == 0
    assert not Mailing.objects.exists()


def test_the_organizer_is_told_what_did_not_come_out(petition, ana, smtp_server):
    scheduled(petition, UserFactory(username="gone"))
    assert release_due() == 0
    assert deliver().sent == 1
    [delivery] = smtp_server.deliveries
    assert delivery.recipients == [ana.email]
    assert delivery.message["Subject"].startswith("A scheduled update did not come out:")
    text = delivery.message.get_body(preferencelist=("plain",)).get_content()
    assert "is a draft again" in text
    assert f"/admin/petitions/petition/{petition.pk}/updates/" in text


def test_a_closed_petition_has_news(petition, ana):
    scheduled(petition, ana)
    petition.close(by=None)
    assert release_due() == 1


def leaves_team(petition, member):
    TeamMember.objects.all().delete()


def only_views(petition, member):
    TeamMember.objects.update(role="view")


def is_locked_out(petition, member):
    User.objects.filter(pk=member.pk).update(is_active=False)


def leaves_group(petition, member):
    member.groups.clear()


def is_deleted(petition, member):
    User.objects.filter(pk=member.pk).delete()


@pytest.mark.parametrize(
    "change", [leaves_team, only_views, is_locked_out, leaves_group, is_deleted]
)
def test_who_may_no_longer_write_publishes_nothing(petition, change):
    bo = person("bo")
    TeamMember.objects.create(petition=petition, user=bo, role="update")
    update = scheduled(petition, bo, email_supporters=True)
    change(petition, bo)
    assert release_due() == 0
    update.refresh_from_db()
    assert (update.published_at, update.scheduled_for) == (None, None)
    assert update.held == Update.Held.NO_ROLE
    assert not Mailing.objects.exists()


def test_a_member_and_a_moderator_may(petition):
    bo, mo = person("bo"), person("mo", MODERATORS)
    TeamMember.objects.create(petition=petition, user=bo, role="update")
    scheduled(petition, bo)
    scheduled(petition, mo)
    assert release_due() == 2


def test_its_place_among_the_mailings_of_a_week_is_kept(petition, ana, settings):
    settings.PETITIONS_MAILINGS_PER_WEEK = 1
    scheduled(petition, ana, email_supporters=True)
    # A moderator has sent one more since.
    Mailing.objects.create(update=UpdateFactory(petition=petition, email_supporters=True))
    assert release_due() == 1
    assert Mailing.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_publishes(petition, ana):
    scheduled(petition, ana, email_supporters=True)
    assert sum(together(*[release_due] * 6)) == 1
    assert Mailing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_published_by_hand_and_by_the_worker_it_comes_out_once(petition, ana):
    update = scheduled(petition, ana, email_supporters=True)
    copy = Update.objects.get(pk=update.pk)
    assert sum(together(release_due, copy.publish)) == 1
    assert Mailing.objects.count() == 1


def test_where_nothing_is_due_nothing_is_written(petition, ana):
    scheduled(petition, ana, minutes=5)
    with CaptureQueriesContext(connection) as captured:
        assert release_due() == 0
    assert [query["sql"][:6] for query in captured] == ["SELECT"]
