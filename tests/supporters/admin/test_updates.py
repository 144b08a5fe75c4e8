"""Updates, posted on the page of their petition."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, Update
from supporters.models import Mailing
from tests.factories import PetitionFactory, UpdateFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


def test_an_update_is_posted_by_whoever_is_logged_in(as_user, ana, mo, page_of):
    petition = PetitionFactory(is_open=True, organizer=ana)
    client = as_user(ana)
    typed = {
        "new_update-0-title": "The board answered", "new_update-0-body": "In **March**.",
        "new_update-0-happened_on": "2012-08-17", "new_update-0-author": str(mo.pk),
        "new_update-0-email_supporters": "on", "new_update-0-published_at_0": "2020-01-01",
        "new_update-0-published_at_1": "00:00",
    }  # fmt: skip
    assert client.post(page(petition), page_of(client, petition, **typed)).status_code == 302
    update = Update.objects.get()
    assert (update.author, update.published_at, f"{update.happened_on}") == (
        ana,
        None,
        "2012-08-17",
    )
    assert not Mailing.objects.exists()

    data = page_of(client, petition, **{"updates-0-publish_now": "on"})
    answer = client.post(page(petition), data, follow=True)
    assert "1 update was published." in answer.content.decode()
    update.refresh_from_db()
    assert update.published_at is not None
    assert Mailing.objects.get().update == update
    assert "17 August 2012" in client.get(f"/petitions/{petition.slug}/").content.decode()

    # Published stays published, whatever is sent; its words can be mended.
    moment = update.published_at
    data = page_of(client, petition, **{"updates-0-body": "In April.", "updates-0-publish_now": ""})
    assert client.post(page(petition), data).status_code == 302
    update.refresh_from_db()
    assert (update.published_at, update.body, update.author) == (moment, "In April.", ana)
    assert "edited on" in client.get(f"/petitions/{petition.slug}/").content.decode()
    feed = client.get(f"/petitions/{petition.slug}/updates.atom").content.decode()
    assert f"<updated>{update.edited_at:%Y-%m-%dT%H:%M:%S}" in feed


def test_what_was_published_is_not_taken_back_by_organizers(as_user, ana, mo, page_of):
    petition = PetitionFactory(is_open=True, organizer=ana)
    draft = UpdateFactory(petition=petition, published_at=None)
    UpdateFactory(petition=petition)
    client = as_user(ana)
    fields = page_of(client, petition)
    which = {fields[f"updates-{n}-id"]: f"updates-{n}-DELETE" for n in range(2)}
    for pk, name in which.items():
        answer = client.post(page(petition), {**page_of(client, petition), name: "on"})
        assert answer.status_code == (302 if pk == draft.pk else 200)
    assert Update.objects.count() == 1
    moderator = as_user(mo)
    data = page_of(moderator, petition, **{"updates-0-DELETE": "on"})
    assert moderator.post(page(petition), data).status_code == 302
    assert not Update.objects.exists()


def test_a_mailed_update_is_not_deleted(as_user, mo, page_of):
    petition = PetitionFactory(is_open=True)
    update = UpdateFactory(petition=petition, published_at=None, email_supporters=True)
    update.publish()
    client = as_user(mo)
    answer = client.post(page(petition), page_of(client, petition, **{"updates-0-DELETE": "on"}))
    assert answer.status_code == 200
    assert "protected" in str(answer.context["errors"])
    assert Update.objects.exists()


def test_a_draft_has_no_news(as_user, ana, page_of):
    petition = PetitionFactory(organizer=ana)
    update = UpdateFactory(petition=petition, published_at=None)
    client = as_user(ana)
    data = page_of(client, petition)
    data |= {
        "new_update-TOTAL_FORMS": "1", "new_update-INITIAL_FORMS": "0", "new_update-0-body": "News",
        "new_update-0-petition": petition.pk, "updates-0-id": update.pk,
        "updates-0-petition": petition.pk, "updates-0-publish_now": "on", "updates-0-body": "News",
        "updates-0-kind": "news", "updates-0-happened_on": "2020-01-01",
    }  # fmt: skip
    assert client.post(page(petition), data).status_code == 302
    update.refresh_from_db()
    assert (update.published_at, update.body) == (None, "It will decide in **March**.")
    assert Update.objects.count() == 1


def mailed(petition, days_ago: float) -> Mailing:
    update = UpdateFactory(petition=petition, email_supporters=True)
    started = timezone.now() - timedelta(days=days_ago)
    return Mailing.objects.create(update=update, started_at=started, finished_at=started)


def post_new(client, petition, page_of, **more):
    typed = {
        "new_update-0-title": "News", "new_update-0-body": "It goes on.",
        "new_update-0-email_supporters": "on", "new_update-0-publish_now": "on", **more,
    }  # fmt: skip
    return client.post(page(petition), page_of(client, petition, **typed))


def test_organizers_begin_three_mailings_in_seven_days_and_moderators_more(
    as_user, ana, mo, page_of
):
    petition = PetitionFactory(is_open=True, organizer=ana)
    for days_ago in (0.1, 3, 6.9, 7.1):
        mailed(petition, days_ago)
    mailed(PetitionFactory(is_open=True), 1)
    client = as_user(ana)
    answer = post_new(client, petition, page_of)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Supporters get 3 mailings in seven days at most." in html
    assert "It goes on." in html
    assert not Update.objects.filter(title="News").exists()
    # Without mail it is published; with mail once a week has passed, and by moderators at any time.
    plain = {"new_update-0-email_supporters": ""}
    assert post_new(client, petition, page_of, **plain).status_code == 302
    assert Mailing.objects.filter(update__petition=petition).count() == 4
    oldest = Mailing.objects.filter(update__petition=petition).order_by("-started_at")[2]
    Mailing.objects.filter(pk=oldest.pk).update(started_at=timezone.now() - timedelta(days=7))
    assert post_new(client, petition, page_of).status_code == 302
    assert Mailing.objects.filter(update__petition=petition).count() == 5
    assert post_new(client, petition, page_of).status_code == 200
    assert post_new(as_user(mo), petition, page_of).status_code == 302
    assert Mailing.objects.filter(update__petition=petition).count() == 6


def test_a_draft_and_a_new_update_share_what_is_left(as_user, ana, page_of, settings):
    settings.PETITIONS_MAILINGS_PER_WEEK = 1
    petition = PetitionFactory(is_open=True, organizer=ana)
    UpdateFactory(petition=petition, published_at=None, email_supporters=True)
    client = as_user(ana)
    both = {"updates-0-publish_now": "on"}
    assert post_new(client, petition, page_of, **both).status_code == 200
    assert not Mailing.objects.exists()
    data = page_of(client, petition, **both)
    assert client.post(page(petition), data).status_code == 302
    assert Mailing.objects.count() == 1
