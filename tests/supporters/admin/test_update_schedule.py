"""When an update comes out: scheduled, changed, taken back; and how often supporters get one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, Update
from supporters.admin import update_form
from supporters.models import Mailing
from tests.factories import PetitionFactory, UpdateFactory
from tests.supporters.admin.test_updates import in_days, mailed, typed, updates, write
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, slug="mend")


def test_it_is_scheduled_changed_and_taken_back(as_user, ana, petition):
    client, moment, other = as_user(ana), in_days(2), in_days(3)
    answer = client.post(
        f"{updates(petition)}new/", typed(when="later", moment=moment), follow=True
    )
    assert "(UTC)" in answer.content.decode()
    assert "Comes out on" in answer.content.decode()
    update = Update.objects.get()
    assert (update.scheduled_by, update.published_at) == (ana, None)
    own = f"{updates(petition)}{update.pk}/"
    html = client.get(own).content.decode()
    assert f'value="{moment}"' in html
    assert client.post(own, typed(when="later", moment=other)).status_code == 302
    update.refresh_from_db()
    assert f"{timezone.localtime(update.scheduled_for):%Y-%m-%dT%H:%M}" == other
    assert "The board" not in client.get("/petitions/mend/updates.atom").content.decode()
    assert client.post(own, typed(when="draft")).status_code == 302
    update.refresh_from_db()
    assert (update.scheduled_for, update.scheduled_by) == (None, None)


def test_the_moment_is_the_sites(as_user, ana, petition, settings):
    settings.TIME_ZONE = "America/Lima"
    tomorrow = timezone.localtime(timezone.now()) + timedelta(days=1)
    answer = as_user(ana).post(
        f"{updates(petition)}new/",
        typed(when="later", moment=f"{tomorrow:%Y-%m-%d}T09:30"),
        follow=True,
    )
    assert "America/Lima" in answer.content.decode()
    assert f"{Update.objects.get().scheduled_for:%H:%M}" == "14:30"


def test_why_it_did_not_come_out_is_told_until_it_is_saved(as_user, ana, petition):
    update = UpdateFactory(petition=petition, published_at=None)
    update.unschedule(held=Update.Held.NOT_PUBLIC)
    client = as_user(ana)
    own = f"{updates(petition)}{update.pk}/"
    for page in (updates(petition), own):
        assert (
            "The petition was not public when the moment came." in client.get(page).content.decode()
        )
    assert client.post(own, typed(when="draft")).status_code == 302
    assert "It did not come out" not in client.get(updates(petition)).content.decode()


# How often


def test_organizers_begin_three_mailings_in_seven_days_and_moderators_more(
    as_user, ana, mo, petition
):
    for days_ago in (0.1, 3, 6.9, 7.1):
        mailed(petition, days_ago)
    mailed(PetitionFactory(is_open=True), 1)
    client = as_user(ana)
    now = {"when": "now", "email_supporters": "on", "body": "It goes on.", "title": "News"}
    answer = write(client, petition, **now)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Supporters get 3 mailings in seven days at most. Publish this without mail" in html
    assert "It goes on." in html
    assert not Update.objects.filter(title="News").exists()
    # Without mail it is published; with mail once a week has passed, and by moderators at any time.
    assert write(client, petition, when="now", title="News").status_code == 302
    of_this = Mailing.objects.filter(update__petition=petition)
    assert of_this.count() == 4
    oldest = of_this.order_by("-started_at")[2]
    Mailing.objects.filter(pk=oldest.pk).update(started_at=timezone.now() - timedelta(days=7))
    assert write(client, petition, **now).status_code == 302
    assert of_this.count() == 5
    assert write(client, petition, **now).status_code == 200
    assert write(as_user(mo), petition, **now).status_code == 302
    assert of_this.count() == 6


def test_what_is_scheduled_has_its_place(as_user, ana, mo, petition, settings):
    settings.PETITIONS_MAILINGS_PER_WEEK = 2
    client = as_user(ana)
    soon = {"when": "later", "email_supporters": "on"}
    for days in (1, 5):
        assert write(client, petition, moment=in_days(days), **soon).status_code == 302
    first, second = Update.objects.order_by("pk")
    for refused in ({**soon, "moment": in_days(3)}, {**soon, "when": "now"}):
        assert "email_supporters" in write(client, petition, **refused).context["form"].errors
    assert write(client, petition, moment=in_days(9), **soon).status_code == 302
    # Its own place is no reason against it; another moment needs room there.
    own = f"{updates(petition)}{first.pk}/"
    assert client.post(own, typed(moment=in_days(1.5), **soon)).status_code == 302
    assert client.post(own, typed(moment=in_days(7), **soon)).status_code == 200
    # What a moderator let through stays, when its words are mended by somebody who may not.
    moderator = as_user(mo)
    assert moderator.post(own, typed(moment=in_days(7), **soon)).status_code == 302
    mended = typed(moment=in_days(7), body="Mended.", **soon)
    assert client.post(own, mended).status_code == 302
    first.refresh_from_db()
    assert (first.body, first.scheduled_by) == ("Mended.", ana)
    second.refresh_from_db()
    assert second.scheduled_for


def test_a_test_of_what_is_scheduled_asks_for_no_mail(as_user, ana, petition):
    ana.trust_email()
    client = as_user(ana)
    assert write(client, petition, when="later", moment=in_days(1)).status_code == 302
    update = Update.objects.get()
    sent = typed(action="test", email_supporters="on", body="Mended.", when="draft")
    assert client.post(f"{updates(petition)}{update.pk}/", sent).status_code == 302
    update.refresh_from_db()
    assert (update.body, update.email_supporters) == ("Mended.", False)
    assert update.scheduled_for


@pytest.mark.parametrize("mail", [{"email_supporters": "on"}, {}])
@pytest.mark.parametrize("when", ["now", "later", "draft"])
def test_what_was_chosen_is_still_chosen_after_a_test(as_user, ana, petition, when, mail):
    ana.trust_email()
    client, moment = as_user(ana), in_days(2)
    scheduled = {"when": "later", "moment": in_days(1), "email_supporters": "on"}
    assert write(client, petition, **scheduled).status_code == 302
    own = f"{updates(petition)}{Update.objects.get().pk}/"
    sent = typed(action="test", when=when, moment=moment, **mail)
    form = client.post(own, sent, follow=True).context["form"]
    assert (form["when"].value(), form["moment"].value()) == (when, moment)
    assert bool(form["email_supporters"].value()) == bool(mail)


def begins_with(client, page: str) -> tuple[str, str | None, bool]:
    form = client.get(page).context["form"]
    moment = form["moment"].value()
    return form["when"].value(), moment, bool(form["email_supporters"].value())


@pytest.fixture
def draft(ana, petition) -> Update:
    ana.trust_email()
    return UpdateFactory(petition=petition, published_at=None)


AS_STORED = ("draft", None, False)
TESTED = {"action": "test", "when": "now", "email_supporters": "on"}


@pytest.mark.parametrize(
    ("when", "moment", "mail"),
    [
        ("now", "", "on"),
        ("draft", "2099-01-01T09:30", "false"),
        ("later", "%00", ""),
        ("later", "x" * 10_000, ""),
        ("never", "x", "on"),
    ],
)
def test_a_link_chooses_nothing(as_user, ana, petition, draft, when, moment, mail):
    client, query = as_user(ana), f"?when={when}&moment={moment}&email_supporters={mail}"
    for page in ("new/", f"{draft.pk}/"):
        assert begins_with(client, f"{updates(petition)}{page}{query}") == AS_STORED


def test_what_was_chosen_is_kept_for_that_update_and_person_until_saved(
    as_user, ana, mo, petition, draft
):
    client, own = as_user(ana), f"{updates(petition)}{draft.pk}/"
    other = UpdateFactory(petition=petition, published_at=None)
    moment = in_days(2)
    answer = client.post(own, typed(moment=moment, **TESTED))
    assert answer["Location"] == own
    assert begins_with(as_user(mo), own) == (*AS_STORED[:2], True)  # the mail alone is stored
    for elsewhere in ("new/", f"{other.pk}/"):
        assert begins_with(client, f"{updates(petition)}{elsewhere}") == AS_STORED
    for _ in range(2):  # who comes back from the mail may reload
        assert begins_with(client, own) == ("now", moment, True)
    kept = typed(action="save", when="draft", email_supporters="on")
    client.post(f"{updates(petition)}{other.pk}/", kept)
    assert begins_with(client, own) == ("now", moment, True)
    client.post(own, kept)
    assert begins_with(client, own) == (*AS_STORED[:2], True)


def test_a_test_does_not_say_that_when_it_comes_out_was_stored(as_user, ana, petition, draft):
    own = f"{updates(petition)}{draft.pk}/"
    said = as_user(ana).post(own, typed(**TESTED), follow=True).content.decode()
    assert "The text is saved. When it comes out is not: press “Save” for that." in said
    assert "Saved." not in said


def test_what_was_chosen_for_a_new_one_is_kept_too(as_user, ana, petition):
    ana.trust_email()
    client = as_user(ana)
    answer = write(client, petition, **TESTED)
    own = f"{updates(petition)}{Update.objects.get().pk}/"
    assert answer["Location"] == own
    assert begins_with(client, own) == ("now", "", True)


def test_what_was_chosen_long_ago_is_not_kept(as_user, ana, petition, draft, monkeypatch):
    client, own = as_user(ana), f"{updates(petition)}{draft.pk}/"
    later = timezone.now() + update_form.KEPT + timedelta(minutes=1)
    client.post(own, typed(**TESTED))
    monkeypatch.setattr(update_form.clock, "now", lambda: later)
    assert begins_with(client, own)[0] == "draft"


def test_what_the_form_does_not_read_as_ticked_ticks_nothing(as_user, ana, petition, draft):
    sent = typed(**{**TESTED, "email_supporters": "false"})
    answer = as_user(ana).post(f"{updates(petition)}{draft.pk}/", sent, follow=True)
    assert not answer.context["form"]["email_supporters"].value()


def test_a_moment_is_kept_as_it_was_typed_if_it_is_one(as_user, ana, petition, draft, settings):
    settings.TIME_ZONE = "America/Lima"
    client, own = as_user(ana), f"{updates(petition)}{draft.pk}/"
    for moment in ("\0", "soon", "x" * 10_000):
        assert client.post(own, typed(moment=moment, **TESTED)).status_code == 200
        assert begins_with(client, own) == AS_STORED
    for moment in ("0001-01-01T00:00", "9999-12-31T23:59"):
        assert client.post(own, typed(moment=moment, **TESTED)).status_code == 302
        assert begins_with(client, own)[1] == moment


def test_after_a_test_of_what_is_published_its_page_has_its_plain_address(as_user, ana, petition):
    update = UpdateFactory(petition=petition)
    client, own = as_user(ana), f"{updates(petition)}{update.pk}/"
    assert client.post(own, typed(**TESTED))["Location"] == own
    assert "when" not in client.get(own).context["form"].fields


def test_a_draft_has_no_place(as_user, ana, petition, settings):
    settings.PETITIONS_MAILINGS_PER_WEEK = 1
    UpdateFactory(petition=petition, published_at=None, email_supporters=True)
    client = as_user(ana)
    now = {"when": "now", "email_supporters": "on"}
    assert write(client, petition, **now).status_code == 302
    draft = Update.objects.get(published_at=None)
    assert client.post(f"{updates(petition)}{draft.pk}/", typed(**now)).status_code == 200
    assert Mailing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_one_too_many(as_user, ana, petition, settings):
    settings.PETITIONS_MAILINGS_PER_WEEK = 1
    now = {"when": "now", "email_supporters": "on"}
    clients = [as_user(ana), as_user(ana)]
    found = together(*[lambda c=c: write(c, petition, **now).status_code for c in clients])
    assert sorted(found) == [200, 302]
    assert Mailing.objects.count() == 1
