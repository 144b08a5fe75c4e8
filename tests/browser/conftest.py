"""A real Chromium against the live server, watched: an error that only the console knows fails.

Playwright's synchronous API keeps an event loop running on its thread, and Django refuses its ORM
there unless DJANGO_ALLOW_ASYNC_UNSAFE is set. So both live for this package only: `browser` is
package-scoped and ends before the worker goes on to other tests.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    expect,
    sync_playwright,
)

from petitions.models import Petition
from tests.chromium import FLAGS, find_chromium
from tests.factories import PetitionFactory

HERE = Path(__file__).resolve().parent
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

# Said by Playwright of Chromium itself, not of the page: such a test is run once more, and the
# summary counts it. What a test asserts is never given a second chance.
CHROMIUM_FAILED = ["Protocol error", "Target crashed", "Page crashed", "Target closed"]


@pytest.hookimpl(tryfirst=True)  # before tests are left out by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=CHROMIUM_FAILED))


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as started:
            expect.set_options(timeout=30_000)  # a busy machine paints late
            yield started
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield started
    started.close()


class Watch:
    """What went wrong in the pages of one test.

    A test that provokes an error says so: `watch.expect("422")` drops what contains the text.
    """

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._expected: list[str] = []

    def expect(self, text: str) -> None:
        self._expected.append(text)

    @property
    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(text in complaint for text in self._expected)
        ]

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("requestfailed", self._request_failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Violations of the Content-Security-Policy are errors here too.
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _request_failed(self, request: Request) -> None:
        # A page that is left takes its unanswered requests along: no fault of the site.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"request: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"response: {response.status} {response.url}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    seen = Watch()
    yield seen
    assert not seen.unexpected, "\n".join(seen.unexpected)


@pytest.fixture
def new_page(browser: Browser, watch: Watch, live_server) -> Iterator[Callable[..., Page]]:
    """`new_page(javascript=False, viewport=PHONE, …)`: a page in a context of its own.

    Other arguments are Playwright's for a context. Relative addresses lead to the live server.
    """
    contexts: list[BrowserContext] = []

    def make(*, javascript: bool = True, **options) -> Page:
        options = {"viewport": DESK, "locale": "en-GB", **options}
        context = browser.new_context(
            base_url=live_server.url, java_script_enabled=javascript, **options
        )
        context.set_default_timeout(30_000)  # a busy machine answers late
        contexts.append(context)
        watch.follow(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def page_without_javascript(new_page: Callable[..., Page]) -> Page:
    return new_page(javascript=False)


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def viewport(request: pytest.FixtureRequest) -> dict[str, int]:
    return request.param


@pytest.fixture
def sized_page(new_page: Callable[..., Page], viewport: dict[str, int]) -> Page:
    """The test runs twice: 390 pixels wide and 1280."""
    return new_page(viewport=viewport)


@pytest.fixture
def petition(transactional_db, live_server, settings) -> Petition:
    """The petition of most tests here, with its organizer's signature."""
    settings.SITE_URL = live_server.url
    petition: Petition = PetitionFactory(
        in_review=True, slug="mend", title="Mend the bridge", goal=10
    )
    petition.publish(by=None)
    return petition
