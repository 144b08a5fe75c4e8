"""What every test may ask for, and which tests can run on this machine.

A test that cannot run here is deselected and named in the header, so that "skipped" keeps its
meaning: nothing in this suite is skipped. The rules look only at the machine, so that every
xdist worker decides the same.
"""

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import connections
from django.test.utils import CaptureQueriesContext

from config.cached_pages import pages
from petitions import clock
from supporters import rate_limits, readiness, switches
from supporters.kept import forget_everything
from supporters.views.petition_lookup import remembered_id
from tests import late_reads
from tests.chromium import find_chromium
from tests.faults.cluster import find_binaries
from tests.programs import SERVERS, find_program
from tests.smtp import Inbox, LoopbackSMTP, mail_settings

# The same examples at every run: what passes here passes there, and a failure can be met again.
hypothesis.settings.register_profile("undersigned", derandomize=True, deadline=None)
hypothesis.settings.load_profile("undersigned")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


# Which tests run here


def left_out(config: pytest.Config) -> dict[str, str]:
    """Marker → why its tests are not run: they cannot here, or nobody asked."""
    on_postgresql = django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    reasons = {
        marker: f"asked for by -m {marker}"
        for marker in ("audit", "faults", "journeys")
        if marker not in config.option.markexpr
    }
    if find_binaries() is None:
        reasons.setdefault("faults", "no initdb and pg_ctl in PATH or /usr/lib/postgresql")
    if on_postgresql:
        reasons["sqlite"] = "DATABASE_URL names PostgreSQL"
    else:
        reasons["postgresql"] = "DATABASE_URL names no PostgreSQL"
    if not os.environ.get("VNU_JAR") or shutil.which("java") is None:
        reasons["nu"] = "no Java in PATH, or VNU_JAR names no vnu.jar"
    if find_chromium() is None:
        reasons["browser"] = "no Chromium in PATH or CHROMIUM"
    if not (shutil.which("xgettext") and shutil.which("msgfmt")):
        reasons["gettext"] = "no xgettext and msgfmt in PATH"
    for marker, program in SERVERS.items():
        if find_program(program) is None:
            reasons[marker] = f"no {program} in PATH or /usr/sbin"
    if not SHARED.is_dir():
        reasons["shared"] = "no ../shared/data beside the project"
    return reasons


def database_name() -> str:
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL at {database['HOST'] or 'its socket'}"


def pytest_report_header(config: pytest.Config) -> list[str]:
    python = ".".join(map(str, sys.version_info[:3]))
    lines = [f"runs on: Python {python}, Django {django.__version__}, {database_name()}"]
    lines += [f"not run here: {marker} tests ({why})" for marker, why in left_out(config).items()]
    return lines


@pytest.hookimpl(trylast=True)  # once every folder has given its markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    markers = left_out(config)
    others = [item for item in items if any(item.get_closest_marker(name) for name in markers)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


# Between tests


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No test meets the cached pages, ids, used-up limits, switches or health of another."""
    rate_limits.reset()
    switches.memory.forget()
    readiness.memory.forget()
    pages.clear()
    forget_everything()
    remembered_id.cache_clear()
    for cache in caches.all(initialized_only=True):
        cache.clear()


# What a test asks for


class Queries:
    """The statements of a block that read or write rows; BEGIN, COMMIT and SAVEPOINT are not."""

    ROWS = re.compile(r"^(\d+ times: )?[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)

    def __init__(self, captured: CaptureQueriesContext) -> None:
        self._captured = captured

    @property
    def statements(self) -> list[str]:
        sqls = (query["sql"] for query in self._captured.captured_queries)
        return [sql for sql in sqls if self.ROWS.match(sql)]

    def __len__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        numbered = enumerate(self.statements, start=1)
        return f"{len(self)} queries\n" + "\n".join(f"{n}. {sql}" for n, sql in numbered)

    __repr__ = __str__


@pytest.fixture
def count_queries() -> Callable[..., AbstractContextManager[Queries]]:
    """`with count_queries() as queries: …` and then `assert len(queries) <= 6, queries`."""

    @contextmanager
    def counting(using: str = "default") -> Iterator[Queries]:
        with CaptureQueriesContext(connections[using]) as captured:
            yield Queries(captured)

    return counting


@pytest.fixture(scope="session", autouse=True)
def _no_pictures_left() -> Iterator[None]:
    yield
    shutil.rmtree(django_settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _no_late_reads() -> Iterator[None]:
    with late_reads.refused():
        yield


@pytest.fixture
def our_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that move the time: PostgreSQL's clock cannot be moved, so ours counts."""
    monkeypatch.setattr(clock, "is_ours", lambda: True)


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    """An empty folder for what the test stores."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def smtp_server(settings) -> Iterator[Inbox]:
    """A real SMTP server on loopback; the site sends through it for the length of the test."""
    with LoopbackSMTP() as server:
        for name, value in mail_settings(server.port).items():
            setattr(settings, name, value)
        yield server.inbox
