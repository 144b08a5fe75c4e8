"""The site's processes: granian, workers, Redis and what samples the count, each with its log."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

from tests.faults.cluster import HOST, free_port
from tests.threads import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
# Status, headers, body.
Answer = tuple[int, Message, bytes]
LEASE = 5  # seconds that a mail of a killed worker waits

# As README has it.
GRANIAN = [
    "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "32",
    "--respawn-failed-workers", "--no-ws", "--log-level", "warning", "config.wsgi:application",
]  # fmt: skip


@dataclass
class Running:
    """A process that was started here, and where its log is."""

    name: str
    process: "subprocess.Popen[bytes]"
    log_file: Path
    port: int = 0

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def end(self) -> None:
        """As a service manager would; then with force, whatever it left."""
        if self.is_alive:
            self.process.send_signal(signal.SIGCONT)  # it may have been stopped
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


@dataclass
class Processes:
    """Starts them all in one environment, and ends them all."""

    environ: dict[str, str]
    folder: Path
    database_url: Callable[[str], str]  # application's name → address
    running: list[Running] = field(default_factory=list)

    def web(self, name: str = "web", *, managed: bool = False, **environ: str) -> Running:
        """`managed`: by something that starts it again when it ends, as systemd would."""
        port = free_port()
        command = [sys.executable, *GRANIAN, "--host", HOST, "--port", str(port)]
        if managed:
            command = ["sh", "-c", 'while :; do "$@"; sleep 0.1; done', "manager", *command]
        running = self._spawn(name, command, self._environment(name, **environ), port=port)
        wait_until(lambda: self._answers(running), f"{name} answers")
        return running

    def worker(self, name: str = "worker", **environ: str) -> Running:
        return self._start(name, ["-W", "error", "manage.py", "work"], **environ)

    def python(self, name: str, *arguments: str, **options: Any) -> Running:
        return self._start(name, list(arguments), **options)

    def redis(self, port: int) -> Running:
        arguments = ["redis-server", "--bind", HOST, "--port", str(port)]
        arguments += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        return self._spawn("redis", arguments, dict(os.environ), port=port)

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment("manage"),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def end(self) -> None:
        for running in self.running:
            with suppress(ProcessLookupError):
                running.process.terminate()
        for running in self.running:
            running.end()

    def _environment(self, name: str, **more: str) -> dict[str, str]:
        return {**self.environ, "DATABASE_URL": self.database_url(name), **more}

    def _start(self, name: str, arguments: list[str], *, port: int = 0, **environ: str) -> Running:
        command = [sys.executable, *arguments]
        return self._spawn(name, command, self._environment(name, **environ), port=port)

    def _spawn(self, name: str, command: list[str], environ: dict[str, str], port: int) -> Running:
        log_file = self.folder / f"{name}.log"
        with log_file.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        running = Running(name, process, log_file, port)
        self.running.append(running)
        return running

    def _answers(self, running: Running) -> bool:
        assert running.is_alive, running.log()
        try:
            return get(running.port, "/healthz")[0] == 200
        except OSError:
            return False


def get(port: int, path: str, patience: float = 30) -> Answer:
    return ask(port, "GET", path, patience=patience)


def ask(
    port: int,
    method: str,
    path: str,
    body: str = "",
    headers: dict[str, str] | None = None,
    patience: float = 30,
) -> Answer:
    """OSError or HTTPException where nothing came back."""
    connection = http.client.HTTPConnection(HOST, port, timeout=patience)
    try:
        typed = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(
            method, path, body or None, {"Connection": "close", **typed, **(headers or {})}
        )
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def read_json(port: int, path: str) -> Any:
    status, _headers, body = get(port, path)
    assert status == 200, (status, body)
    return json.loads(body)
