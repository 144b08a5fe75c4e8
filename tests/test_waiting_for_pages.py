"""Who waits for a page that another thread makes, who has the last one, and who is sent away."""

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest
from django.http import HttpResponse

from config import cached_pages, shedding
from config.onlookers import Onlookers, onlookers
from config.page_cache import PageCache, StillMaking
from config.threads import Shares
from tests.threads import wait_until

CONTROL = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"
LONG = 30.0  # seconds, for a busy machine; nothing here waits for them to pass
NEVER = 1_000.0


class Slow:
    """A page that is made by one thread, in the hands of the test; others ask for it meanwhile."""

    def __init__(self, *, waiting: int, onlookers: int, last: str = "") -> None:
        self.now = 100.0
        self.onlookers = Onlookers(onlookers)
        self.pages = PageCache(
            1_000_000, lambda: self.now, waiting=waiting, onlookers=self.onlookers
        )
        self.pool = ThreadPoolExecutor(20)
        self.making, self.go_on = threading.Event(), threading.Event()
        if last:
            self.pages.answer("a", lambda: answer(last))
            self.now += 10  # longer than it stands in while another is made

    def __enter__(self):
        return self

    def __exit__(self, *_error) -> None:
        self.go_on.set()
        self.pool.shutdown()

    def make(self) -> HttpResponse:
        self.making.set()
        assert self.go_on.wait(NEVER)
        return answer("new")

    def ask(self):
        return self.pages.answer("a", self.make).body

    def begin(self):
        first = self.pool.submit(self.ask)
        assert self.making.wait(LONG)
        return first

    def ask_at_once(self):
        """What somebody gets who does not wait."""
        return self.pool.submit(self.ask).result(LONG)

    def add(self):
        """Another, once it waits."""
        before = len(self.onlookers._waiting)
        another = self.pool.submit(self.ask)
        wait_until(lambda: len(self.onlookers._waiting) > before, "it waits")
        return another


def answer(text: str) -> HttpResponse:
    response = HttpResponse(text)
    response["Cache-Control"] = CONTROL
    return response


@pytest.fixture
def patient(monkeypatch):
    for name in ("SLOW", "PATIENCE", "SHORT"):
        monkeypatch.setattr(f"config.page_cache.{name}", NEVER)


def test_few_wait_for_a_new_page_and_the_others_have_the_last_at_once(patient):
    with Slow(waiting=2, onlookers=20, last="old") as slow:
        first = slow.begin()
        others = [slow.add() for _ in range(2)]
        assert [slow.ask_at_once() for _ in range(50)] == [b"old"] * 50
        slow.go_on.set()
        assert [each.result(LONG) for each in [first, *others]] == [b"new"] * 3


def test_a_crowd_waits_for_the_first_page_and_the_rest_is_told_at_once(patient):
    with Slow(waiting=2, onlookers=10) as slow:
        first = slow.begin()
        others = [slow.add() for _ in range(10)]
        for _ in range(50):
            with pytest.raises(StillMaking):
                slow.ask_at_once()
        slow.go_on.set()
        assert [each.result(LONG) for each in [first, *others]] == [b"new"] * 11


@pytest.mark.parametrize("last", ["", "old"])
def test_whose_thread_is_needed_waits_no_more(patient, last):
    with Slow(waiting=1, onlookers=1, last=last) as slow:
        first, other = slow.begin(), slow.add()
        slow.onlookers.allow(0)
        if last:
            assert other.result(LONG) == b"old"
        else:
            assert isinstance(other.exception(LONG), StillMaking)
        slow.go_on.set()
        assert first.result(LONG) == b"new"


def test_few_wait_for_long(patient, monkeypatch):
    """With one that makes a page and one that waits for it, the third is sent away soon."""
    monkeypatch.setattr("config.page_cache.SHORT", 0.05)
    with Slow(waiting=1, onlookers=2) as slow:
        first = slow.begin()
        others = [slow.pool.submit(slow.ask) for _ in range(2)]
        [sent_away] = wait(others, LONG, return_when=FIRST_COMPLETED).done
        assert isinstance(sent_away.exception(), StillMaking)
        slow.go_on.set()
        [other] = [each for each in others if each is not sent_away]
        assert [first.result(LONG), other.result(LONG)] == [b"new"] * 2


def test_the_gate_of_this_process_says_how_many_wait_for_its_pages(settings, monkeypatch):
    monkeypatch.setattr(onlookers, "_most", onlookers._most)  # and back again
    settings.PETITIONS_THREADS = 16
    shedding.Shedding(lambda _request: HttpResponse())
    assert cached_pages.pages._onlookers is onlookers
    assert onlookers._most == Shares.of(16).making + Shares.of(16).waiting
