"""The updates of a petition in the admin: the list, and the page where one is written."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from petitions.models import Petition, TeamMember, Update
from supporters import mailings, switches
from supporters.models import Mailing, OutgoingMail
from supporters.suppression import Why, suppress
from supporters.switching import turn
from tests.factories import PetitionFactory, UpdateFactory
from tests.supporters.outbox_rows import supporter

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, slug="mend")


def updates(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/updates/"


def typed(**changes) -> dict[str, str]:
    return {
        "kind": "news", "title": "The board answered", "happened_on": "2012-08-17",
        "body": "In **March**.", "when": "draft", "action": "save", **changes,
    }  # fmt: skip


def write(client, petition: Petition, **changes):
    return client.post(f"{updates(petition)}new/", typed(**changes))


def in_days(days: float) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def mailed(petition, days_ago: float) -> Mailing:
    update = UpdateFactory(petition=petition, email_supporters=True)
    started = timezone.now() - timedelta(days=days_ago)
    return Mailing.objects.create(update=update, started_at=started, finished_at=started)


# Writing


def test_an_update_is_posted_by_whoever_is_logged_in(as_user, ana, mo, petition):
    client = as_user(ana)
    more = {"author": str(mo.pk), "published_at": "2020-01-01 00:00", "edited_at": "2020-01-01"}
    answer = write(client, petition, email_supporters="on", **more)
    assert answer["Location"] == updates(petition)
    update = Update.objects.get()
    assert (update.author, update.published_at, f"{update.happened_on}") == (
        ana,
        None,
        "2012-08-17",
    )
    assert update.email_supporters
    assert not Mailing.objects.exists()

    own = f"{updates(petition)}{update.pk}/"
    answer = client.post(own, typed(when="now", email_supporters="on"), follow=True)
    assert "The update was published." in answer.content.decode()
    update.refresh_from_db()
    assert update.published_at is not None
    assert update.edited_at is None
    assert Mailing.objects.get().update == update
    assert "17 August 2012" in client.get("/petitions/mend/").content.decode()

    # Published stays published, whatever is sent; its words can be mended.
    moment = update.published_at
    sent = typed(body="In April.", when="later", moment=in_days(1))
    assert client.post(own, sent).status_code == 302
    update.refresh_from_db()
    assert (update.published_at, update.body, update.author) == (moment, "In April.", ana)
    assert (update.scheduled_for, update.email_supporters) == (None, True)
    assert "edited on" in client.get("/petitions/mend/").content.decode()
    assert "edited on" in client.get(updates(petition)).content.decode()
    feed = client.get("/petitions/mend/updates.atom").content.decode()
    assert f"<updated>{update.edited_at:%Y-%m-%dT%H:%M:%S}" in feed


def test_what_is_wrong_is_said_in_place_and_what_was_typed_is_kept(as_user, ana, petition):
    client = as_user(ana)
    wrong = {
        "body": {"body": ""}, "title": {"title": "x" * 201}, "kind": {"kind": "rumour"},
        "happened_on": {"happened_on": "2012-13-45"}, "when": {"when": "never"},
        "moment": {"when": "later", "moment": "soon"},
    }  # fmt: skip
    for field, values in wrong.items():
        answer = write(client, petition, **{"title": "Kept words", **values})
        html = answer.content.decode()
        assert answer.status_code == 200, field
        assert list(answer.context["form"].errors) == [field]
        assert "Nothing was saved yet." in html
        assert "In **March**." in html or field == "body"
        assert "Kept words" in html or field == "title"
    for moment in ("", in_days(-1), in_days(400), "0001-01-01T00:00", "9999-12-31T23:59"):
        answer = write(client, petition, when="later", moment=moment)
        assert "moment" in answer.context["form"].errors, moment
    nul = write(client, petition, title="a\x00b", action="\x00")
    assert nul.status_code == 200
    assert not Update.objects.exists()


def test_a_draft_petition_has_no_news_even_by_moderators(as_user, ana, mo):
    for petition in (PetitionFactory(organizer=ana), PetitionFactory(status="hidden")):
        for user in (ana, mo) if petition.organizer == ana else (mo,):
            client = as_user(user)
            assert "Write an update" not in client.get(updates(petition)).content.decode()
            assert write(client, petition, when="now").status_code == 403
    assert not Update.objects.exists()


def test_a_moderator_corrects_and_deletes_but_publishes_nothing_while_it_is_hidden(as_user, mo):
    petition = PetitionFactory(status="hidden")
    draft = UpdateFactory(petition=petition, published_at=None, email_supporters=True)
    client = as_user(mo)
    own = f"{updates(petition)}{draft.pk}/"
    assert 'name="when"' not in client.get(own).content.decode()
    assert client.post(own, typed(body="Better.", when="now")).status_code == 302
    draft.refresh_from_db()
    assert (draft.body, draft.published_at, draft.email_supporters) == ("Better.", None, True)
    assert client.post(own, {"action": "delete", "confirmed": "yes"}).status_code == 302
    assert not Update.objects.exists()


def test_a_new_one_begins_empty_as_a_draft(as_user, ana, petition):
    answer = as_user(ana).get(f"{updates(petition)}new/")
    html = answer.content.decode()
    assert "It did not come out" not in html
    assert "Nothing was saved yet." not in html
    assert answer.context["form"]["when"].value() == "draft"
    assert answer.context["form"]["happened_on"].value() == timezone.localdate()


def test_nothing_is_found_under_another_petition(as_user, ana, petition):
    client = as_user(ana)
    other = UpdateFactory(petition=PetitionFactory(is_open=True, organizer=ana))
    for pk in (other.pk, 0, 10**30):
        for place in ("", "mailing/"):
            assert client.get(f"{updates(petition)}{pk}/{place}").status_code == 404


# Before it is published


def test_it_is_seen_before_without_being_stored(as_user, ana, petition):
    client = as_user(ana)
    text = "In **March**. <script>x()</script>\n\n# Costs"
    answer = write(client, petition, action="preview", body=text)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>March</strong>" in html
    assert "<h4>Costs</h4>" in html
    assert "<script>x()" not in html
    assert "17 August 2012" in html
    assert not Update.objects.exists()
    fragment = client.post(f"{updates(petition)}preview/", {"body": text, "happened_on": "?"})
    assert fragment.status_code == 200
    assert "<strong>March</strong>" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert client.get(f"{updates(petition)}preview/").status_code == 405


def test_a_preview_wants_the_token_of_the_form(ana, petition):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    assert client.post(f"{updates(petition)}preview/", {"body": "x"}).status_code == 403


def test_the_number_of_recipients_is_shown(as_user, ana, petition, monkeypatch):
    addresses = [supporter(petition).email for _ in range(4)]
    supporter(petition, wants_updates=False)
    suppress(addresses[0], Why.BOUNCE)
    client = as_user(ana)
    new = f"{updates(petition)}new/"
    assert "It would reach 3 supporters now." in client.get(new).content.decode()
    monkeypatch.setattr("supporters.recipients.LOOKED_AT", 3)
    assert "It would reach 4 supporters now, less those" in client.get(new).content.decode()


def test_a_test_goes_to_oneself_alone(as_user, ana, petition):
    supporter(petition)
    EmailAddress.objects.create(user=ana, email="old@example.org", verified=True)
    ana.trust_email()
    EmailAddress.objects.update(primary=False)
    own = EmailAddress.objects.create(
        user=ana, email="ana@example.org", verified=True, primary=True
    )
    client = as_user(ana)
    sent = {"action": "test", "when": "now", "email_supporters": "on", "to": "sam@example.org"}
    answer = client.post(f"{updates(petition)}new/", typed(**sent), follow=True)
    assert "A test is on its way to ana@example.org." in answer.content.decode()
    update = Update.objects.get()
    assert answer.redirect_chain[-1][0] == f"{updates(petition)}{update.pk}/"
    assert (update.published_at, update.email_supporters) == (None, True)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient, mail.mailing, mail.signature) == (
        "test", own.email, None, None,
    )  # fmt: skip
    assert not Mailing.objects.exists()
    assert mailings.begun_this_week(petition.pk) == 0


def test_no_test_without_a_confirmed_address(as_user, ana, petition):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=False, primary=True)
    client = as_user(ana)
    assert "Send a test" not in client.get(f"{updates(petition)}new/").content.decode()
    answer = client.post(f"{updates(petition)}new/", typed(action="test"), follow=True)
    assert "your account has no confirmed address" in answer.content.decode()
    assert not OutgoingMail.objects.exists()


def test_tests_have_a_limit(as_user, ana, petition, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "test": "2/hour"}
    ana.trust_email()
    client = as_user(ana)
    update = UpdateFactory(petition=petition, published_at=None)
    own = f"{updates(petition)}{update.pk}/"
    for _ in range(3):
        answer = client.post(own, typed(action="test"), follow=True)
    assert "No more tests can be sent for now." in answer.content.decode()
    assert OutgoingMail.objects.count() == 2


# Deleting


def test_a_draft_is_deleted_after_a_question(as_user, ana, petition):
    draft = UpdateFactory(petition=petition, published_at=None)
    client = as_user(ana)
    own = f"{updates(petition)}{draft.pk}/"
    asked = client.post(own, {"action": "delete"})
    assert "The draft goes for good." in asked.content.decode()
    assert Update.objects.exists()
    assert client.post(own, {"action": "delete", "confirmed": "yes"}).status_code == 302
    assert not Update.objects.exists()


def test_what_was_published_is_not_taken_back_by_organizers(as_user, ana, mo, petition):
    update = UpdateFactory(petition=petition)
    own, sure = f"{updates(petition)}{update.pk}/", {"action": "delete", "confirmed": "yes"}
    client = as_user(ana)
    assert 'value="delete"' not in client.get(own).content.decode()
    assert client.post(own, sure).status_code == 403
    assert Update.objects.exists()
    moderator = as_user(mo)
    assert 'value="delete"' in moderator.get(own).content.decode()
    assert moderator.post(own, sure).status_code == 302
    assert not Update.objects.exists()


def test_a_mailed_update_is_not_deleted(as_user, mo, petition):
    update = UpdateFactory(petition=petition, published_at=None, email_supporters=True)
    update.publish()
    sure = {"action": "delete", "confirmed": "yes"}
    assert as_user(mo).post(f"{updates(petition)}{update.pk}/", sure).status_code == 403
    assert Update.objects.exists()


# The list


def test_the_list_tells_how_each_stands(as_user, ana, bo, petition):
    UpdateFactory(petition=petition, published_at=None, title="A draft", email_supporters=True)
    waits = UpdateFactory(petition=petition, published_at=None, title="Waits")
    waits.schedule(at=timezone.now() + timedelta(days=1), by=ana)
    news = mailed(petition, 1)
    Mailing.objects.filter(pk=news.pk).update(queued=1234, sent=1200, failed=30, unsubscribed=2)
    html = as_user(ana).get(updates(petition)).content.decode()
    for words in ("Draft", "with a mail to supporters", "Comes out on", "Published on",
                  "Sent 1,200 of 1,234", "30 failed", "2 unsubscribed"):  # fmt: skip
        assert words in html
    assert html.index("The board answered") < html.index("Waits") < html.index("A draft")
    TeamMember.objects.create(petition=petition, user=bo, role="view")
    seen = as_user(bo).get(updates(petition)).content.decode()
    assert "Waits" in seen
    assert f"{updates(petition)}{waits.pk}/" not in seen
    turn(by="mo", mailings_paused=True)
    switches.memory.refresh()
    assert "Mailings are paused" in as_user(ana).get(updates(petition)).content.decode()


def test_a_long_list_has_pages_and_few_queries(as_user, ana, petition, count_queries):
    for number in range(60):
        UpdateFactory(petition=petition, title=f"News {number}.")
    client = as_user(ana)
    client.get(updates(petition))
    with count_queries() as queries:
        first = client.get(updates(petition)).content.decode()
    assert len(queries) <= 10, queries
    assert "News 59." in first
    assert "News 9." not in first
    second = client.get(f"{updates(petition)}?page=2").content.decode()
    assert "News 9." in second
    assert client.get(f"{updates(petition)}?page=x").status_code == 200


def test_the_petitions_own_page_leads_there(as_user, ana, petition):
    for number in range(5):
        UpdateFactory(petition=petition, title=f"News {number}.")
    html = as_user(ana).get(f"{LIST}{petition.pk}/change/").content.decode()
    assert html.count(f'href="{updates(petition)}"') >= 2
    assert "News 4." in html
    assert "News 1." not in html
    draft = PetitionFactory(organizer=ana)
    assert "Write an update" not in as_user(ana).get(f"{LIST}{draft.pk}/change/").content.decode()
