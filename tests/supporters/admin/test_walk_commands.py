"""What is done at the server leaves its act, too: of the site itself, since nobody is logged in."""

import json

import pytest
from django.core.management import call_command

from petitions.models import StaffAct
from tests.supporters.admin.walk import site, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(tmp_path):
    """A file for each command that takes one."""
    domains, petitions = tmp_path / "domains.txt", tmp_path / "petitions.jsonl"
    domains.write_text("a.example\n")
    petitions.write_text(json.dumps({"id": "1", "title": "Mend the bridge", "text": "x"}))
    return {
        "block_domains": [str(domains)],
        "switch": ["--pause-signing"],
        "import_petitions": [str(petitions), "--source", "Elsewhere"],
        "recount": [],
        "rebuild_search": [],
    }


def acts() -> list[tuple[object, str, str]]:
    return [(act.actor, act.verb, act.note) for act in StaffAct.objects.order_by("pk")]


def test_the_table_names_every_command():
    assert set(table.COMMANDS) == site.commands()


def test_each_leaves_what_the_table_says(given):
    left = {}
    for name, typed in given.items():
        before = StaffAct.objects.count()
        call_command(name, *typed)
        left[name] = StaffAct.objects.count() > before
    assert left == {name: table.COMMANDS[name] for name in given}
    assert acts() == [
        (None, "blocked", "List of domains: 1"),
        (None, "turned", "manage.py switch: signing_paused = True"),
        (None, "added", "import_petitions, Elsewhere: 1 imported, 0 updated"),
    ]


def test_an_import_that_changes_nothing_is_no_act(given):
    call_command("import_petitions", *given["import_petitions"], "--dry-run")
    assert acts() == []
    call_command("import_petitions", *given["import_petitions"])
    call_command("import_petitions", *given["import_petitions"])
    assert len(acts()) == 1
