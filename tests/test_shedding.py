"""Overload: a slow database makes nobody hang, pages from memory go on, signing goes first."""

import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from config import cached_pages, shedding
from config.page_cache import PageCache
from config.shedding import Rank
from supporters import metrics
from supporters.models import Signature
from supporters.tokens import Purpose, make
from tests.catalogue import served
from tests.factories import PetitionFactory, SignatureFactory, typed
from tests.threads import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 30  # seconds, for a busy machine


@pytest.fixture(autouse=True)
def petition():
    PetitionFactory(is_open=True, slug="other", title="Light the path")
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


@pytest.fixture
def gates(monkeypatch, settings):
    """The gate of the server, of the fewest threads: two answers at once, one of them to readers."""
    made = []

    class Watched(shedding.Gate):
        def __init__(self, *args) -> None:
            super().__init__(*args)
            made.append(self)

    settings.PETITIONS_THREADS = 8
    monkeypatch.setattr(shedding, "Gate", Watched)
    monkeypatch.setattr(shedding, "PATIENCE", dict.fromkeys(Rank, 0.05))
    monkeypatch.setattr(cached_pages, "pages", PageCache(32_000_000))
    return made


@pytest.fixture
def site(gates, tmp_path):
    with served(tmp_path) as server, ThreadPoolExecutor(10) as pool:
        yield Site(server.url, gates, pool)


class Site:
    """A server with real threads, asked by others."""

    def __init__(self, url, gates, pool) -> None:
        self.url, self.gates, self.pool = url, gates, pool

    def ask(self, path, data=None):
        """Status, headers and text; redirects are not followed."""
        body = urllib.parse.urlencode(data).encode() if data else None
        opener = urllib.request.build_opener(_Stays)
        try:
            answer = opener.open(self.url + path, body, timeout=LONG)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def ask_in_background(self, path, data=None):
        """The future answer, once it is being made."""
        before = self.making
        future = self.pool.submit(self.ask, path, data)
        wait_until(lambda: self.making > before, "it is being made")
        return future

    @property
    def making(self) -> int:
        return sum(sum(gate._making.values()) for gate in self.gates)


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


@contextmanager
def locked(table):
    """Another session keeps the table to itself (PostgreSQL), or all writing (SQLite)."""
    has_it, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                has_it.set()
                assert done.wait(LONG)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert has_it.wait(LONG)
        try:
            yield
        finally:
            done.set()
    holding.result()


def is_busy(answer):
    status, headers, text = answer
    assert status == 503, (status, text[:200])
    assert 10 <= int(headers["Retry-After"]) < 20
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    return "This site is very busy" in text


def test_while_nobody_can_sign_others_are_told_at_once_and_nothing_is_lost(site):
    kept = site.ask("/petitions/mend/")
    assert kept[0] == 200
    with locked("supporters_signature"):
        signing = [
            site.ask_in_background("/petitions/mend/sign/", typed(email=f"noor{n}@example.org"))
            for n in range(2)
        ]
        assert is_busy(site.ask("/petitions/mend/sign/", typed()))
        assert is_busy(site.ask("/petitions/other/"))
        assert site.ask("/petitions/mend/")[0] == 200  # as it was made last
        assert site.ask("/healthz")[0] == 200
        assert site.ask("/static/css/site.css")[0] == 200
    assert [future.result()[0] for future in signing] == [302, 302]
    assert Signature.objects.count() == 2
    assert site.ask("/petitions/other/")[0] == 200
    assert site.making == 0


@pytest.mark.postgresql
def test_reading_does_not_keep_who_signs_out(site):
    before = metrics.shed.labels("full")._value.get()
    with locked("petitions_petition"):
        reading = site.ask_in_background("/petitions/mend/")
        assert is_busy(site.ask("/petitions/other/"))
        status, headers, text = site.ask("/petitions/other/count.json")
        assert (status, text) == (503, '{"error": "busy"}')
        assert headers["Access-Control-Allow-Origin"] == "*"
        signing = site.ask_in_background("/petitions/mend/sign/", typed())
    assert reading.result()[0] == 200
    assert signing.result()[0] == 302
    assert Signature.objects.count() == 1
    assert metrics.shed.labels("full")._value.get() == before + 2


@pytest.mark.postgresql
def test_who_waits_for_the_same_page_is_told_when_it_takes_too_long(site, monkeypatch):
    monkeypatch.setattr("config.page_cache.PATIENCE", 0.05)
    with locked("petitions_petition"):
        first = site.ask_in_background("/petitions/mend/")
        assert is_busy(site.ask("/petitions/mend/"))
    assert first.result()[0] == 200


def test_a_fault_leaves_its_place(site, settings, monkeypatch):
    monkeypatch.setattr("supporters.views.help_pages.render", lambda *args, **kwargs: 1 / 0)
    assert {site.ask("/help/")[0] for _ in range(5)} == {500}
    assert site.making == 0


@pytest.mark.parametrize(
    ("method", "path", "rank"),
    [
        ("GET", "/petitions/mend/", "READING"),
        ("HEAD", "/", "READING"),
        ("GET", "/petitions/mend/sign/", "SIGNING"),
        ("GET", "/es/petitions/mend/signed/", "SIGNING"),
        ("POST", "/petitions/mend/sign/", "SIGNING"),
        ("GET", "/confirm/1.x/", "SIGNING"),
        ("POST", "/unsubscribe/1.x/", "SIGNING"),
        ("GET", "/es/", "READING"),
        ("GET", "/petitions/start/1.x/title/", "READING"),
        ("GET", "/petitions/preview/1.x/", "READING"),
        ("POST", "/petitions/start/1.x/title/", "SIGNING"),
    ],
)
def test_ranks(rf, method, path, rank):
    assert shedding._rank(rf.generic(method, path)) is Rank[rank]


def test_it_is_logged_now_and_then(rf, caplog):
    middleware = shedding.Shedding(lambda request: None)
    for _ in range(50):
        request = rf.get("/")
        shedding.refuse(request, "making")
        assert middleware(request).status_code == 503
    said = [record.message for record in caplog.records]
    assert said == ["Too much to do: 1 requests were told to come back."]


def test_the_page_of_a_link_is_made_when_there_is_room(site, petition):
    token = make(Purpose.CONFIRM, SignatureFactory(petition=petition).pk)
    assert site.ask(f"/confirm/{token}/")[0] == 200
