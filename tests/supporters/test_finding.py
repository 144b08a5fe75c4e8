"""What a search shows: marks, passages, names, and what happens when there are too many."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionTarget, Topic
from supporters import finding
from supporters.views import petition_list
from tests.factories import PetitionFactory, TargetFactory

pytestmark = pytest.mark.django_db


def row(title: str, **more) -> Petition:
    return PetitionFactory(
        **{"title": title, "summary": "", "body": "", "ask": "", "status": "open", **more}
    )


def shown(client, query: str) -> str:
    html = client.get("/petitions/", {"q": query}).content.decode()
    return html.partition('<ul class="rows found">')[2].partition("</ul>")[0]


class TestMarks:
    def test_in_title_and_summary(self, client) -> None:
        row("Mend the bridges", summary="The bridge is shut. <b>")
        html = shown(client, "bridge")
        assert ">Mend the <mark>bridges</mark></a></h2>" in html
        assert "<p>The <mark>bridge</mark> is shut. &lt;b&gt;</p>" in html
        assert "passage" not in html

    def test_a_passage_where_only_the_story_holds_the_word(self, client) -> None:
        row("Mend it", body="One **two**\n\nA [heron](https://x.example/) & an <i>egret</i>.")
        assert (
            '<p class="passage">A <mark>heron</mark> &amp; an &lt;i&gt;egret&lt;/i&gt;.</p>'
            in shown(client, "heron")
        )

    def test_a_passage_for_the_words_that_are_missing(self, client) -> None:
        row("Mend the bridge", body="A bridge.\n\nOf herons.")
        html = shown(client, "bridge heron")
        assert '<p class="passage">Of <mark>herons</mark>.</p>' in html

    def test_a_passage_from_the_rest_of_a_long_summary(self, client) -> None:
        row("Mend it", summary="word " * 60 + "heron.")
        assert '<p class="passage">…' in shown(client, "heron")

    def test_one_statement_for_all_passages(self, client, count_queries) -> None:
        for n in range(5):
            row(f"Number {n}", body="A heron.")
        with count_queries() as queries:
            html = shown(client, "heron")
        assert html.count('class="passage"') == 5
        assert len(queries) <= 5, queries

    def test_nothing_is_marked_where_nothing_was_searched(self, client) -> None:
        row("A mark", body="Of a mark.")
        assert "<mark>" not in client.get("/petitions/").content.decode()

    @pytest.mark.parametrize("query", ["<script>", "&amp;", "script", "amp", "lt", "mark", "b"])
    def test_markup_is_never_torn(self, client, query: str) -> None:
        row(
            "<script>alert('&amp;')</script> <mark>",
            summary="& &lt; <b>",
            body="&amp; `<mark>` amp lt b",
        )
        html = shown(client, query)
        assert not re.search(r"<(?!/?(mark|li|div|h2|a|p|data|bdi)\b)", html), html
        text = unescape(re.sub("<[^>]*>", "", html))
        assert "<script>alert('&amp;')</script> <mark>" in text


class TestNamed:
    def test_topics_and_targets_that_are_called_so(self, client) -> None:
        topic = Topic.objects.create(name="Water", slug="water")
        target = TargetFactory(name="Water Office", slug="water-office")
        PetitionTarget.objects.create(petition=row("Pipes"), target=target)
        Topic.objects.create(name="Underwater", slug="underwater")
        response = client.get("/petitions/?q=wáter")
        assert set(response.context["named"]) == {
            ("Water", "/topics/water/"),
            ("Water Office", "/targets/water-office/"),
        }
        assert topic.get_absolute_url() in response.content.decode()
        assert client.get("/petitions/?q=water+office").context["named"] == [
            ("Water Office", "/targets/water-office/")
        ]

    def test_five_at_most(self, client) -> None:
        for n in range(9):
            Topic.objects.create(name=f"Water {n}", slug=f"water-{n}")
        assert len(client.get("/petitions/?q=water").context["named"]) == 5


@pytest.mark.parametrize("sort", ["", "trending", "newest", "signatures"])
def test_of_too_many_matches_a_page_is_read_at_a_time(client, monkeypatch, sort: str) -> None:
    """The same petitions in the same order, without numbers."""
    water = Topic.objects.create(name="Water", slug="water")
    now = timezone.now()
    for n in range(8):
        state = ("open", "closed", "closed", "rejected")[n % 4]
        made = row(
            f"Heron {n}",
            status=state,
            outcome="victory" if n % 4 == 2 else "none",
            opened_at=None if n in {1, 4} or state == "rejected" else now - timedelta(days=n % 3),
        )
        Petition.objects.filter(pk=made.pk).update(trend=n % 3, supporter_count=n % 5)
        if n < 6:
            made.topics.add(water)
    row("Egret")
    for status in ("", "open", "closed", "victory"):
        for topic in ("", "water"):
            query = {"q": "heron", "status": status, "sort": sort, "topic": topic}
            counted = client.get("/petitions/", query).context
            with monkeypatch.context() as changed:
                changed.setattr(finding, "COUNTED", 3)
                many = client.get("/petitions/", query).context
            expected = [petition.pk for petition in counted["petitions"]]
            found = [petition.pk for petition in many["petitions"]]
            assert counted["total"] == len(expected) > 0
            assert many["total"] is None
            assert {number for *_rest, number, _current in many["statuses"]} == {None}
            assert sorted(found) == sorted(expected)
            if sort:  # the best match is no order of so many
                assert found == expected


class TestTooManyPages:
    def test_pages_lead_on_as_long_as_there_is_more(self, client, monkeypatch) -> None:
        monkeypatch.setattr(finding, "COUNTED", 3)
        monkeypatch.setattr(petition_list, "ROWS", 2)
        for n in range(5):
            row(f"Heron {n}")
        pages = [client.get(f"/petitions/?q=heron&page={n}") for n in (1, 2, 3)]
        shown = [petition.pk for page in pages for petition in page.context["petitions"]]
        assert len(set(shown)) == len(shown) == 5
        assert [page.context["page"]["next_url"] is not None for page in pages] == [
            True, True, False,
        ]  # fmt: skip
        assert "too many to count" in pages[0].content.decode()
        offered = [label for _key, label, _url, _current in pages[0].context["sorts"]]
        assert offered == ["Trending", "Newest", "Most supporters"]
        beyond = client.get("/petitions/?q=heron&page=4")
        assert beyond.status_code == 404

    def test_no_search_is_read_without_end(self, client, count_queries) -> None:
        with count_queries() as queries:
            response = client.get("/petitions/?q=heron&page=251")
        assert response.status_code == 404
        assert len(queries) == 0, queries


HOSTILE = [
    "\x00", "a\x00b", "\ud800", "x" * 10_000, "x " * 5_000, ".*", "(a+)+$", "[", "\\", "'", '"', "%",
    "\u202eabc", "شجرة", "\u0301\u0302", "😀", "ﷺ", "½", "İ", "<b>", "&lt;", "{{ q }}", "a\u2028b",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_is_an_error(client, query: str) -> None:
    row("شجرة İ ½ a b x ﷺ 😀", body="abc \u0301 شجرة <b> &lt; %")
    typed = query.encode("utf-8", "surrogatepass")
    for path in ("/petitions/", "/es/petitions/"):
        response = client.get(path, query_params={"q": typed})
        assert response.status_code == 200
        assert "<b>" not in response.content.decode()
