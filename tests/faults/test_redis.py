"""Redis, which counts the rate limits together, is killed, hangs, and comes back."""

import os
import signal
import time

import pytest
import redis

from tests.faults.cluster import HOST, free_port
from tests.faults.reckoning import reckon
from tests.threads import wait_until

pytestmark = pytest.mark.redis


def counted(port: int) -> int:
    """How many keys it has: 0 also while it does not answer."""
    try:
        with redis.Redis(host=HOST, port=port, socket_timeout=5) as client:
            return int(client.dbsize())
    except redis.RedisError:
        return 0


def test_redis_is_killed_hangs_and_comes_back(world):
    port = free_port()
    server = world.processes.redis(port)
    web = world.processes.web(REDIS_URL=f"redis://{HOST}:{port}/0")
    world.processes.worker()
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 10)
        assert counted(port)
        server.kill()
        crowd.wait_for("sign", 20)
        server = world.processes.redis(port)
        wait_until(lambda: counted(port), "it counts again")
        os.kill(server.process.pid, signal.SIGSTOP)
        crowd.wait_for("sign", 20)
        os.kill(server.process.pid, signal.SIGCONT)
        gone = time.time()
        crowd.wait_for("sign", 20)
        assert crowd.journal.answered_since(gone, "sign")
    # It costs nobody a signature, nor an answer.
    assert {attempt.status for attempt in crowd.journal.attempts} == {302}
    reckon(world, crowd.journal)
