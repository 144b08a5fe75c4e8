"""What a load balancer asks."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db.migrations.recorder import MigrationRecorder

from supporters import readiness
from supporters.models import OutgoingMail
from tests.factories import SignatureFactory

KEY = "the key of Prometheus"
BEARER = {"authorization": f"Bearer {KEY}"}
LONG = 30  # seconds, for a busy machine


@pytest.fixture
def clock(monkeypatch):
    """Of readiness alone. Move it by `clock.now += seconds`."""

    class Clock:
        now = 1_000.0

        def monotonic(self) -> float:
            return self.now

    monkeypatch.setattr(readiness, "time", clock := Clock())
    return clock


@pytest.fixture
def memory(monkeypatch):
    """Of a process that has just started."""
    monkeypatch.setattr(readiness, "memory", memory := readiness.Memory())
    return memory


def test_healthz_asks_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_tells_who_has_the_key(client, clock, settings):
    settings.METRICS_KEY = KEY
    said = client.get("/readyz", headers=BEARER).json()
    assert said == {"database": "ok", "migrations_waiting": 0, "outbox_age": 0, "switches": []}
    row = SignatureFactory()
    OutgoingMail.objects.create(kind="signature", recipient=row.email, signature=row)
    clock.now += readiness.KEPT
    answer = client.get("/readyz", headers=BEARER)
    assert answer.status_code == 200
    assert answer.json()["outbox_age"] >= 0


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer wrong", KEY])
def test_strangers_learn_no_more_than_whether(client, settings, key, given):
    settings.METRICS_KEY = key
    answer = client.get("/readyz", headers={"authorization": given} if given else {})
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})


@pytest.mark.django_db
def test_the_database_is_asked_once_a_second_about_migrations_once(
    client, clock, memory, count_queries
):
    with count_queries() as first:
        client.get("/readyz")
    assert any("django_migrations" in sql for sql in first.statements)
    with count_queries() as kept:
        assert {client.get("/readyz").status_code for _ in range(20)} == {200}
    assert not kept
    clock.now += readiness.KEPT
    with count_queries() as later:
        client.get("/readyz")
    assert len(later) == 1
    assert "django_migrations" not in later.statements[0]


@pytest.mark.django_db
def test_while_migrations_wait_it_is_not_ready(client, clock, memory, settings):
    settings.METRICS_KEY = KEY
    applied = MigrationRecorder.Migration.objects.filter(app="supporters").latest("pk")
    applied.delete()
    answer = client.get("/readyz", headers=BEARER)
    assert (answer.status_code, answer.json()["migrations_waiting"]) == (503, 1)
    assert client.get("/readyz").json() == {"database": "ok"}
    applied.save(force_insert=True)
    clock.now += readiness.KEPT
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_one_thread_asks_and_the_others_wait_for_nobody(client, clock, memory, monkeypatch):
    assert client.get("/readyz").status_code == 200
    asked, answers = threading.Event(), threading.Event()

    def hang():
        asked.set()
        assert answers.wait(LONG)
        return readiness.State()

    monkeypatch.setattr(memory, "_ask", hang)
    clock.now += readiness.KEPT
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(memory.current)
        try:
            assert asked.wait(LONG)
            assert client.get("/readyz").status_code == 200  # as it was a moment ago
            clock.now += readiness.STANDS_IN
            answer = client.get("/readyz")
            assert (answer.status_code, answer.json()) == (503, {"database": "away"})
        finally:
            answers.set()
        assert hanging.result().is_ready
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_one_thread_makes_the_metrics(client, settings, monkeypatch):
    settings.METRICS_KEY = KEY
    made, done = threading.Event(), threading.Event()

    def hang():
        made.set()
        assert done.wait(LONG)
        return b""

    monkeypatch.setattr("supporters.views.operations.exposition", hang)
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(client.get, "/metrics", headers=BEARER)
        try:
            assert made.wait(LONG)
            assert client.get("/metrics", headers=BEARER).status_code == 503
        finally:
            done.set()
        assert hanging.result().status_code == 200
    assert client.get("/metrics", headers=BEARER).status_code == 200
