"""The style guide: only where somebody works on the look, and every piece of it renders."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from supporters.views.styleguide import COLOURS, COUNTS, SIZES
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, settings) -> str:
    settings.DEBUG = True
    PetitionFactory(is_open=True, goal=50)
    PetitionFactory(is_closed=True, outcome="victory")
    PetitionFactory(status="rejected")
    response = client.get("/styleguide/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_real_site_has_none(client, settings):
    settings.DEBUG = settings.PETITIONS_DEMO = False
    assert client.get("/styleguide/").status_code == 404


def test_the_demo_has_one(client, settings):
    settings.PETITIONS_DEMO = True
    assert "manage.py demo" in client.get("/styleguide/").content.decode()  # no petition yet
    assert client.post("/styleguide/").status_code == 405


def test_it_shows_every_token_that_the_style_sheet_has(page):
    style = Path(finders.find("css/site.css")).read_text().partition("@media")[0]
    colours = set(re.findall(r"--([\w-]+): #", style))
    sizes = set(re.findall(r"--([\w-]+): (?:min\()?clamp", style)) - {"gutter"}
    assert {name for name, _use in COLOURS} == colours
    assert {name for name, _words in SIZES} == sizes
    own = Path(finders.find("css/styleguide.css")).read_text()
    for name in colours:
        assert f".swatch-{name} {{ background: var(--{name}); }}" in own
    for name in sizes:
        assert f".size-{name} {{" in own


def test_it_shows_the_count_in_every_size(page):
    for count in COUNTS[1:]:
        assert f'<data value="{count}" data-digits="{len(str(count))}">{count:,}</data>' in page
    assert "Be the first to sign" in page
    assert "Goal of 2,000 reached" in page


def test_it_shows_every_state(page):
    for words in ("Being checked", "Not published", "Petition closed", "Victory", "Partly agreed",
                  "Declined", "Withdrawn"):  # fmt: skip
        assert f"<strong>{words}</strong>" in page


def test_it_shows_the_real_form_as_it_comes_and_with_mistakes(page):
    for name in ("given_name", "email", "country", "reason", "wants_updates"):
        assert f'id="id_{name}"' in page
        assert f'id="wrong_{name}"' in page
    for words in ("There is a problem.", "Enter your first name", "38 characters too long"):
        assert words in page
    assert 'href="#wrong_email"' in page


def test_it_shows_petitions_as_rows(page):
    assert page.count('<h3><a href="/petitions/') == 3


def test_its_links_lead_to_what_is_on_it(page):
    targets = set(re.findall(r'<a [^>]*href="#([\w-]+)"', page.partition('class="masthead"')[2]))
    assert {"rules", "forms", "check"} <= targets
    assert {name for name in targets if f'id="{name}"' not in page} <= {"ended", "sign"}


def test_it_brings_a_style_sheet_of_its_own_and_no_page_else_does(page, client):
    assert 'href="/static/css/styleguide.css"' in page
    assert "styleguide" not in client.get("/").content.decode()
