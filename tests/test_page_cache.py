"""Kept pages: how long, made by whom, given when, and how many."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from config import page_cache
from config.onlookers import Onlookers
from config.page_cache import EARLY_BURST, EARLY_PER_SECOND, Kept, PageCache

CONTROL = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Site:
    """A page that says how often it was made."""

    def __init__(self, limit: int = 1_000_000) -> None:
        self.clock = Clock()
        self.pages = PageCache(limit, self.clock, onlookers=Onlookers(20))
        self.made = 0
        self.status = 200
        self.text = "page"
        self.control = CONTROL

    def make(self) -> HttpResponse:
        self.made += 1
        response = HttpResponse(f"{self.text} {self.made}", status=self.status)
        response["Cache-Control"] = self.control
        return response

    def get(self, key="a"):
        found = self.pages.fresh(key) or self.pages.answer(key, self.make)
        return (found.body if isinstance(found, Kept) else found.content).decode()


@pytest.fixture
def site():
    return Site()


# How long


def test_a_page_is_kept_for_its_second(site):
    said = [site.get()]
    site.clock.now += 0.99
    said.append(site.get())
    site.clock.now += 0.01
    said.append(site.get())
    assert said == ["page 1", "page 1", "page 2"]


def test_each_key_has_a_page_of_its_own(site):
    assert [site.get("a"), site.get("b"), site.get("a")] == ["page 1", "page 2", "page 1"]


@pytest.mark.parametrize(
    "control",
    [
        "no-store",
        "private, max-age=1",
        "max-age=60",
        "public",
        "public, max-age=0",
        "private, no-cache",
    ],
)
def test_what_is_not_for_everybody_is_not_kept(site, control):
    site.control = control
    assert [site.get(), site.get()] == ["page 1", "page 2"]
    assert len(site.pages) == 0


@pytest.mark.parametrize("status", [201, 204, 301, 302, 304, 404, 410, 429, 500, 503])
def test_only_a_200_is_kept(site, status):
    site.status = status
    assert [site.get(), site.get()] == ["page 1", "page 2"]
    assert len(site.pages) == 0


def with_cookie(response):
    response.set_cookie("who", "me")
    return response


def with_vary(response):
    response["Vary"] = "Accept-Language"
    return response


def streamed(response):
    return StreamingHttpResponse([response.content], headers={"Cache-Control": CONTROL})


@pytest.mark.parametrize("change", [with_cookie, with_vary, streamed])
def test_what_could_be_somebodys_own_is_not_kept(site, change):
    for _ in range(2):
        response = site.pages.answer("a", lambda: change(site.make()))
        assert not isinstance(response, Kept)
    assert site.made == 2


def test_a_page_that_is_gone_is_forgotten(site):
    site.get()
    site.clock.now += 1
    site.status = 410
    assert site.get() == "page 2"
    site.clock.now += 1
    site.status = 503
    assert site.get() == "page 3"  # and not page 1


# Changes


def test_after_a_clearing_nothing_old_is_given(site):
    site.get()
    site.pages.clear()
    assert site.get() == "page 2"


def test_what_was_being_made_during_a_clearing_is_not_given_to_others(site):
    def make():
        response = site.make()
        site.pages.clear()
        return response

    assert site.pages.answer("a", make).body == b"page 1"
    assert site.get() == "page 2"


def test_a_change_is_seen_at_once(site):
    site.get()
    site.clock.now += 0.1
    site.pages.changed()
    site.clock.now += 0.001
    assert [site.get(), site.get()] == ["page 2", "page 2"]


def test_a_change_while_a_page_was_made_is_seen_too(site):
    def make():
        site.clock.now += 0.1
        site.pages.changed()
        return site.make()

    site.pages.answer("a", make)
    assert site.get() == "page 2"


def test_a_flood_of_changes_does_not_become_a_flood_of_pages(site):
    for _ in range(1_000):  # a hundred a second, for ten seconds
        site.clock.now += 0.01
        site.pages.changed()
        site.get()
    assert EARLY_BURST < site.made <= EARLY_BURST + 10 * EARLY_PER_SECOND + 11


# Failures


def test_the_last_page_stands_in_while_there_is_no_new_one(site):
    site.get()
    site.status = 503
    said = []
    for seconds in (1, 0.5, 58):
        site.clock.now += seconds
        said.append((site.get(), site.made))
    assert said == [("page 1", 2), ("page 1", 2), ("page 1", 3)]  # tried once a second
    site.clock.now += 2
    assert site.get() == "page 4"


def test_it_recovers_by_itself(site):
    site.get()
    site.clock.now += 1
    site.status = 503
    site.get()
    site.clock.now += 1
    site.status = 200
    assert site.get() == "page 3"


def test_without_a_last_page_the_failure_is_given(site):
    site.status = 503
    assert [site.get(), site.get()] == ["page 1", "page 2"]


def test_a_maker_that_raises_keeps_nobody_waiting(site):
    def broken():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        site.pages.answer("a", broken)
    assert site.get() == "page 1"


# Many at a time


def test_one_makes_and_the_others_wait():
    site = Site()
    began, go_on = threading.Event(), threading.Event()

    def slow():
        began.set()
        assert go_on.wait(10)
        return site.make()

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(site.pages.answer, "a", slow)
        assert began.wait(10)
        others = [pool.submit(site.pages.answer, "a", slow) for _ in range(8)]
        go_on.set()
        assert {each.result(10).body for each in [first, *others]} == {b"page 1"}
    assert site.made == 1


def test_nobody_waits_while_there_is_a_last_page():
    site = Site()
    site.get()
    site.clock.now += 1.5
    began, go_on = threading.Event(), threading.Event()

    def slow():
        began.set()
        assert go_on.wait(10)
        return site.make()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(site.pages.answer, "a", slow)
        assert began.wait(10)
        assert site.get() == "page 1"
        site.clock.now += 30  # as it would be while the database hangs
        assert site.get() == "page 1"
        go_on.set()
        assert first.result(10).body == b"page 2"


def test_what_is_not_kept_is_made_for_each_who_waited():
    site = Site()
    site.control = "no-store"
    began, go_on = threading.Event(), threading.Event()

    def slow():
        began.set()
        assert go_on.wait(10)
        return site.make()

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(site.pages.answer, "a", slow)
        assert began.wait(10)
        others = [pool.submit(site.pages.answer, "a", site.make) for _ in range(2)]
        go_on.set()
        assert len({each.result(10).content for each in [first, *others]}) == 3


# How many


def test_memory_is_bounded_and_what_is_asked_for_stays():
    site = Site(limit=100_000)
    for n in range(500):
        site.clock.now += 0.001
        site.get("hot")
        site.get(f"?q={n}")
        assert site.pages.weight <= site.pages.limit
    assert 10 < len(site.pages) < 50
    assert site.get("hot") == "page 1"
    assert site.pages.weight == sum(kept.weight() for kept in site.pages._pages.values())


def test_one_page_cannot_push_out_all_others():
    site = Site(limit=100_000)
    site.get()
    site.text = "x" * 30_000
    site.get("big")
    assert len(site.pages) == 1


def test_without_memory_every_page_is_made():
    site = Site(limit=0)
    assert [site.get(), site.get()] == ["page 1", "page 2"]


# Given up


def test_what_is_outdated_is_made_anew_at_once(site):
    for _ in range(100):  # however often: this is no early page
        site.get()
        site.pages.outdate()
        site.clock.now += 0.001
    assert site.get() == "page 101"


def test_what_is_outdated_stands_in_where_no_other_can_be_made(site):
    site.get()
    site.clock.now += 0.5
    site.pages.outdate()
    site.status = 503
    assert site.get() == "page 1"
    assert site.pages.last("a").body == b"page 1"


def test_the_last_page_is_there_however_old(site):
    assert site.pages.last("a") is None
    site.get()
    site.clock.now += 1_000_000
    assert site.pages.last("a").body == b"page 1"
    site.pages.clear()
    assert site.pages.last("a") is None


def test_what_is_dropped_is_gone_and_nothing_else(site):
    for key in ("a", "b"):
        site.get(key)
    site.pages.drop(lambda key: key == "a")
    assert [site.pages.last(key) is None for key in ("a", "b")] == [True, False]
    assert site.pages.weight == sum(page.weight() for page in site.pages._pages.values())


def test_a_page_that_is_being_made_when_it_is_dropped_is_not_kept():
    pages = PageCache(1_000_000)

    def make():
        pages.drop(lambda key: key == "a")
        response = HttpResponse("old")
        response["Cache-Control"] = CONTROL
        return response

    assert pages.answer("a", make).body == b"old"
    assert len(pages) == 0
    assert pages.owes("a")


def test_what_is_dropped_is_owed_until_it_is_made(site):
    for key in ("a", "b"):
        site.get(key)
    site.pages.drop(lambda key: key == "a")
    assert [site.pages.owes(key) for key in ("a", "b", "c")] == [True, False, False]
    site.status = 503
    site.get("a")
    assert site.pages.owes("a")
    site.status = 200
    site.get("a")
    assert not site.pages.owes("a")
    site.pages.drop()
    assert [site.pages.owes(key) for key in ("a", "b", "c")] == [True, True, False]
    site.status = 410  # hidden: there is no such page to be owed
    site.get("a")
    assert not site.pages.owes("a")
    site.pages.clear()
    assert not site.pages.owes("b")


def test_of_many_the_latest_are_owed(site, monkeypatch):
    monkeypatch.setattr(page_cache, "MOST_OWED", 2)
    for key in ("a", "b", "c", "a"):
        site.get(key)
        site.pages.drop()
    assert [site.pages.owes(key) for key in ("a", "b", "c")] == [True, False, True]


def test_what_nobody_asked_for_in_all_that_time_is_not_owed(site):
    site.get()
    site.pages.drop()
    site.clock.now += page_cache.OWED_FOR - 1
    assert site.pages.owes("a")
    site.clock.now += 1
    assert not site.pages.owes("a")
    site.get()
    site.pages.drop()
    assert site.pages.owes("a")
