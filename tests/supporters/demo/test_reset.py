"""Starting over removes what the demo made, and nothing else."""

import sqlite3

import pytest
from django.conf import settings as django_settings

from supporters.demo import reset
from supporters.demo.mailbox import EmailBackend, newest_mails
from tests.supporters.demo.letters import letter

USER = "CREATE TABLE petitions_user (id); INSERT INTO petitions_user VALUES (1)"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (USER, True),
        ("CREATE TABLE petitions_petition (id); INSERT INTO petitions_petition VALUES (1)", True),
        ("CREATE TABLE petitions_petition (id)", False),
        (f"{USER}; PRAGMA application_id = {reset.APPLICATION_ID}", False),
    ],
)
def test_only_the_demos_own_database_is_removed(demo, tmp_path, monkeypatch, made, refused):
    path = tmp_path / "site.sqlite3"
    database = sqlite3.connect(path)
    database.executescript(made)
    database.close()
    monkeypatch.setitem(django_settings.DATABASES["default"], "NAME", str(path))
    EmailBackend().send_messages([letter()])
    picture = demo.PETITIONS_DEMO_MEDIA / "pictures" / "0.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"drawn")
    if refused:
        with pytest.raises(reset.NotOurs, match="not made by the demo"):
            reset.start_over()
    else:
        reset.start_over()
    assert path.exists() is refused
    assert bool(newest_mails()) is refused
    assert picture.exists() is refused


@pytest.mark.sqlite
def test_a_folder_that_somebody_set_is_left_alone(demo, tmp_path, monkeypatch):
    monkeypatch.setitem(django_settings.DATABASES["default"], "NAME", str(tmp_path / "new.sqlite3"))
    demo.MEDIA_ROOT = tmp_path / "mine"
    (tmp_path / "mine").mkdir()
    reset.start_over()
    assert (tmp_path / "mine").exists()


@pytest.mark.sqlite
def test_what_is_no_database_stays(demo, tmp_path, monkeypatch):
    path = tmp_path / "site.sqlite3"
    path.write_bytes(b"My memoirs. " * 200)
    monkeypatch.setitem(django_settings.DATABASES["default"], "NAME", str(path))
    with pytest.raises(reset.NotOurs, match="no SQLite database"):
        reset.start_over()
    assert path.exists()
