"""Every public page in every state: sound for everybody who reads it.

An ordinary run visits EVERY_RUN once, in a theme, a width and a direction that differ from
page to page; `pytest -m audit` visits every state in all of them.
"""

import json
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Response
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import DESK, PHONE, Watch
from tests.browser.soundness import (
    hidden_focus,
    loose_ends,
    moving,
    sideways,
    sideways_when_narrow,
    small_targets,
    small_text,
    violations,
)
from tests.catalogue import STATES, State, World, served

EVERY_RUN = {
    "home", "list", "petition-open", "petition-closed", "petition-arabic-text", "sign-errors",
    "confirm", "signature",
}  # fmt: skip
AUDITED = [state for state in STATES if state.audited]
THEMES = ("light", "dark")
WIDTHS = (PHONE, DESK)
DIRECTIONS = ("ltr", "rtl")
VIEWS = list(product(THEMES, WIDTHS, DIRECTIONS))


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """One database for all states, in place of pytest-django's, which is emptied for each test."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)
        call_command("rebuild_search", verbosity=0)  # its documents are in no table of a model
        connections.close_all()  # this one is of Playwright's event loop, where nobody else looks


@pytest.fixture(scope="module")
def server(db, playwright, tmp_path_factory) -> Iterator[LiveServer]:
    with served(tmp_path_factory.mktemp("media")) as server:
        yield server


@pytest.fixture(scope="module")
def world(server) -> World:
    return World()


@pytest.fixture(scope="module")
def context(browser: Browser, server) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=server.url, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    page = context.new_page()
    watch.follow(page)
    yield page
    page.close()


def look(page: Page, view: tuple[str, dict[str, int], str]) -> None:
    theme, viewport, direction = view
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size(viewport)
    # No translation that is shipped is written from right to left: the page is told to be.
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)


def visit(state: State, page: Page, world: World, watch: Watch) -> Response:
    if state.status >= 400:
        watch.expect(f"status of {state.status}")
    if state.status >= 500:
        watch.expect(f"response: {state.status}")
    return state.visit(page, world)


def rotated() -> list[Any]:
    states = [state for state in STATES if state.name in EVERY_RUN]
    assert len(states) == len(EVERY_RUN)
    return [
        pytest.param(state, view, id=f"{state.name}-{view[0]}-{view[1]['width']}-{view[2]}")
        for state, view in zip(states, cycle(VIEWS), strict=False)
    ]


def complaints(page: Page, *questions: Callable[[Page], list[str]]) -> list[str]:
    return [complaint for question in questions for complaint in question(page)]


@pytest.mark.journeys
@pytest.mark.parametrize(("state", "view"), rotated())
def test_everybody_can_read_it(state, view, world, page, watch):
    page.emulate_media(color_scheme=view[0])
    visit(state, page, world, watch)
    look(page, view)
    questions = [violations, small_text, moving, sideways_when_narrow]
    if not state.pieces:
        questions += [loose_ends, small_targets]
    assert complaints(page, *questions) == []


def test_a_planted_fault_does_not_pass(world, page, watch):
    visit(next(state for state in STATES if state.name == "petition-open"), page, world, watch)
    page.evaluate("""() => {
        document.querySelector("[for=id_email]").remove();
        document.querySelector(".count span").style.color = "#b0b0b0";
        document.querySelector(".slip").id = "main";
    }""")
    found = "\n".join(complaints(page, violations, loose_ends))
    assert "axe label: <input" in found
    assert "axe color-contrast: <span" in found
    assert "an id is there twice: main" in found


@pytest.mark.audit
@pytest.mark.parametrize("state", AUDITED, ids=lambda state: state.name)
def test_everybody_can_read_it_in_every_view(state, world, page, watch):
    visit(state, page, world, watch)
    found = []
    for view in VIEWS:
        look(page, view)
        questions = [violations, sideways, small_text]
        theme, _viewport, direction = view
        if theme == "light" and direction == "ltr":  # neither moves what has the focus
            questions.append(hidden_focus)
        if view in (VIEWS[0], VIEWS[1]):  # it chooses its own widths
            questions.append(sideways_when_narrow)
        if not state.pieces:
            questions.append(small_targets)
        found += [f"{view}: {complaint}" for complaint in complaints(page, *questions)]
    assert found == []


# The Nu HTML checker (VNU_JAR names its vnu.jar)

STATIC = Path(settings.BASE_DIR) / "static"
# Valid since 2023, and unknown to the checker's grammar of CSS.
UNKNOWN_TO_NU = ".*(“container-type” doesn't exist|Unrecognized at-rule “@container”).*"
PLANTED = """<!doctype html><html lang="en"><head><title>Planted</title></head>
<body><p id="a">One</p><p id="a">Two <img src="a.png"></p></body></html>"""


def nu_errors(folder: Path) -> dict[str, list[str]]:
    """File → what the checker calls an error in it; only files with errors."""
    command = ["java", "-jar", os.environ["VNU_JAR"], "--errors-only", "--exit-zero-always"]
    command += ["--also-check-css", "--also-check-svg", "--filterpattern", UNKNOWN_TO_NU]
    command += ["--format", "json", "--stdout", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    errors = defaultdict(list)
    for message in json.loads(done.stdout)["messages"]:
        name = Path(message.get("url", "")).name
        errors[name].append(f"{message['message']} {message.get('extract', '')}")
    return dict(errors)


@pytest.mark.audit
@pytest.mark.nu
def test_the_nu_checker_finds_no_error_but_planted_ones(world, page, watch, tmp_path):
    for state in (state for state in AUDITED if not state.pieces):
        served = visit(state, page, world, watch).body()
        (tmp_path / f"{state.name}.html").write_bytes(served)
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.svg")]:
        shutil.copy(path, tmp_path)
    (tmp_path / "planted.html").write_text(PLANTED)
    (tmp_path / "planted.css").write_text("p { colour: red }")
    errors = nu_errors(tmp_path)
    assert len(errors.pop("planted.html", [])) >= 2
    assert errors.pop("planted.css", [])
    said = [f"{name}: {text}" for name, texts in errors.items() for text in texts]
    assert not said, "\n".join(said)
