"""/topics/, the page of a topic and its feed."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from petitions.models import Petition, Topic
from supporters import listing
from supporters.models import ListTally
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def water() -> Topic:
    return Topic.objects.create(name="Water", slug="water", description="Rivers, **lakes**, taps.")


def about(topic: Topic, title: str, status: str = "open", **more) -> Petition:
    row = PetitionFactory(title=title, status=status, **more)
    row.topics.add(topic)
    return row


def titles(response) -> list[str]:
    html = response.content.decode()
    return [unescape(title) for title in re.findall(r"<h2><a [^>]*>(.*?)</a></h2>", html)]


class TestIndex:
    def test_every_topic_with_its_numbers(self, client, water) -> None:
        Topic.objects.create(name="Roads", slug="roads")
        about(water, "River")
        about(water, "Lake", "closed")
        about(water, "Draft", "draft")
        response = client.get("/topics/")
        rows = [(row["topic"].name, row["open"], row["closed"]) for row in response.context["rows"]]
        assert rows == [("Roads", 0, 0), ("Water", 1, 1)]
        assert 'href="/topics/water/"' in response.content.decode()

    def test_none_at_all(self, client) -> None:
        assert "There is no topic yet." in client.get("/topics/").content.decode()

    def test_three_statements(self, client, water, count_queries) -> None:
        with count_queries() as queries:
            client.get("/topics/")
        assert len(queries) <= 3, queries


class TestPage:
    def test_what_can_be_signed_comes_first(self, client, water) -> None:
        about(water, "Closed", "closed", opened_at=timezone.now())
        quick = about(water, "Quick")
        about(water, "Slow")
        about(water, "Due", closes_at=timezone.now() - timedelta(hours=1))
        Petition.objects.filter(pk=quick.pk).update(trend=4)
        for status in ("draft", "in_review", "rejected", "hidden"):
            about(water, status, status)
        PetitionFactory(title="Elsewhere", is_open=True)
        response = client.get("/topics/water/")
        assert titles(response)[:2] == ["Quick", "Slow"]
        assert set(titles(response)[2:]) == {"Closed", "Due"}
        assert response.context["counts"]["open"] == 2
        assert response.context["counts"]["closed"] == 2

    def test_name_description_and_search_within(self, client, water) -> None:
        html = client.get("/topics/water/").content.decode()
        assert "<h1><bdi>Water</bdi></h1>" in html
        assert "<p>Rivers, <strong>lakes</strong>, taps.</p>" in html
        assert '<input type="hidden" name="topic" value="water">' in html
        assert "Search petitions about Water" in html
        assert "There is no petition here yet." in html
        assert '<link rel="canonical" href="http://localhost:8000/topics/water/">' in html
        assert 'hreflang="es" href="http://localhost:8000/es/topics/water/"' in html

    def test_a_description_can_do_no_harm(self, client, water) -> None:
        Topic.objects.update(name="<b>", description="<script>alert(1)</script> [x](javascript:1)")
        html = client.get("/topics/water/").content.decode()
        assert "<script>alert" not in html
        assert "javascript:" not in html
        assert "<bdi>&lt;b&gt;</bdi>" in html

    def test_pages_hold_every_petition_once(self, client, water, monkeypatch) -> None:
        monkeypatch.setattr(listing, "ROWS", 3)
        for n in range(4):
            about(water, f"Open {n}")
            about(water, f"Closed {n}", "closed", opened_at=timezone.now())
        pages = [titles(client.get(f"/topics/water/?page={n}")) for n in (1, 2, 3)]
        shown = [title for page in pages for title in page]
        assert [len(page) for page in pages] == [3, 3, 2]
        assert len(set(shown)) == 8
        assert all(title.startswith("Open") for title in shown[:4])
        page = client.get("/topics/water/?page=2").context["page"]
        assert (page["previous_url"], page["next_url"]) == (
            "/topics/water/",
            "/topics/water/?page=3",
        )

    def test_each_page_has_a_title_of_its_own(self, client, water, monkeypatch) -> None:
        monkeypatch.setattr(listing, "ROWS", 3)
        for n in range(4):
            about(water, f"Open {n}")
        heads = [client.get(f"/topics/water/?page={n}").content.decode() for n in (1, 2)]
        assert [re.search("<title>(.*?)</title>", head)[1] for head in heads] == [
            "Petitions about Water · Undersigned",
            "Petitions about Water, page 2 · Undersigned",
        ]
        for head in heads:  # said once for the tab and once for previews
            assert head.count('content="Petitions about Water that you can read and sign') == 2
            assert '<meta property="og:title" content="Petitions about Water">' in head

    def test_a_page_that_only_an_older_count_knows_is_none(self, client, water) -> None:
        about(water, "The only one")
        now = timezone.now()
        ListTally.objects.create(topic=water, kind="open", number=45, counted_at=now)
        assert titles(client.get("/topics/water/")) == ["The only one"]
        response = client.get("/topics/water/?page=3")
        assert response.status_code == 404
        assert '<a href="/topics/water/">Go to the first page</a>' in response.content.decode()

    def test_beyond_the_last_page(self, client, water) -> None:
        response = client.get("/topics/water/?page=2")
        assert response.status_code == 404
        assert '<a href="/topics/water/">Go to the first page</a>' in response.content.decode()
        assert client.get("/topics/water/?page=%00x").status_code == 200

    @pytest.mark.parametrize("slug", ["nowhere", "%00", "%ED%A0%80", "a" * 500, "wat.er"])
    def test_no_such_topic(self, client, water, slug: str) -> None:
        assert client.get(f"/topics/{slug}/").status_code == 404
        assert client.get(f"/topics/{slug}.atom").status_code == 404

    def test_any_script(self, client) -> None:
        Topic.objects.create(name="النقل", slug="النقل")
        assert "<bdi>النقل</bdi>" in client.get("/topics/النقل/").content.decode()

    def test_six_statements_no_cookie_a_second(self, client, water, count_queries) -> None:
        for n in range(12):
            about(water, f"Open {n}")
            about(water, f"Closed {n}", "closed")
        with count_queries() as queries:
            response = client.get("/topics/water/")
        assert len(queries) <= 6, queries
        assert not response.cookies
        assert response["Cache-Control"].startswith("public, max-age=1,")
        assert client.post("/topics/water/").status_code == 405


class TestFeed:
    def test_its_petitions_newest_first(self, client, water) -> None:
        now = timezone.now()
        about(water, "Old", opened_at=now - timedelta(days=2))
        about(water, "New", "closed", opened_at=now)
        about(water, "Rejected", "rejected")
        PetitionFactory(title="Elsewhere", is_open=True)
        feed = client.get("/topics/water.atom").content.decode()
        assert re.findall(r"<title>(.*?)</title>", feed) == [
            "New petitions about Water", "New", "Old",
        ]  # fmt: skip
        assert f"<id>tag:localhost,2026:topics/{water.pk}</id>" in feed
        assert 'href="http://localhost:8000/topics/water.atom" rel="self"' in feed

    def test_the_page_names_it(self, client, water) -> None:
        html = client.get("/topics/water/").content.decode()
        link = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]*>', html)
        assert link
        assert 'href="/topics/water.atom"' in link[0]
        assert 'href="/topics/water.atom"' in client.get("/petitions/?topic=water").content.decode()
