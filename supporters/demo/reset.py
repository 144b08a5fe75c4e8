"""Starting over: removes the demo's database, mails and pictures, and nobody's work."""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from petitions.models import Petition, User

# SQLite keeps a number for the program that a file belongs to; these four letters are "unds".
APPLICATION_ID = 0x756E6473


class NotOurs(Exception):
    """The database is not the demo's own, or somebody is using it. Nothing was removed."""


def claim_if_empty() -> None:
    """Mark a database without any petition or account as the demo's; later it may be removed."""
    if connection.vendor != "sqlite" or Petition.objects.exists() or User.objects.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@contextmanager
def not_now() -> Iterator[None]:
    """While the demo runs, start_over() by another one is refused. Any number may run."""
    with _lock_file() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def start_over() -> None:
    """Remove the demo's SQLite file, its mails and its pictures. Raises NotOurs."""
    if connection.vendor != "sqlite":
        raise NotOurs(
            "DATABASE_URL names a server's database, and --reset removes only a SQLite file that "
            "the demo made itself. Leave DATABASE_URL out, or leave out --reset."
        )
    path = Path(str(settings.DATABASES["default"]["NAME"])).absolute()
    connection.close()
    with _lock_file() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotOurs(f"{path} is in use: end the other demo, then try again.") from error
        if path.exists():
            _check(path)
            for suffix in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        # Not MEDIA_ROOT, which may have been set to somebody's own folder.
        for folder in (settings.PETITIONS_DEMO_MAIL, settings.PETITIONS_DEMO_MEDIA):
            shutil.rmtree(folder, ignore_errors=True)


def _lock_file() -> IO[str]:
    folder = Path(settings.PETITIONS_DEMO_MAIL).parent
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "demo.lock").open("w")


def _check(path: Path) -> None:
    """Raise NotOurs unless the demo made this file, or nothing is in it."""
    database = sqlite3.connect(path)
    try:
        [application_id] = database.execute("PRAGMA application_id").fetchone()
        if application_id != APPLICATION_ID and not _is_empty(database):
            raise NotOurs(
                f"{path} was not made by the demo, so --reset leaves it alone. Move it away, or "
                "name another file: DATABASE_URL=sqlite:////path/to/demo.sqlite3"
            )
    except sqlite3.DatabaseError as error:
        raise NotOurs(f"{path} is no SQLite database, so --reset leaves it alone.") from error
    finally:
        database.close()


def _is_empty(database: sqlite3.Connection) -> bool:
    """No petition and no account, or no such table yet."""
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    ours = {Petition._meta.db_table, User._meta.db_table} & tables  # noqa: SLF001
    return not any(database.execute(f"SELECT 1 FROM {name}").fetchone() for name in ours)  # noqa: S608
