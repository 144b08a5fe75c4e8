"""Dated updates: drafts, publishing once, order."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from petitions.models import Update
from petitions.signals import update_published
from tests.factories import PetitionFactory, UpdateFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced():
    heard = []

    def hear(update, **kwargs):
        heard.append(update.pk)

    update_published.connect(hear)
    yield heard
    update_published.disconnect(hear)


def test_an_update_as_scripts_make_it_is_published():
    ana = UserFactory()
    update = Update(
        petition=PetitionFactory(is_open=True),
        title="The board answered",
        body="It will decide in **March**.",
        happened_on=date(2012, 8, 17),
        author=ana,
        published_at=timezone.now(),
    )
    update.save()
    assert list(Update.objects.published()) == [update]
    assert Update.objects.get().html == "<p>It will decide in <strong>March</strong>.</p>\n"


def test_the_text_is_sanitised_and_its_headings_stay_below_the_pages():
    update = UpdateFactory(body="# Loud\n\n<img src=x onerror=alert(1)>")
    assert "<h4>Loud</h4>" in update.safe_html
    assert "<img" not in update.safe_html


def test_a_changed_text_is_rendered_again_even_when_saved_alone():
    update = UpdateFactory(body="In March.")
    update.body = "In April."
    update.save(update_fields=["body"])
    assert Update.objects.get().html == "<p>In April.</p>\n"


def test_a_draft_is_published_once(announced):
    update = UpdateFactory(published_at=None)
    stale = Update.objects.get(pk=update.pk)
    assert list(Update.objects.published()) == []
    assert update.publish() is True
    assert update.publish() is False
    assert stale.publish() is False
    assert announced == [update.pk]
    assert update.published_at == Update.objects.get().published_at


def test_what_was_public_already_is_not_announced(announced):
    update = UpdateFactory()
    assert update.publish() is False
    assert announced == []


def test_a_receiver_that_fails_undoes_the_publishing():
    update = UpdateFactory(published_at=None)

    def fail(**kwargs):
        raise RuntimeError("no")

    update_published.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            update.publish()
    finally:
        update_published.disconnect(fail)
    assert Update.objects.get().published_at is None


def test_an_update_dated_ahead_waits():
    UpdateFactory(published_at=timezone.now() + timedelta(hours=1))
    assert list(Update.objects.published()) == []


def test_the_newest_event_comes_first_whenever_it_was_written():
    petition = PetitionFactory(is_open=True)
    days = [date(2012, 8, 17), date(2014, 1, 2), date(2012, 8, 17), date(2011, 5, 1)]
    first, second, third, fourth = [
        UpdateFactory(petition=petition, happened_on=day) for day in days
    ]
    assert list(petition.updates.newest_first()) == [second, third, first, fourth]


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_publishes(announced):
    update = UpdateFactory(published_at=None)
    copies = [Update.objects.get(pk=update.pk) for _ in range(8)]
    assert sum(together(*[copy.publish for copy in copies])) == 1
    assert announced == [update.pk]


@pytest.mark.parametrize(
    ("published", "changed", "is_told"),
    [
        (timedelta(0), {"body"}, True),
        (timedelta(0), {"happened_on", "title"}, True),
        (timedelta(0), {"email_supporters"}, False),
        (timedelta(hours=1), {"body"}, False),  # nobody has read it yet
        (None, {"body"}, False),
    ],
)
def test_readers_are_told_what_was_edited_after_they_could_read_it(published, changed, is_told):
    at = published if published is None else timezone.now() + published
    update = UpdateFactory(published_at=at)
    update.body, update.title = "In April.", "Mended"
    update.save_edited(changed)
    stored = Update.objects.get()
    assert (stored.edited_at is not None) == is_told
    assert (stored.body == "In April.") == ("body" in changed)
    assert (stored.title == "Mended") == ("title" in changed)


def test_an_edit_of_what_was_published_meanwhile_is_told():
    stale = UpdateFactory(published_at=None)
    Update.objects.get().publish()
    stale.body = "In April."
    stale.save_edited({"body"})
    stored = Update.objects.get()
    assert stored.edited_at >= stored.published_at


def test_a_scheduled_update_is_a_draft_until_its_moment():
    ana = UserFactory()
    update = UpdateFactory(published_at=None)
    moment = timezone.now() + timedelta(hours=1)
    assert update.schedule(at=moment, by=ana)
    stored = Update.objects.get()
    assert (stored.scheduled_for, stored.scheduled_by, stored.published_at) == (moment, ana, None)
    assert list(Update.objects.due()) == list(Update.objects.published()) == []
    assert update.schedule(at=timezone.now() - timedelta(seconds=1), by=ana)
    assert list(Update.objects.due()) == [update]
    assert update.unschedule(held=Update.Held.NO_ROLE)
    assert list(Update.objects.due()) == []
    assert Update.objects.get().held == "no_role"
    assert update.publish()
    assert (Update.objects.get().held, update.held) == ("", "")


def test_what_is_public_is_not_scheduled():
    update = UpdateFactory()
    stale = Update.objects.get()
    assert not stale.schedule(at=timezone.now() + timedelta(hours=1), by=UserFactory())
    assert not stale.unschedule()
    stale.choose_mail(wanted=True)
    assert not Update.objects.get().email_supporters
    update.scheduled_for = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        update.save()
