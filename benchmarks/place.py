"""Where a benchmark runs: a database and servers of its own, on loopback, gone afterwards."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://127.0.0.1/postgres")
THREADS = int(os.environ.get("BENCH_THREADS") or 32)  # as docs/operations.md starts it


@contextmanager
def postgresql(suffix: str = "") -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    name = f"undersigned_bench_{os.getpid()}{suffix}"

    def tell(statement: str) -> None:
        connection = psycopg2.connect(SERVER)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    tell(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    finally:
        tell(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="undersigned-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def environment(database: str, scratch: Path, **more: str) -> dict[str, str]:
    """What the site is told; nothing of the shell's own settings reaches it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DATABASE_URL": database,
        "BENCH_FOLDER": str(scratch),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PETITIONS_THREADS": str(max(8, THREADS)),
        "PETITIONS_MANIFEST": "0",
        "PETITIONS_MEDIA_ROOT": str(scratch / "media"),
        "PETITIONS_SIGN_RATE": "100000000/minute",  # counted, never reached
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        **more,
    }


@contextmanager
def server(
    environ: dict[str, str],
    scratch: Path,
    *,
    workers: int = 2,
    application: str = "config.wsgi:application",
) -> Iterator[tuple[str, int]]:
    """Address and process of a granian that serves the site, ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "granian", "--interface", "wsgi", application]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    command += ["--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning"]
    with _running(command, environ, scratch / "server.log") as process:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}", process.pid


@contextmanager
def worker(
    environ: dict[str, str], scratch: Path, *, mail_port: int
) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py work`, ended afterwards."""
    environ = {**environ, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    with _running(["manage.py", "work"], environ, scratch / "worker.log") as process:
        yield process
    if log := (scratch / "worker.log").read_text():
        raise RuntimeError(log)


@contextmanager
def _running(
    command: list[str], environ: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A Python with this command, in a group of its own that is ended afterwards."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, *command], env=environ, cwd=ROOT, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Sink:
    """benchmarks/sink.py as a process: where all mails of a benchmark go."""

    def __init__(self, port: int) -> None:
        self.port = port

    def take(self) -> list[tuple[str, str, float]]:
        """What has come since the last time: recipient, Message-ID, time."""
        return [tuple(mail) for mail in json.loads(self._ask(b"XTAKE"))]

    def count(self) -> int:
        return int(self._ask(b"XCOUNT"))

    def _ask(self, word: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            file = connection.makefile("rwb")
            file.readline()  # the greeting
            file.write(word + b"\r\n")
            file.flush()
            return file.readline()


@contextmanager
def sink() -> Iterator[Sink]:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / "sink.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        yield Sink(int(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(20)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("The server ended by itself.")
        with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(url)
