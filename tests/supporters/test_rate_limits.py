import logging
import os
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from supporters import rate_limits
from supporters.rate_limits import Memory, allow, reset

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/13")


@pytest.fixture(autouse=True)
def three_a_day(settings):
    settings.REDIS_URL = ""
    settings.PETITIONS_RATE_LIMITS = {"sign": "3/day", "login": "1/day"}
    reset()
    yield
    reset()


@pytest.fixture
def post(rf):
    def build(peer="192.0.2.1"):
        return rf.post("/petitions/clean-air/sign/", REMOTE_ADDR=peer)

    return build


@pytest.fixture
def clock(monkeypatch):
    """Seconds that the test lets pass."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(rate_limits, "time", clock)
    return clock


def test_a_client_may_act_so_often_in_each_scope(post):
    assert [allow(post(), "sign") for _ in range(5)] == [True, True, True, False, False]
    assert allow(post(), "login")
    assert not allow(post(), "login")
    assert allow(post("192.0.2.2"), "sign")
    reset()
    assert allow(post(), "sign")


def test_new_rates_hold_at_once(post, settings):
    assert allow(post(), "login")
    settings.PETITIONS_RATE_LIMITS = {"login": "2/day"}
    assert [allow(post(), "login") for _ in range(3)] == [True, True, False]


def test_threads_count_together_from_the_first_request_on(post):
    with ThreadPoolExecutor(8) as threads:
        for _ in range(20):
            reset()
            assert sum(threads.map(lambda _: allow(post(), "sign"), range(40))) == 3


def test_the_window_moves(clock):
    storage = Memory()
    assert storage.acquire_entry("a", 2, 10)
    clock.now += 6
    assert storage.acquire_entry("a", 2, 10)
    assert not storage.acquire_entry("a", 2, 10)
    clock.now += 4
    assert storage.acquire_entry("a", 2, 10)
    assert not storage.acquire_entry("a", 2, 10)
    assert not storage.acquire_entry("b", 2, 10, amount=3)


def test_clients_who_are_gone_take_no_memory(clock):
    storage = Memory()
    for number in range(100):
        storage.acquire_entry(f"gone-{number}", 3, 30)
    storage.acquire_entry("stays", 3, 3600)
    clock.now += 61
    storage.acquire_entry("new", 3, 30)
    assert set(storage._hits) == {"stays", "new"}


# Redis


@pytest.fixture
def redis_url(settings):
    """A real one, in a database of its own. The keys are this test's: the secret is."""
    redis = Redis.from_url(REDIS_URL)
    try:
        redis.ping()
    except RedisAway:
        pytest.skip(f"no Redis at {REDIS_URL}")
    finally:
        redis.close()
    settings.SECRET_KEY = uuid.uuid4().hex
    settings.REDIS_URL = REDIS_URL
    yield REDIS_URL
    rate_limits._limiter(REDIS_URL).storage.storage.connection_pool.disconnect()


def test_processes_share_what_redis_counts(post, redis_url):
    assert [allow(post(), "sign") for _ in range(2)] == [True, True]
    rate_limits._limiter(redis_url).storage.storage.connection_pool.disconnect()
    reset()  # as another process would, this one starts without a memory
    assert [allow(post(), "sign") for _ in range(2)] == [True, False]


def test_redis_holds_no_address(post, redis_url):
    assert allow(post("198.51.100.77"), "sign")
    with Redis.from_url(redis_url) as redis:
        keys = [key.decode() for key in redis.scan_iter("*")]
    assert [key for key in keys if "/sign/" in key]
    assert not [key for key in keys if "198.51.100.77" in key]


@pytest.fixture
def silent_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_redis_that_is_away_costs_no_signature(post, settings, caplog):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    with caplog.at_level(logging.WARNING, "supporters.rate_limits"):
        assert all(allow(post(), "sign") for _ in range(10))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "192.0.2.1" not in caplog.text


def test_a_redis_that_hangs_is_left_alone_for_a_while(post, settings, silent_server, clock, caplog):
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_server}/0"
    assert allow(post(), "login")
    assert allow(post(), "login")
    assert len(caplog.records) == 1
    clock.now += rate_limits.REDIS_REST
    assert allow(post(), "login")
    assert len(caplog.records) == 2
    settings.REDIS_URL = ""
    reset()
    assert [allow(post(), "login") for _ in range(2)] == [True, False]
