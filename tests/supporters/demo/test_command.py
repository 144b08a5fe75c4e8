"""`manage.py demo`: what it refuses, and the real command from start to end."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from petitions.models import Petition, User
from tests.factories import PetitionFactory

ROOT = Path(__file__).resolve().parents[3]
BUS = "keep-the-last-bus-to-marlow-vale"
DIALYSIS = "keep-the-dialysis-chairs-in-fenmoor"


def test_it_runs_only_as_the_demo(settings):
    settings.PETITIONS_DEMO = False
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("demo", "--no-serve")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０"])
def test_nonsense_is_no_port(port):
    with pytest.raises(CommandError, match="no port"):
        call_command("demo", f"--port={port}")


@pytest.mark.django_db
def test_a_port_in_use_is_named_before_anything_is_touched(demo):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is in use.*--port \d+"):
            call_command("demo", f"--port={port}")
    assert not Petition.objects.exists()


class Demo:
    """The real command, as somebody types it, on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "demo.sqlite3"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "SECRET_KEY", "PORT", "SITE_URL", "LOG_LEVEL"}
            and not name.startswith(("PETITIONS_", "DJANGO_", "COV_", "EMAIL_"))
        }
        self.environment["DATABASE_URL"] = f"sqlite:///{self.database}"
        self.folder = folder

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-W", "error", str(ROOT / "manage.py"), "demo", *arguments]

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def rows(self, *, email: str) -> int:
        """How many signatures this address has, in the file."""
        query = "SELECT COUNT(*) FROM supporters_signature WHERE email = ?"
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(query, [email]).fetchone()[0]


class Running:
    """A started demo: its output so far, its port and a way to get pages."""

    def __init__(self, demo: Demo) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            demo.command(f"--port={self.port}"),
            cwd=demo.folder,
            env=demo.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def until(self, found, what: str, seconds: float = 180):
        deadline = time.monotonic() + seconds
        while not (result := found()):
            late = time.monotonic() > deadline or self.process.poll() is not None
            assert not late, f"{what} did not happen:\n{self.output}"
            time.sleep(0.1)
        return result

    def get(self, path: str) -> str:
        return self._open(path, None)

    def post(self, path: str, **fields: str) -> str:
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def _open(self, path: str, data: bytes | None) -> str:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        address = urllib.parse.urljoin(f"http://localhost:{self.port}", path)
        with opener.open(address, data, timeout=30) as response:
            return response.read().decode()

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        return code


def is_running(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def own_demo(tmp_path):
    return Demo(tmp_path)


@pytest.fixture
def running(own_demo):
    started = Running(own_demo)
    yield started
    if started.process.poll() is None:
        started.end()
    started.reader.join(timeout=10)


@pytest.mark.journeys
@pytest.mark.sqlite
def test_the_demo_from_start_to_end(own_demo, running):
    running.until(lambda: "Ctrl-C ends it" in running.output, "the greeting")
    assert f"http://localhost:{running.port}/demo/mail/" in running.output
    assert re.search(r"Organizer\s+ana\s+password\s+demo-ana", running.output)
    assert re.search(r"Moderator\s+mo\s+password\s+demo-mo", running.output)
    children = running.children()
    assert len(children) == 2

    assert "Keep the last bus to Marlow Vale" in running.get("/")
    assert "41" in running.get(f"/petitions/{DIALYSIS}/")
    assert "--ink" in running.get("/static/css/site.css")

    signed = running.post(
        f"/petitions/{BUS}/sign/", given_name="Noor", family_name="Haddad",
        email="noor@people.example.org", country="IE", display="initial",
    )  # fmt: skip
    assert 'href="/demo/mail/"' in signed
    row = r'href="(/demo/mail/[^"]+)"(?:(?!</li>).)*noor@people\.example\.org'
    found = running.until(
        lambda: re.search(row, running.get("/demo/mail/"), re.DOTALL), "Noor's mail"
    )
    key = re.findall(r"/demo/mail/[^\"]+", found[0])[-1]
    link = re.search(r'href="(http://localhost:\d+/confirm/[^"]+)"', running.get(key))[1]
    assert "Confirm my signature" in running.get(link)
    assert "Noor" in running.post(link)
    assert json.loads(running.get(f"/petitions/{BUS}/count.json"))["count"] == 131

    elsewhere = own_demo.run("--no-serve", "--reset")
    assert elsewhere.returncode == 1
    assert "in use" in elsewhere.stderr

    assert running.end() == 0
    assert running.lines[-1] == "The demo has ended."
    assert [group for group in children if is_running(group)] == []
    with pytest.raises(urllib.error.URLError):
        running.get("/")

    again = own_demo.run("--no-serve")
    assert again.returncode == 0, again.stderr
    assert "demo-mina" in again.stdout
    assert own_demo.rows(email="noor@people.example.org") == 1
    assert list((own_demo.folder / "var/mail/new").iterdir())

    assert own_demo.run("--no-serve", "--reset").returncode == 0
    assert own_demo.rows(email="noor@people.example.org") == 0
    assert not (own_demo.folder / "var/mail").exists()


@pytest.mark.journeys
@pytest.mark.sqlite
def test_when_one_process_dies_the_other_ends_too(running):
    running.until(lambda: "Ctrl-C ends it" in running.output, "the greeting")
    children = running.children()
    os.kill(children[1], signal.SIGKILL)
    assert running.process.wait(timeout=60) == 1
    running.reader.join(timeout=10)
    assert "The worker ended by itself" in running.output
    assert [group for group in children if is_running(group)] == []


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_servers_database_is_never_removed(demo):
    PetitionFactory()
    with pytest.raises(CommandError, match="--reset removes only a SQLite file"):
        call_command("demo", "--no-serve", "--reset")
    assert Petition.objects.exists()


@pytest.mark.django_db
def test_preparing_alone(demo, capsys):
    call_command("demo", "--no-serve")
    assert "demo-ana" in capsys.readouterr().out
    ana = User.objects.get(username="ana")
    ana.set_password("another, which is longer")
    ana.save()
    call_command("demo", "--no-serve")
    assert "(changed since)" in capsys.readouterr().out
