"""Atom feeds, read with a parser that takes nothing but well-formed XML."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from petitions.models import Petition, Topic
from tests.factories import PetitionFactory, UpdateFactory

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read(response) -> ET.Element:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):  # what RFC 4287 demands
        assert text(element, "id").startswith("tag:localhost,2026:")
        assert datetime.fromisoformat(text(element, "updated"))
        assert text(element, "title")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    return feed


def text(element: ET.Element, name: str) -> str:
    return element.findtext(ATOM + name) or ""


def entries(feed: ET.Element) -> list[ET.Element]:
    return feed.findall(f"{ATOM}entry")


def link(element: ET.Element, rel: str) -> str:
    return element.find(f"{ATOM}link[@rel='{rel}']").get("href")


class TestPetitions:
    def test_newest_first_with_their_texts(self, client) -> None:
        now = timezone.now()
        PetitionFactory(title="Old", status="open", opened_at=now - timedelta(days=3))
        PetitionFactory(
            title="New & <bold>",
            status="open",
            opened_at=now,
            summary="One <two>",
            body="*Three*",
            organizer_name="Ana Ferreira",
            language="es",
        )
        feed = read(client.get("/petitions.atom"))
        assert [text(entry, "title") for entry in entries(feed)] == ["New & <bold>", "Old"]
        new = entries(feed)[0]
        assert text(new, "summary") == "<p>One &lt;two&gt;</p><p><em>Three</em></p>\n"
        assert new.find(f"{ATOM}summary").get("type") == "html"
        assert new.findtext(f"{ATOM}author/{ATOM}name") == "Ana Ferreira"
        assert new.get(LANG) == "es"
        assert datetime.fromisoformat(text(new, "published")) == now
        assert link(new, "alternate") == "http://localhost:8000/petitions/new-bold/"
        assert link(feed, "self") == "http://localhost:8000/petitions.atom"
        assert link(feed, "alternate") == "http://localhost:8000/petitions/"

    def test_what_was_opened_stays_when_it_closes_but_nothing_else_appears(self, client) -> None:
        PetitionFactory(title="Closed", is_closed=True)
        PetitionFactory(title="Undated", status="closed")
        for status in ("draft", "in_review", "rejected", "hidden"):
            PetitionFactory(title=status, status=status)
        feed = read(client.get("/petitions.atom"))
        assert [text(entry, "title") for entry in entries(feed)] == ["Closed"]

    def test_an_id_stays_when_title_and_address_change(self, client) -> None:
        row = PetitionFactory(is_open=True)
        before = text(entries(read(client.get("/petitions.atom")))[0], "id")
        row.title, row.slug = "Other", "other"
        row.save()
        after = entries(read(client.get("/petitions.atom")))[0]
        assert text(after, "id") == before == f"tag:localhost,2026:petitions/{row.pk}"
        assert datetime.fromisoformat(text(after, "updated")) > row.opened_at

    def test_what_has_no_date_of_opening_is_not_looked_for(self, client, count_queries) -> None:
        PetitionFactory(title="Undated", status="open")
        PetitionFactory(title="Dated", is_open=True)
        with count_queries() as queries:
            feed = read(client.get("/petitions.atom"))
        assert [text(entry, "title") for entry in entries(feed)] == ["Dated"]
        assert queries.statements[0].count("UNION ALL") == 1, queries  # open, closed

    def test_the_date_of_an_empty_one_stays(self, client) -> None:
        Topic.objects.create(name="Water", slug="water")
        for address in ("/petitions.atom", "/topics/water.atom"):
            feed = read(client.get(address))
            assert text(feed, "updated") == "2026-01-01T00:00:00+00:00"

    def test_an_empty_one_is_valid(self, client) -> None:
        assert entries(read(client.get("/petitions.atom"))) == []

    def test_characters_that_xml_forbids_are_left_out(self, client) -> None:
        unusable = "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))
        PetitionFactory(
            title=f"A{unusable}B 😀",
            summary=f"C{unusable}D ]]> &#0;",
            organizer_name=f"E{unusable}F",
            is_open=True,
        )
        (entry,) = entries(read(client.get("/petitions.atom")))
        assert text(entry, "title") == "AB 😀"
        assert text(entry, "summary").startswith("<p>CD ]]&gt; &amp;#0;</p>")
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "EF"

    def test_thirty_at_most_in_two_statements(self, client, count_queries) -> None:
        for _ in range(31):
            PetitionFactory(is_open=True)
        with count_queries() as queries:
            feed = read(client.get("/petitions.atom"))
        assert len(entries(feed)) == 30
        assert len(queries) <= 2, queries


class TestUpdates:
    def test_published_ones_newest_first(self, client) -> None:
        row = PetitionFactory(title="Mend it", slug="mend-it", is_open=True)
        at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
        UpdateFactory(petition=row, title="Old", published_at=at)
        new = UpdateFactory(
            petition=row,
            title="",
            body="It **works** <script>alert(1)</script>",
            happened_on=date(2012, 8, 17),
            published_at=at + timedelta(days=1),
        )
        UpdateFactory(petition=row, title="Draft", published_at=None)
        UpdateFactory(petition=row, title="Later", published_at=timezone.now() + timedelta(days=1))
        UpdateFactory(title="Of another petition")
        feed = read(client.get("/petitions/mend-it/updates.atom"))
        assert text(feed, "title") == "Mend it"
        assert link(feed, "alternate") == "http://localhost:8000/petitions/mend-it/"
        assert link(feed, "self") == "http://localhost:8000/petitions/mend-it/updates.atom"
        assert [text(entry, "title") for entry in entries(feed)] == ["17 August 2012", "Old"]
        first = entries(feed)[0]
        assert text(first, "summary").startswith(
            "<p>17 August 2012</p><p>It <strong>works</strong> &lt;script&gt;"
        )
        assert text(first, "id") == f"tag:localhost,2026:updates/{new.pk}"
        assert link(first, "alternate").endswith(f"/petitions/mend-it/#update-{new.pk}")
        assert text(feed, "updated") == "2026-03-05T05:06:00+00:00"

    def test_an_id_belongs_to_one_thing_alone(self, client) -> None:
        update = UpdateFactory(petition__slug="mend-it")
        feeds = [
            read(client.get(address))
            for address in ("/petitions.atom", "/petitions/mend-it/updates.atom")
        ]
        ids = [text(e, "id") for feed in feeds for e in (feed, *entries(feed))]
        assert len(ids) == len(set(ids)) == 4
        assert f"tag:localhost,2026:petitions/{update.petition_id}/updates" in ids

    def test_without_updates_its_date_stays(self, client) -> None:
        row = PetitionFactory(
            slug="mend-it", status="open", opened_at=datetime(2026, 1, 2, tzinfo=UTC)
        )
        feed = read(client.get("/petitions/mend-it/updates.atom"))
        assert text(feed, "updated") == "2026-01-02T00:00:00+00:00"
        Petition.objects.filter(pk=row.pk).update(opened_at=None)
        assert read(client.get("/petitions/mend-it/updates.atom")) is not None

    def test_a_slug_in_any_script_makes_a_valid_address(self, client) -> None:
        PetitionFactory(title="За чисте повітря", is_open=True)
        feed = read(client.get("/petitions/за-чисте-повітря/updates.atom"))
        assert link(feed, "self").isascii()

    @pytest.mark.parametrize(
        ("status", "answer"),
        [("draft", 404), ("in_review", 404), ("rejected", 404), ("hidden", 410), ("closed", 200)],
    )
    def test_states(self, client, status: str, answer: int) -> None:
        UpdateFactory(petition=PetitionFactory(slug="mend-it", status=status), title="Secret")
        response = client.get("/petitions/mend-it/updates.atom")
        assert response.status_code == answer
        assert (b"Secret" in response.content) == (answer == 200)

    def test_an_old_slug_leads_to_the_new_one(self, client) -> None:
        row = PetitionFactory(slug="mend-it", is_open=True)
        row.slug = "mended"
        row.save()
        response = client.get("/petitions/mend-it/updates.atom")
        assert (response.status_code, response["Location"]) == (
            301,
            "/petitions/mended/updates.atom",
        )

    def test_nobody(self, client) -> None:
        assert client.get("/petitions/nobody/updates.atom").status_code == 404


@pytest.mark.parametrize("address", ["/petitions.atom", "/petitions/mend-it/updates.atom"])
class TestBoth:
    def test_no_cookie_and_a_second_in_any_cache(self, client, address: str) -> None:
        PetitionFactory(slug="mend-it", is_open=True)
        response = client.get(address)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert response["Cache-Control"].startswith("public, max-age=1,")

    def test_the_host_header_is_not_believed(self, client, address: str) -> None:
        PetitionFactory(slug="mend-it", is_open=True)
        assert b"127.0.0.1" not in client.get(address, headers={"host": "127.0.0.1"}).content

    def test_it_is_only_read(self, client, address: str) -> None:
        PetitionFactory(slug="mend-it", is_open=True)
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200
