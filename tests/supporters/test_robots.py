"""/robots.txt and what asks not to be indexed."""

from urllib.robotparser import RobotFileParser

import pytest

from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


def rules(client) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(client.get("/robots.txt").content.decode().splitlines())
    return parser


@pytest.mark.parametrize(
    "path",
    ["/", "/petitions/", "/petitions/mend/", "/es/petitions/mend/", "/topics/water/", "/help/",
     "/petitions/?page=2", "/petitions/?topic=water", "/static/css/site.css", "/sitemap.xml"],
)  # fmt: skip
def test_pages_may_be_read(client, path: str) -> None:
    assert rules(client).can_fetch("Anybot", path)


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/admin/petitions/", "/accounts/login/", "/confirm/abc/", "/signature/abc/",
     "/unsubscribe/abc/", "/petitions/preview/abc/", "/es/petitions/preview/abc/",
     "/petitions/?q=a", "/es/petitions/?q=a&page=3"],
)  # fmt: skip
def test_private_links_and_searches_are_left_alone(client, path: str) -> None:
    assert not rules(client).can_fetch("Anybot", path)


def test_it_names_the_sitemap(client) -> None:
    assert rules(client).site_maps() == ["http://localhost:8000/sitemap.xml"]


@pytest.mark.parametrize("setting", ["DEBUG", "PETITIONS_DEMO"])
def test_a_site_on_somebodys_own_machine_is_not_read(client, settings, setting: str) -> None:
    setattr(settings, setting, True)
    assert not rules(client).can_fetch("Anybot", "/")


def test_an_hour_in_any_cache(client) -> None:
    response = client.get("/robots.txt")
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert client.post("/robots.txt").status_code == 405


def test_searches_and_rejected_petitions_ask_not_to_be_indexed(client) -> None:
    PetitionFactory(slug="no", status="rejected")
    PetitionFactory(slug="yes", is_open=True)
    noindex = '<meta name="robots" content="noindex">'
    for path, expected in {
        "/petitions/?q=mend": True,
        "/petitions/no/": True,
        "/petitions/?status=open": False,
        "/petitions/yes/": False,
    }.items():
        html = client.get(path).content.decode()
        assert (noindex in html) == expected, path
        assert ('rel="canonical"' in html) != expected, path
