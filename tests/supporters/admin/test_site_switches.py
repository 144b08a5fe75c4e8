"""Who may turn the site's switches in the admin, and what is written down."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from petitions.models import StaffAct
from supporters import switches
from supporters.models import Notice, SiteSwitches

pytestmark = pytest.mark.django_db

LIST = "/admin/supporters/siteswitches/"
PAGE = f"{LIST}1/change/"


def typed(client, **changes):
    """As the page has it, with changes; None takes a tick away."""
    form = client.get(PAGE).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


@pytest.fixture
def moderator(as_user, mo):
    return as_user(mo)


def test_there_is_one_page_and_nothing_to_add_or_delete(moderator):
    assert moderator.get(LIST)["Location"] == PAGE
    page = moderator.get(PAGE).content.decode()
    assert "Message in English" in page
    assert "deletelink" not in page
    assert moderator.get(f"{LIST}add/").status_code == 403
    assert moderator.get(f"{LIST}1/delete/").status_code == 403
    assert moderator.get(f"{LIST}2/change/").status_code == 302


def test_a_moderator_pauses_signing_with_a_message(moderator, mo):
    data = typed(moderator, signing_paused="on", message_en="Back at noon.", message_es="")
    assert moderator.post(PAGE, data).status_code == 302
    assert switches.current() == switches.Switches(
        signing_paused=True, notices=(("en", "Back at noon."),)
    )
    row = SiteSwitches.objects.get()
    assert row.changed_by == "mo"
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (mo, "1")
    assert "pause signing" in entry.get_change_message().lower()
    assert "Message in English" in entry.get_change_message()
    assert "Back at noon." in moderator.get(PAGE).content.decode()

    assert moderator.post(PAGE, typed(moderator, message_en="")).status_code == 302
    assert not Notice.objects.exists()
    assert switches.current().signing_paused
    assert moderator.post(PAGE, typed(moderator, signing_paused=None)).status_code == 302
    assert not switches.current().signing_paused
    assert "pause signing" in moderator.get(f"{LIST}1/history/").content.decode().lower()


def test_a_banner_and_paused_starting_with_their_times(moderator, mo, client, ana, as_user):
    data = typed(
        moderator, banner_shown="on", banner_en="We move house.", banner_es="Nos mudamos.",
        starting_paused="on", starting_message_en="Back in March.",
        starting_until_0="2999-03-01", starting_until_1="09:00:00",
    )  # fmt: skip
    assert moderator.post(PAGE, data).status_code == 302
    assert "We move house." in client.get("/").content.decode()
    assert "Nos mudamos." in client.get("/es/").content.decode()
    assert "Back in March." in client.get("/petitions/start/").content.decode()
    assert "We move house." in moderator.get(PAGE).content.decode()
    [act] = StaffAct.objects.all()
    assert (act.actor, act.verb) == (mo, "turned")
    add = "/admin/petitions/petition/add/"
    assert [as_user(ana).get(add).status_code, moderator.get(add).status_code] == [403, 200]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"banner_shown": "on"}, "banner_shown"),
        ({"banner_from_0": "2030-01-02", "banner_from_1": "00:00:00",
          "banner_until_0": "2030-01-01", "banner_until_1": "00:00:00"}, "banner_until"),
        ({"signing_from_0": "soon", "signing_from_1": "00:00:00"}, "signing_from"),
        ({"banner_en": "x" * 501}, "banner_en"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(moderator, changes, field):
    answer = moderator.post(PAGE, typed(moderator, **changes))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[field]
    assert not Notice.objects.exists()


@pytest.mark.parametrize("seconds", ["0", "61", "-1", "soon", ""])
def test_a_time_that_cannot_be_is_refused(moderator, seconds):
    answer = moderator.post(PAGE, typed(moderator, page_seconds=seconds))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["page_seconds"]
    assert switches.current().page_seconds == 1


def test_who_is_late_undoes_nothing(moderator, admin_client):
    late = typed(admin_client, page_seconds="5")
    moderator.post(PAGE, typed(moderator, signing_paused="on"))
    answer = admin_client.post(PAGE, late)
    assert answer.status_code == 200
    assert "Somebody has turned a switch" in answer.content.decode()
    row = SiteSwitches.objects.get()
    assert (row.signing_paused, row.page_seconds) == (True, 1)


def test_others_may_not(as_user, ana, nobody_yet, client):
    assert client.get(PAGE).status_code == 302
    for user in (ana, nobody_yet):
        browser = as_user(user)
        for address in (LIST, PAGE, f"{LIST}1/history/"):
            answer = browser.get(address)
            assert answer.status_code == 403 or answer["Location"] == PAGE, address
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE, {"busy": "on", "page_seconds": "1"}).status_code == 403
    assert not SiteSwitches.objects.filter(busy=True).exists()


def test_who_may_only_look_turns_nothing(as_user, nobody_yet):
    nobody_yet.user_permissions.add(Permission.objects.get(codename="view_siteswitches"))
    browser = as_user(nobody_yet)
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "Pause signing" in page.content.decode()
    assert browser.post(PAGE, {"busy": "on", "page_seconds": "1"}).status_code == 403
