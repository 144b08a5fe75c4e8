"""PostgreSQL goes away: at once, by the death of one of its processes, or because it is full."""

import time
from contextlib import ExitStack, closing

import psycopg2

from tests.faults.cluster import CONNECTIONS
from tests.faults.processes import get
from tests.faults.reckoning import reckon
from tests.threads import wait_until

AWAY = 1.5  # seconds


def test_postgresql_is_stopped_at_once_and_started_again(world):
    web, worker = world.processes.web(), world.processes.worker()
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 10)
        # People leave the crowd's petition all the time, so its page may just have been recalled.
        for page in ("/petitions/other/", "/petitions/mend/count.json"):
            wait_until(lambda page=page: _kept_by(web, page) == 2, "both processes keep the page")
        served_by = set(crowd.journal.processes)
        for _ in range(2):
            world.cluster.stop_at_once()
            time.sleep(AWAY)
            assert get(web.port, "/healthz")[0] == 200
            assert get(web.port, "/readyz")[0] == 503
            # The page that was made a moment ago goes on being shown, with its number.
            assert get(web.port, "/petitions/mend/count.json")[0] == 200
            assert get(web.port, "/petitions/other/")[0] == 200
            world.cluster.start()
            crowd.wait_for("confirm", 10)
    # Nobody started anything anew.
    assert web.is_alive
    assert worker.is_alive
    assert set(crowd.journal.processes) == served_by
    assert _refused(crowd)
    reckon(world, crowd.journal, repeats=2, database_died=True)


def test_one_of_its_processes_is_killed(world):
    """The others are ended by the server, which has to suspect what they share."""
    web, worker = world.processes.web(), world.processes.worker()
    with world.crowd(web) as crowd:
        for number in range(1, 3):
            crowd.wait_for("confirm", 10)
            whose = "web" if number == 1 else "worker"
            wait_until(lambda whose=whose: _serving(world, whose), f"the {whose} is connected")
            world.cluster.kill_backend(_serving(world, whose)[0])
            world.cluster.wait()
        crowd.wait_for("confirm", 10)
    assert web.is_alive
    assert worker.is_alive
    reckon(world, crowd.journal, repeats=2, database_died=True)


def test_all_connections_are_taken(world):
    web, worker = world.processes.web(), world.processes.worker()
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 10)
        with ExitStack() as held:
            # Theirs are cut, and taken by somebody else before they can connect again.
            while True:
                _fill(world, held)
                world.ask(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = 'site' AND application_name <> 'holder'"
                )
                if _fill(world, held) == CONNECTIONS:
                    break
            since = time.time()
            wait_until(lambda: _refused(crowd, since), "somebody is told to come back")
            assert get(web.port, "/readyz")[0] == 503
            assert get(web.port, "/healthz")[0] == 200
        crowd.wait_for("confirm", 10)
    assert web.is_alive
    assert worker.is_alive
    reckon(world, crowd.journal, repeats=1, database_died=True)


def _kept_by(web, page: str) -> int:
    """How many processes have just given the page."""
    answers = [get(web.port, page) for _ in range(10)]
    return len({headers["X-Process"] for status, headers, _body in answers if status == 200})


def _serving(world, application: str) -> list[int]:
    """PostgreSQL's processes that serve it, the newest first."""
    rows = world.ask(
        "SELECT pid FROM pg_stat_activity WHERE application_name = %s ORDER BY backend_start DESC",
        application,
    )
    return [pid for (pid,) in rows]


def _refused(crowd, since: float = 0) -> int:
    return sum(a.status == 503 and a.began > since for a in crowd.journal.everything())


def _fill(world, held: ExitStack) -> int:
    """Take what is free. Returns how many are held by us."""
    while True:
        try:
            connection = psycopg2.connect(world.cluster.url(world.database, application="holder"))
        except psycopg2.OperationalError:
            break
        held.enter_context(closing(connection))
    [(number,)] = world.ask(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'holder'"
    )
    return number
