"""/petitions/: browse and search."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionTarget, Topic
from supporters import page_links
from supporters.models import CountAdjustment
from tests.factories import PetitionFactory, SignatureFactory, TargetFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def titles(response) -> list[str]:
    """Of the rows, in order."""
    html = response.content.decode()
    rows = html.partition('<ul class="rows found">')[2].partition("</ul>")[0]
    found = re.findall(r"<h2><a [^>]*>(.*?)</a>", rows)
    return [unescape(re.sub("</?mark>", "", title)) for title in found]


def listed(client, query: str = "") -> list[str]:
    response = client.get(f"/petitions/{query}")
    assert response.status_code == 200
    return titles(response)


def facets(client, query: str = "") -> dict[str, dict[str, int | None]]:
    context = client.get(f"/petitions/{query}").context
    return {
        name: {key: count for key, _label, _url, count, _current in context[name]}
        for name in ("statuses", "topics")
    }


@pytest.fixture
def one_of_each() -> None:
    now = timezone.now()
    PetitionFactory(title="Open", is_open=True)
    PetitionFactory(title="Due", is_open=True, closes_at=now - DAY)
    PetitionFactory(title="Later", is_open=True, closes_at=now + DAY)
    PetitionFactory(title="Closed", is_closed=True)
    PetitionFactory(title="Undated", status="closed")
    PetitionFactory(title="Won", is_closed=True, outcome="victory")
    PetitionFactory(title="Rejected", status="rejected")
    PetitionFactory(title="Draft")
    PetitionFactory(title="Waiting", in_review=True)
    PetitionFactory(title="Hidden", status="hidden")


@pytest.mark.usefixtures("one_of_each")
class TestStatus:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", {"Open", "Due", "Later", "Closed", "Undated", "Won", "Rejected"}),
            ("?status=open", {"Open", "Later"}),
            ("?status=closed", {"Due", "Closed", "Undated", "Won"}),
            ("?status=victory", {"Won"}),
        ],
    )
    def test_each_shows_its_own(self, client, query: str, expected: set[str]) -> None:
        assert set(listed(client, query)) == expected

    @pytest.mark.parametrize("status", ["draft", "hidden", "in_review", "OPEN", "x", "%00"])
    def test_an_unknown_one_counts_as_absent(self, client, status: str) -> None:
        assert len(listed(client, f"?status={status}")) == 7

    def test_the_counts_are_those_of_the_lists(self, client) -> None:
        statuses = facets(client)["statuses"]
        assert statuses == {"": 7, "open": 2, "closed": 4, "victory": 1, "rejected": 1}
        for status, count in statuses.items():
            assert len(listed(client, f"?status={status}")) == count

    def test_a_search_never_shows_what_is_not_public(self, client) -> None:
        assert listed(client, "?q=waiting") == listed(client, "?q=draft") == []
        assert listed(client, "?q=hidden") == []


class TestSort:
    @pytest.fixture(autouse=True)
    def rows(self) -> None:
        now = timezone.now()
        for title, opened_at, count, trend in [
            ("New", now - DAY, 5, 2),
            ("Big", now - 9 * DAY, 900, 0),
            ("Fast", now - 5 * DAY, 70, 40),
        ]:
            row = PetitionFactory(title=title, status="open", opened_at=opened_at)
            Petition.objects.filter(pk=row.pk).update(supporter_count=count, trend=trend)
        PetitionFactory(title="Undated", status="closed")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["Fast", "New", "Big", "Undated"]),
            ("?sort=trending", ["Fast", "New", "Big", "Undated"]),
            ("?sort=newest", ["New", "Fast", "Big", "Undated"]),
            ("?sort=signatures", ["Big", "Fast", "New", "Undated"]),
            ("?sort=title", ["Fast", "New", "Big", "Undated"]),
            ("?sort=", ["Fast", "New", "Big", "Undated"]),
        ],
    )
    def test_orders(self, client, query: str, expected: list[str]) -> None:
        assert listed(client, query) == expected

    def test_a_search_shows_the_best_match_first_unless_told_otherwise(self, client) -> None:
        PetitionFactory(title="Herons", is_open=True)
        PetitionFactory(title="Ponds", is_open=True, body="herons")
        Petition.objects.filter(title="Ponds").update(supporter_count=9, trend=9)
        assert listed(client, "?q=herons") == ["Herons", "Ponds"]
        assert listed(client, "?q=herons&sort=signatures") == ["Ponds", "Herons"]

    def test_the_sorts_that_are_offered(self, client) -> None:
        def offered(query: str) -> list[tuple[str, str, bool]]:
            sorts = client.get(f"/petitions/{query}").context["sorts"]
            return [(label, url, current) for _key, label, url, current in sorts]

        assert offered("?status=open&page=1") == [
            ("Trending", "/petitions/?status=open", True),
            ("Newest", "/petitions/?status=open&sort=newest", False),
            ("Most supporters", "/petitions/?status=open&sort=signatures", False),
        ]
        assert offered("?q=a+b&sort=newest") == [
            ("Best match", "/petitions/?q=a+b", False),
            ("Trending", "/petitions/?q=a+b&sort=trending", False),
            ("Newest", "/petitions/?q=a+b&sort=newest", True),
            ("Most supporters", "/petitions/?q=a+b&sort=signatures", False),
        ]


class TestTopics:
    @pytest.fixture(autouse=True)
    def rows(self) -> None:
        water = Topic.objects.create(name="Water", slug="water")
        roads = Topic.objects.create(name="Дороги", slug="дороги")
        Topic.objects.create(name="Empty", slug="empty")
        for title, topics, status in [
            ("River", [water], "open"),
            ("Bridge", [water, roads], "open"),
            ("Lake", [water], "closed"),
            ("None", [], "open"),
            ("Secret", [water, roads], "draft"),
        ]:
            PetitionFactory(title=title, status=status).topics.set(topics)

    def test_one_topic(self, client) -> None:
        assert set(listed(client, "?topic=water")) == {"River", "Bridge", "Lake"}
        assert listed(client, "?topic=дороги") == ["Bridge"]

    @pytest.mark.parametrize("topic", ["nowhere", "a" * 5000, "'"])
    def test_an_unknown_one_leads_to_the_list_without_it(self, client, topic: str) -> None:
        response = client.get(f"/petitions/?topic={topic}&status=open&q=mend")
        assert response.status_code == 302
        assert response["Location"] == "/petitions/?q=mend&status=open"
        assert client.get(f"/es/petitions/?topic={topic}")["Location"] == "/es/petitions/"

    def test_of_one_that_nobody_can_have_typed_the_rest_is_taken(self, client) -> None:
        for topic, expected in (("%00", 4), ("water%00", 3), ("%ED%A0%80", None)):
            response = client.get(f"/petitions/?topic={topic}")
            assert response.status_code == (200 if expected else 302)
            assert expected is None or len(titles(response)) == expected

    def test_counts_follow_the_search_and_the_other_facet(self, client) -> None:
        assert facets(client)["topics"] == {"": 4, "water": 3, "дороги": 1}
        assert facets(client, "?status=closed")["topics"] == {"": 1, "water": 1}
        assert facets(client, "?q=bridge+ninety&status=open")["topics"] == {
            "": 3,
            "water": 2,
            "дороги": 1,
        }
        assert facets(client, "?topic=water")["statuses"] == {
            "": 3,
            "open": 2,
            "closed": 1,
            "victory": 0,
        }
        assert facets(client, "?topic=water&q=lake")["statuses"][""] == 1

    def test_a_topic_may_be_called_like_a_status(self, client) -> None:
        PetitionFactory(is_open=True).topics.add(Topic.objects.create(name="victory", slug="open"))
        assert facets(client)["topics"]["open"] == 1
        assert facets(client)["statuses"] == {"": 5, "open": 4, "closed": 1, "victory": 0}

    def test_the_chosen_topic_stays_when_nothing_is_left_in_it(self, client) -> None:
        assert facets(client, "?topic=empty")["topics"]["empty"] == 0
        assert listed(client, "?topic=empty") == []

    def test_links_keep_everything_else(self, client) -> None:
        context = client.get("/petitions/?q=ninety&topic=water&sort=newest").context
        urls = {key: url for key, _label, url, _count, _current in context["statuses"]}
        assert urls["open"] == "/petitions/?q=ninety&topic=water&status=open&sort=newest"
        urls = {key: url for key, _label, url, _count, _current in context["topics"]}
        assert urls[""] == "/petitions/?q=ninety&sort=newest"


class TestPages:
    @pytest.fixture(autouse=True)
    def rows(self) -> None:
        for n in range(45):
            PetitionFactory(title=f"Number {n:02}", is_open=True)

    def test_twenty_a_page_and_every_petition_once(self, client) -> None:
        pages = [listed(client, f"?sort=newest&page={n}") for n in (1, 2, 3)]
        assert [len(page) for page in pages] == [20, 20, 5]
        assert [title for page in pages for title in page] == [
            f"Number {n:02}" for n in reversed(range(45))
        ]

    def test_links_to_the_neighbours(self, client) -> None:
        def neighbours(query: str) -> tuple[str | None, str | None]:
            page = client.get(f"/petitions/{query}").context["page"]
            return page["previous_url"], page["next_url"]

        assert neighbours("?status=open") == (None, "/petitions/?status=open&page=2")
        assert neighbours("?page=2") == ("/petitions/", "/petitions/?page=3")
        assert neighbours("?page=3") == ("/petitions/?page=2", None)

    @pytest.mark.parametrize("page", ["", "0", "-1", "x", "1.5", "²", "%00", "1e9", "9" * 5000])
    def test_garbage_is_the_first_page(self, client, page: str) -> None:
        assert client.get(f"/petitions/?page={page}").context["page"]["number"] == 1

    @pytest.mark.parametrize("page", ["4", "000000004", "999999999"])
    def test_beyond_the_last_is_not_found_and_says_where_the_list_ends(
        self, client, page: str
    ) -> None:
        response = client.get(f"/petitions/?status=open&page={page}")
        assert response.status_code == 404
        assert response["Cache-Control"] == "no-store"
        html = response.content.decode()
        assert f"There is no page {int(page):,}: all of it is on 3 pages." in html
        assert 'href="/petitions/?status=open&amp;page=3"' in html
        assert "the petition is not public" not in html

    def test_an_empty_list_has_one_page(self, client) -> None:
        response = client.get("/petitions/?q=nothing")
        assert response.context["page"] == {
            "number": 1,
            "pages": 1,
            "previous_url": None,
            "next_url": None,
            "numbers": [],
        }
        assert client.get("/petitions/?q=nothing&page=2").status_code == 404

    def test_pages_end_somewhere(self, client, monkeypatch) -> None:
        monkeypatch.setattr(page_links, "MAX_PAGES", 2)
        assert client.get("/petitions/?page=2").context["page"]["next_url"] is None
        assert client.get("/petitions/?page=3").status_code == 404
        assert client.get("/petitions/").context["total"] == 45


class TestQuery:
    def test_it_is_shown_as_it_was_typed_and_does_nothing(self, client) -> None:
        html = client.get("/petitions/", {"q": '<script>"alert(1)</script>'}).content.decode()
        assert "<script>&quot;" not in html
        assert "<script>" not in html.replace('<script type="module"', "")
        assert html.count("&lt;script&gt;&quot;alert(1)&lt;/script&gt;") >= 2

    @pytest.mark.parametrize(
        ("raw", "kept"),
        [
            ("%00heron%00", "heron"),
            ("he\x0bron", "he ron"),
            ("%ED%A0%80heron", "\ufffd\ufffd\ufffdheron"),
            ("++heron++%0A", "heron"),
            ("x" * 10_000, "x" * 200),
            ("x" * 199 + "+yy", "x" * 199),
        ],
    )
    def test_what_is_unusable_is_left_out(self, client, raw: str, kept: str) -> None:
        response = client.get(f"/petitions/?q={raw}")
        assert response.status_code == 200
        assert response.context["q"] == kept

    def test_a_blank_one_counts_as_absent(self, client) -> None:
        PetitionFactory(title="Heron", is_open=True)
        assert listed(client, "?q=%20%09") == ["Heron"]

    def test_signs_alone_find_nothing(self, client) -> None:
        PetitionFactory(title="Heron", is_open=True)
        response = client.get("/petitions/?q=%22*%22&topic=x&sort=newest", follow=True)
        assert titles(response) == []
        assert "No petition matches “&quot;*&quot;”" in response.content.decode()

    def test_everything_twice_is_no_error(self, client) -> None:
        assert (
            client.get("/petitions/?q=a&q=b&page=2&page=1&status=open&status=x").status_code == 200
        )

    @pytest.mark.parametrize(
        ("query", "said", "everywhere"),
        [
            ("?q=heron", "No petition matches “heron”.", None),
            ("?q=grey+heron", "No petition matches “grey heron”. Try fewer words.", None),
            ("?q=heron&status=closed&topic=water", "No petition matches “heron”.", None),
            (
                "?q=otter&status=closed&topic=water&sort=newest",
                "No petition matches “otter” within: Closed, Water.",
                '<a href="/petitions/?q=otter&amp;sort=newest">Anywhere on this site</a>',
            ),
            (
                "?status=victory",
                "There is no petition here yet.",
                '<a href="/petitions/">All petitions</a>',
            ),
        ],
    )
    def test_nothing_found_names_what_narrows_the_search(
        self, client, query: str, said: str, everywhere: str | None
    ) -> None:
        Topic.objects.create(name="Water", slug="water")
        PetitionFactory(title="Otters", is_open=True)
        html = client.get(f"/petitions/{query}").content.decode()
        lead = re.search(r'<p class="lead">(.*?)</p>', html)
        assert lead
        assert unescape(re.sub("<[^>]*>", "", lead[1])) == said
        if everywhere:
            assert everywhere in html
        else:
            assert "Anywhere on this site" not in html
            assert '<a href="/petitions/">See all petitions</a>' in html


class TestRow:
    def test_the_number_is_that_of_the_page(self, client) -> None:
        row = PetitionFactory(title="Heron", is_open=True)
        CountAdjustment.objects.create(petition=row, kind="carried_over", quantity=1_200)
        SignatureFactory.create_batch(3, petition=row, is_confirmed=True)  # not folded
        SignatureFactory(petition=row)
        page = client.get("/petitions/").context["petitions"]
        assert [petition.live_count for petition in page] == [1_203]
        assert '<data value="1203">1,203</data>' in client.get("/petitions/").content.decode()

    def test_targets_are_named_in_their_order(self, client) -> None:
        row = PetitionFactory(is_open=True)
        for name in ("Roads Office", "Bridges Board"):
            PetitionTarget.objects.create(petition=row, target=TargetFactory(name=name))
        PetitionFactory(is_open=True)
        found = client.get("/petitions/?sort=newest").context["petitions"]
        assert [[name for name, _url in petition.targets] for petition in found] == [
            [],
            ["Roads Office", "Bridges Board"],
        ]
        html = client.get("/petitions/").content.decode()
        names = re.findall(r'<a class="quiet" href="(/targets/[^"]+/)"><bdi>(.*?)</bdi>', html)
        assert [name for _url, name in names] == ["Roads Office", "Bridges Board"]
        assert client.get(names[0][0]).status_code == 200

    def test_who_is_only_to_be_called_is_not_asked(self, client) -> None:
        row = PetitionFactory(is_open=True)
        PetitionTarget.objects.create(petition=row, target=TargetFactory(), relation="called")
        assert client.get("/petitions/").context["petitions"][0].targets == []

    def test_a_title_in_another_script_keeps_its_direction(self, client) -> None:
        PetitionFactory(title="أوقفوا قطع الأشجار", language="ar", is_open=True)
        html = client.get("/petitions/").content.decode()
        assert 'lang="ar" dir="rtl"' in html


class TestCost:
    def test_statements_do_not_depend_on_how_much_there_is(self, client, count_queries) -> None:
        topic = Topic.objects.create(name="Water", slug="water")
        for n in range(25):
            row = PetitionFactory(title=f"Heron {n}", is_open=True)
            row.topics.add(topic)
            PetitionTarget.objects.create(petition=row, target=TargetFactory())
        SignatureFactory.create_batch(30, petition=row, is_confirmed=True)
        searches = ("?q=heron", "?q=heron+flood&topic=water&status=open&sort=newest&page=2")
        for query, most in {"": 4, "?topic=water&page=2": 4, **dict.fromkeys(searches, 5)}.items():
            with count_queries() as queries:
                client.get(f"/petitions/{query}")
            assert len(queries) <= most, queries
        with count_queries() as queries:
            client.get("/petitions/?topic=unknown")
        assert len(queries) <= 6, queries

    def test_no_cookie_and_any_cache_may_keep_it(self, client) -> None:
        response = client.get("/petitions/?q=heron")
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert response["Cache-Control"].startswith("public, max-age=1,")

    def test_who_is_logged_in_gets_the_same_bytes(self, client, admin_client) -> None:
        PetitionFactory(is_open=True)
        assert client.get("/petitions/").content == admin_client.get("/petitions/").content

    def test_it_is_only_read(self, client) -> None:
        assert client.post("/petitions/").status_code == 405
        assert client.head("/petitions/").status_code == 200
