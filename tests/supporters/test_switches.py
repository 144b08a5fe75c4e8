"""The site's switches: how a process knows them, and what is asked of the database for it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation

from petitions.models import Petition, StaffAct
from supporters import switches
from supporters.models import Notice, SiteSwitches
from supporters.switches import Memory, Switches
from supporters.switching import turn
from tests.factories import PetitionFactory
from tests.threads import wait_until


def turned(**values):
    turn(by="mo", **values)
    switches.memory.refresh()


# The row


@pytest.mark.django_db
def test_there_is_one_row():
    turn(by="mo", busy=True)
    turn(by="ana", page_seconds=10)
    row = SiteSwitches.objects.get()
    assert (row.pk, row.busy, row.page_seconds, row.changed_by) == (1, True, 10, "ana")
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSwitches.objects.create(pk=2)


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [0, 61])
def test_a_page_is_kept_for_a_second_to_a_minute(seconds):
    with pytest.raises(IntegrityError), transaction.atomic():
        turn(by="mo", page_seconds=seconds)


@pytest.mark.django_db
def test_what_is_not_named_stays():
    turn(by="mo", signing_paused=True, texts={"en": "Back at noon."})
    turn(by="mo", signing_paused=False)
    assert Notice.objects.get().text == "Back at noon."
    assert turn(by="ana") is None
    assert SiteSwitches.objects.get().changed_by == "mo"
    turn(by="mo", texts={"en": "  "})
    assert not Notice.objects.exists()


# What a process knows


@pytest.mark.django_db
def test_asking_costs_no_statement(count_queries):
    turned(signing_paused=True)
    with count_queries() as queries:
        assert switches.current().signing_paused
    assert len(queries) == 0


@pytest.mark.django_db
def test_the_same_object_stays_while_nothing_changes():
    turned(page_seconds=5)
    known = switches.current()
    switches.memory.refresh()
    assert switches.current() is known
    turned(page_seconds=6)
    assert switches.current() is not known


@pytest.mark.django_db
def test_the_message_is_in_the_language_of_the_page():
    turned(signing_paused=True, texts={"es": "Volvemos a mediodía."})
    said = {}
    for language in ("en", "es"):
        with translation.override(language):
            said[language] = switches.current().signing_message
    assert said["es"] == "Volvemos a mediodía."
    assert said["en"].startswith("We are taking no new signatures for the moment.")


def test_what_is_turned_is_named():
    assert Switches().turned == []
    assert Switches(busy=True, page_seconds=9).turned == ["page_seconds", "busy"]


# What staff did


@pytest.mark.django_db
def test_every_process_hears_of_what_staff_did(admin_user):
    mine = Memory(0)
    mine.refresh()
    kind = ContentType.objects.get_for_model(Petition)
    entry = {"user": admin_user, "action_flag": 2, "content_type": kind, "object_id": "1"}
    LogEntry.objects.create(**entry)
    mine.refresh()
    assert mine.staff_acts == 1
    petition = PetitionFactory(is_open=True)
    petition.hide(by=admin_user)
    mine.refresh()
    mine.refresh()
    assert mine.staff_acts == 2


@pytest.mark.django_db
def test_the_switches_themselves_are_no_act_that_pages_show(admin_user):
    mine = Memory(0)
    mine.refresh()
    kind = ContentType.objects.get_for_model(SiteSwitches)
    LogEntry.objects.create(user=admin_user, action_flag=2, content_type=kind, object_id="1")
    mine.refresh()
    assert mine.staff_acts == 0


@pytest.mark.django_db
def test_acts_of_the_staff_are_heard_of_but_for_those_that_change_no_page(admin_user):
    memory = Memory(0)
    StaffAct.record(by=admin_user, verb="upheld")
    memory.refresh()
    for number, verb in enumerate(("upheld", "removed", "started", "erased", "changed"), start=1):
        StaffAct.record(by=admin_user, verb=verb)
        memory.refresh()
        assert memory.staff_acts == number
    for verb in ("searched", "looked_at", "exported", "claimed", "released", "noted", "turned"):
        for _ in range(10):
            StaffAct.record(by=admin_user, verb=verb)
        memory.refresh()
    assert memory.staff_acts == 5


def test_an_act_that_was_committed_late_is_heard_of(admin_user):
    """Its id was given before that of another which is known already."""
    kind = ContentType.objects.get_for_model(Petition)
    entry = {"user": admin_user, "action_flag": 2, "content_type": kind, "object_id": "1"}
    late, other = LogEntry.objects.create(**entry).pk, LogEntry.objects.create(**entry).pk
    LogEntry.objects.filter(pk=late).delete()
    mine = Memory(0)
    mine.refresh()
    LogEntry.objects.create(pk=late, **entry)
    mine.refresh()
    assert other > late
    assert mine.staff_acts == 1


# The thread that reads them


@pytest.fixture
def watching():
    mine = Memory(0.01)
    yield mine
    mine.stop()


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_it_soon(watching):
    turn(by="mo", busy=True)
    assert watching.current().busy  # who asks first waits for the first reading
    turn(by="mo", busy=False, signing_paused=True)
    wait_until(lambda: watching.current() == Switches(signing_paused=True))


@pytest.mark.django_db(transaction=True)
def test_what_was_known_last_holds_while_the_database_is_away(watching, monkeypatch, caplog):
    turn(by="mo", busy=True)
    assert watching.current().busy
    tried = []

    def refuse():
        tried.append(1)
        raise OperationalError("away\nand much else")

    with monkeypatch.context() as patched:
        patched.setattr(switches, "_read", refuse)
        turn(by="mo", busy=False)
        wait_until(lambda: len(tried) > 3)
        assert watching.current().busy
    wait_until(lambda: not watching.current().busy)
    said = [r.message for r in caplog.records if r.name == "supporters.switches"]
    assert said == ["The switches stay as they were read last: away"]


@pytest.mark.django_db(transaction=True)
def test_one_that_was_stopped_is_started_anew(watching):
    assert not watching.current().busy
    watching.stop()
    turn(by="mo", busy=True)
    wait_until(lambda: watching.current().busy)


# The command line


@pytest.mark.django_db
def test_the_command_turns_what_is_named(capsys):
    call_command("switch", "--pause-signing", "--busy", "--page-seconds", "20")
    assert capsys.readouterr().out.splitlines() == [
        "page_seconds: 20",
        "signing_paused: on",
        "starting_paused: off",
        "mailings_paused: off",
        "busy: on",
        "banner: off",
    ]
    row = SiteSwitches.objects.get()
    assert (row.signing_paused, row.mailings_paused, row.busy) == (True, False, True)
    assert row.changed_by == "manage.py switch"
    call_command("switch", "--resume-signing", "--pause-mailings", "--no-busy")
    row.refresh_from_db()
    assert (row.signing_paused, row.mailings_paused, row.busy) == (False, True, False)
    assert row.page_seconds == 20


@pytest.mark.django_db
def test_the_command_alone_only_tells(capsys):
    call_command("switch")
    assert "signing_paused: off" in capsys.readouterr().out
    assert not SiteSwitches.objects.exists()
    with pytest.raises(CommandError, match="takes 1 to 60"):
        call_command("switch", "--page-seconds", "61")
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("switch", "--pause-signing", "--resume-signing")


@pytest.mark.django_db
def test_readyz_names_what_is_turned(client, settings):
    settings.METRICS_KEY = "key"
    headers = {"authorization": "Bearer key"}
    assert client.get("/readyz", headers=headers).json()["switches"] == []
    turned(signing_paused=True, page_seconds=30)
    said = client.get("/readyz", headers=headers).json()
    assert said["switches"] == ["signing_paused", "page_seconds"]
