"""A PostgreSQL of the tests' own, so that it may be killed."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

import psycopg2

HOST = "127.0.0.1"
CONNECTIONS = 100  # and three more that only a superuser gets

_SETTINGS = f"""
listen_addresses = '{HOST}'
unix_socket_directories = ''
max_connections = {CONNECTIONS + 3}
superuser_reserved_connections = 3
log_lock_waits = on
deadlock_timeout = 200ms
# A killed process is no power cut: the kernel keeps what was written.
fsync = off
"""


def find_binaries() -> Path | None:
    """The folder of initdb and pg_ctl, the newest of several."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name),
        reverse=True,
    )
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Cluster:
    """`with Cluster() as cluster:` makes it, starts it and removes it."""

    def __init__(self) -> None:
        binaries = find_binaries()
        assert binaries is not None
        self._binaries = binaries
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="undersigned-faults-"))
        self._log = self._folder / "log"

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            self._folder.chmod(0o755)
            shutil.chown(self._folder, **_account_names())
        data = self._folder / "data"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"{_SETTINGS}port = {self.port}\n")
        self.start()
        self.tell("CREATE ROLE site LOGIN")
        return self

    def __exit__(self, *exc_info: object) -> None:
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "stop", "-m", "immediate", "-w")
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self._log))

    def stop_at_once(self) -> None:
        """As by a kill: no checkpoint, no goodbye; the next start recovers from the log."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-w")

    def kill_backend(self, pid: int) -> None:
        """kill -9 of one of its processes; the server takes all others down, and starts anew."""
        os.kill(pid, signal.SIGKILL)

    def url(self, database: str, *, application: str = "") -> str:
        name = f"?application_name={application}" if application else ""
        return f"postgres://site@{HOST}:{self.port}/{database}{name}"

    def connect(self, database: str = "postgres", user: str = "postgres") -> Any:
        return psycopg2.connect(
            host=HOST, port=self.port, dbname=database, user=user, connect_timeout=10
        )

    def tell(self, statement: str) -> None:
        with closing(self.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def ask(self, database: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """In a transaction that is committed; also for statements that return rows."""
        with (
            closing(self.connect(database)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values)
            return list(cursor.fetchall()) if cursor.description else []

    def wait(self) -> None:
        """Until it answers, after it has restarted itself."""
        until = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
            except psycopg2.OperationalError:
                assert time.monotonic() < until, self.log()[-2_000:]
                time.sleep(0.05)
            else:
                return

    def mend(self) -> None:
        """Start it where a failed test has left it stopped."""
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            with suppress(subprocess.CalledProcessError):
                self.start()
            self.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), "-D", str(self._folder / "data"), *arguments],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=90,
            **_account(),
        )


def _account_names() -> dict[str, Any]:
    """Whose the server is where root runs the tests, which it refuses to be."""
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {**_account_names(), "extra_groups": []}
