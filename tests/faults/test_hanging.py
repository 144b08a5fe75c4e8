"""PostgreSQL hangs: it takes what it is asked, and answers nothing, for as long as it likes."""

import os
import secrets
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
from environs import Env

from config.databases import read_database
from tests.faults.cluster import HOST
from tests.faults.processes import ask, get
from tests.threads import PATIENCE, wait_until

PROCESSES = 2
AT_ACCOUNTS = 4  # threads of each that strangers may take there
CROWD = 80  # more than all threads of both processes
IMPATIENT = 1.0  # seconds


def test_a_hanging_postgresql_takes_no_thread_that_others_need(world):
    # Connecting hangs for as long as the rest.
    url = f"{world.cluster.url(world.database)}?connect_timeout=0"
    web = world.processes.web(DATABASE_URL=url)
    for page in ("/petitions/mend/", "/readyz"):
        wait_until(lambda page=page: _answering(web, page) == PROCESSES, "both answer")
    with _hanging(world), ThreadPoolExecutor(CROWD) as pool:

        def crowd(path: str, patience: float = IMPATIENT) -> list[int | None]:
            return list(pool.map(lambda _n: _ask(web, path, patience), range(CROWD)))

        # Load balancers, somebody who made up a session, readers of a page that nobody has: each
        # gives up, and the thread that it was given does not.
        for path in ("/readyz", "/accounts/login/", "/admin/", "/readyz", "/petitions/other/"):
            crowd(path)
        assert set(crowd("/healthz", PATIENCE)) == {200}
        # All but those that set out to make it anew, one of each process.
        assert crowd("/petitions/mend/", 10).count(200) >= CROWD - PROCESSES
        wait_until(lambda: get(web.port, "/readyz")[0] == 503, "a load balancer is told")
        # All but those that were given the last places.
        assert crowd("/readyz", 10).count(503) >= CROWD - PROCESSES
        assert crowd("/admin/", 10).count(503) >= CROWD - PROCESSES * AT_ACCOUNTS
        assert get(web.port, "/healthz")[0] == 200
    wait_until(lambda: get(web.port, "/readyz")[0] == 200, "it is ready again")
    wait_until(lambda: get(web.port, "/petitions/other/")[0] == 200, "pages are made again")
    wait_until(lambda: get(web.port, "/accounts/login/")[0] == 200, "accounts are there again")
    assert web.is_alive


def test_a_machine_that_went_without_a_word_is_noticed_by_the_kernel(world, monkeypatch):
    """What libpq was told has reached the socket. Where the system has no such option, none is asked."""
    monkeypatch.setenv("DATABASE_URL", world.cluster.url(world.database))
    options = read_database(Env(), Path("/nowhere"))["OPTIONS"]
    connection = psycopg2.connect(
        host=HOST, port=world.cluster.port, dbname=world.database, user="site", **options
    )
    expected = {
        "TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000,
    }  # fmt: skip
    expected = {name: value for name, value in expected.items() if hasattr(socket, name)}
    with closing(connection), socket.socket(fileno=os.dup(connection.fileno())) as ours:
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        told = {
            name: ours.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in expected
        }
    assert told == expected


@contextmanager
def _hanging(world) -> Iterator[None]:
    """All of the server's processes are stopped, as those of a machine whose disk hangs."""
    [(folder,)] = world.ask("SHOW data_directory")
    postmaster = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    stopped = [postmaster]  # first, so that it starts no others
    os.kill(postmaster, signal.SIGSTOP)
    try:
        for child in _children(postmaster):
            stopped.append(child)
            os.kill(child, signal.SIGSTOP)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):  # it had ended, and nobody had noticed yet
                os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    return [
        int(pid)
        for task in Path(f"/proc/{parent}/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def _ask(web, path: str, patience: float) -> int | None:
    """The status, or None where nothing came in time."""
    try:
        made_up = {"Cookie": f"sessionid={secrets.token_hex(16)}"}
        return ask(web.port, "GET", path, headers=made_up, patience=patience)[0]
    except OSError:
        return None


def _answering(web, path: str) -> int:
    """How many processes have just done so."""
    answers = [get(web.port, path) for _ in range(10)]
    return len({headers["X-Process"] for status, headers, _body in answers if status == 200})
