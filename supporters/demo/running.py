"""The demo's two processes, the server and the worker: started, watched and ended together."""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from django.conf import settings

READY_WITHIN = 60.0  # seconds
PATIENCE = 10.0  # seconds between asking a process to end and ending it
NAP = 0.1  # seconds


class CannotRun(Exception):
    """The demo cannot start, or one of its processes ended by itself."""


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"


def site_url(port: int) -> str:
    # localhost and not 127.0.0.1: browsers allow passkeys there without https.
    return f"http://localhost:{port}"


def mail_backend_path() -> str:
    """Dotted path of the mail backend, on either Django."""
    mailers = getattr(settings, "MAILERS", None)
    return str(mailers["default"]["BACKEND"] if mailers else settings.EMAIL_BACKEND)


def check_port(port: int) -> None:
    """Raise CannotRun unless the port is free, on both addresses that "localhost" may mean."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotRun(
                    f"Port {port} is in use, perhaps by another demo. End that one, or choose "
                    f"another port: manage.py demo --port {_another(port)}"
                ) from error
            if family == socket.AF_INET:  # many machines have no IPv6
                raise CannotRun(
                    f"Port {port} cannot be used ({error.strerror}). Choose another: "
                    "manage.py demo --port 8000"
                ) from error


def run(port: int, *, greet: Callable[[], None]) -> None:
    """Start both, greet() once the site answers, and return after SIGINT, SIGTERM or SIGHUP.

    Whatever happens, both have ended afterwards. Raises CannotRun when one ends by itself.
    """
    stop = _Stop()
    children: list[Child] = []
    try:
        for name, command in _commands(port).items():
            children.append(Child(name, _start(command, port)))
        if _wait_until_ready(port, children, stop):
            greet()
        while not stop.asked:
            _check_alive(children)
            time.sleep(NAP)
    finally:
        _end(children)
        stop.forget()


class _Stop:
    """Whether somebody asked us to end. A flag, so that no signal meets us half-way."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.asked = False
        self._before = {number: signal.signal(number, self._ask) for number in self.SIGNALS}

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def forget(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _commands(port: int) -> dict[str, list[str]]:
    serve = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    serve += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    serve += [
        "--blocking-threads",
        str(settings.PETITIONS_THREADS),
        "--no-ws",
        "--log-level",
        "warning",
    ]
    work = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work"]
    return {"server": serve, "worker": work}


def _start(command: list[str], port: int) -> "subprocess.Popen[bytes]":
    environment = {
        "LOG_LEVEL": "WARNING",
        **os.environ,
        "PETITIONS_DEMO": "1",
        "DEBUG": "0",
        "PORT": str(port),
        "SITE_URL": site_url(port),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])
        ),
    }
    # It is reached on this machine, whatever the shell has for a real site.
    environment.pop("ALLOWED_HOSTS", None)
    environment.pop("PETITIONS_TRUSTED_PROXIES", None)
    # A group of its own: a Ctrl-C in the terminal reaches the demo alone, which then ends both, and
    # whatever they have started themselves.
    return subprocess.Popen(  # noqa: S603 — our own command
        command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _wait_until_ready(port: int, children: list[Child], stop: _Stop) -> bool:
    """True once the site answers; False when somebody asks to end first."""
    deadline = time.monotonic() + READY_WITHIN
    while not stop.asked:
        _check_alive(children)
        if _is_healthy(port):
            return True
        if time.monotonic() > deadline:
            raise CannotRun(f"The site did not answer within {READY_WITHIN:.0f} seconds.")
        time.sleep(NAP)
    return False


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _check_alive(children: list[Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is not None:
            raise CannotRun(
                f"The {child.name} ended by itself (status {code}), so the demo ended too. "
                "What it said stands above."
            )


def _end(children: list[Child]) -> None:
    """Ask all to end, wait, and end for good whoever is left in their groups."""
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(timeout=max(deadline - time.monotonic(), NAP))
        _signal(child, signal.SIGKILL)
        child.process.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # the whole group has ended
        os.killpg(child.process.pid, number)


def _another(port: int) -> int:
    return port + 1 if port < 2**16 - 1 else port - 1
