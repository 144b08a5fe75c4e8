"""/sitemap.xml and the files that it names."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from petitions.models import Petition, PetitionTarget, PetitionVersion, Topic
from supporters import sitemaps
from tests.factories import PetitionFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
SITE = "http://localhost:8000"


def locations(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [
        element.text or "" for element in ET.fromstring(response.content).findall(".//s:loc", NS)
    ]


def file_of(client, section: str) -> str:
    """The one file of a section; which it is depends on the ids that the database is at."""
    [found] = [url for url in locations(client, "/sitemap.xml") if f"-{section}.xml" in url]
    return found.removeprefix(SITE)


def test_an_empty_site_has_its_own_pages(client) -> None:
    assert locations(client, "/sitemap.xml") == [f"{SITE}/sitemap-pages.xml"]
    found = locations(client, "/sitemap-pages.xml")
    for path in ("/", "/es/", "/petitions/", "/topics/", "/es/targets/", "/help/privacy/"):
        assert f"{SITE}{path}" in found
    assert len(set(found)) == len(found)
    for url in found:
        assert client.get(url.removeprefix(SITE)).status_code == 200, url


def test_what_is_published_in_every_language(client) -> None:
    topic = Topic.objects.create(name="Water", slug="water")
    row = PetitionFactory(slug="mend-it", in_review=True, organizer=UserFactory())
    row.topics.add(topic)
    row.publish(by=None)
    PetitionTarget.objects.create(petition=row, target=TargetFactory(slug="board"))
    PetitionFactory(slug="за-чисте-повітря", status="closed", organizer=None)
    for status in ("draft", "in_review", "rejected", "hidden"):
        PetitionFactory(slug=status, status=status)
    TargetFactory(slug="nobody-asks")
    files = [url.removeprefix(SITE) for url in locations(client, "/sitemap.xml")]
    assert [file.partition("?")[0] for file in files] == [
        f"/sitemap-{name}.xml" for name in ("pages", "topics", "targets", "organizers", "petitions")
    ]
    found = {url for file in files[1:] for url in locations(client, file)}
    assert found == {
        f"{SITE}{language}{path}"
        for language in ("", "/es")
        for path in (
            "/topics/water/",
            "/targets/board/",
            "/organizers/ana-ferreira/",
            "/petitions/mend-it/",
            "/petitions/%D0%B7%D0%B0-%D1%87%D0%B8%D1%81%D1%82%D0%B5-%D0%BF%D0%BE%D0%B2%D1%96%D1%82%D1%80%D1%8F/",
        )
    }
    for url in found:
        assert client.get(url.removeprefix(SITE)).status_code == 200, url


def test_an_entry_names_all_its_languages_and_itself(client) -> None:
    PetitionFactory(slug="es", is_open=True)
    root = ET.fromstring(client.get(file_of(client, "petitions")).content)
    assert len(root) == 2
    for entry in root:
        links = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", NS)}
        assert links == {
            "en": f"{SITE}/petitions/es/",
            "es": f"{SITE}/es/petitions/es/",
            "x-default": f"{SITE}/petitions/es/",
        }


@pytest.mark.parametrize(
    ("opened", "written", "closed", "expected"),
    [
        (1, 2, None, "2026-01-02"),
        (1, 2, 3, "2026-01-03"),
        (None, 2, None, "2026-01-02"),
        (4, 2, 3, "2026-01-04"),
    ],
)
def test_the_last_change_that_is_known(client, opened, written, closed, expected) -> None:
    def day(number):
        return number and datetime(2026, 1, number, 12, tzinfo=UTC)

    PetitionFactory(status="closed", opened_at=day(opened), closed_at=day(closed))
    PetitionVersion.objects.update(created_at=day(written))
    file = client.get(file_of(client, "petitions"))
    found = ET.fromstring(file.content).findall(".//s:lastmod", NS)
    assert {element.text for element in found} == {expected}


def test_files_hold_ranges_of_ids(client, monkeypatch, count_queries) -> None:
    monkeypatch.setattr(sitemaps, "ROWS", 2)
    rows = [PetitionFactory(is_open=True) for _ in range(9)]
    first = (rows[0].pk - 1) // 2
    Petition.objects.filter(
        pk__in=[row.pk for row in rows if (row.pk - 1) // 2 == first + 1]
    ).update(status="hidden")
    files = [url for url in locations(client, "/sitemap.xml") if "petitions" in url]
    assert not any(url.endswith(f"?p={first + 2}") for url in files)  # nothing is left in it
    found = []
    for url in files:
        with count_queries() as queries:
            found += locations(client, url.removeprefix(SITE))
        assert len(queries) == 1, queries
    assert len(set(found)) == len(found) == 2 * 7


@pytest.mark.parametrize(
    "address",
    [
        "/sitemap-nothing.xml",
        "/sitemap-petitions.xml",
        "/sitemap-pages.xml?p=2",
        "/sitemap-pages.xml?p=0",
        "/sitemap-pages.xml?p=x",
        "/sitemap-pages.xml?p=%00",
        "/sitemap-petitions.xml?p=" + "9" * 12,
        "/sitemap-petitions.xml?p=" + "9" * 40,
        "/sitemap-%00.xml",
    ],
)
def test_there_is_no_such_file(client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-pages.xml"])
def test_an_hour_in_any_cache_and_the_host_header_is_not_believed(client, address: str) -> None:
    response = client.get(address, headers={"host": "127.0.0.1"})
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Content-Type"] == "application/xml"
    assert response["X-Robots-Tag"].startswith("noindex")
    assert not response.cookies
    assert b"127.0.0.1" not in response.content
    assert client.post(address).status_code == 405
