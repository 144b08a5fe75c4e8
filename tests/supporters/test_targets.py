"""/targets/, the page of a target and its feed."""

import re

import pytest

from petitions.models import Petition, PetitionTarget, Target
from supporters.tokens import Purpose, make
from supporters.views import targets
from tests.factories import PetitionFactory, TargetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> Target:
    return TargetFactory(
        name="Bridges Board",
        slug="bridges-board",
        role="Owner of bridges",
        organization="County",
        email="secret@example.org",
        phone="01632 960 111",
        website="https://bridges.example.org/",
    )


def to(target: Target, title: str = "Mend it", status: str = "open", **more) -> Petition:
    relation = more.pop("relation", "decides")
    row = PetitionFactory(title=title, status=status, **more)
    PetitionTarget.objects.create(petition=row, target=target, relation=relation)
    return row


class TestPage:
    def test_who_it_is_without_contacts(self, client, board) -> None:
        to(board)
        html = client.get("/targets/bridges-board/").content.decode()
        assert "<h1><bdi>Bridges Board</bdi></h1>" in html
        assert "Owner of bridges, County" in html
        assert '<a href="https://bridges.example.org/" rel="nofollow noopener">' in html
        assert "secret@" not in html
        assert "01632" not in html

    def test_its_name_is_not_said_again_in_each_row(self, client, board) -> None:
        to(board, title="To it alone")
        both = to(board, title="To it and another")
        PetitionTarget.objects.create(petition=both, target=TargetFactory(name="River Board"))
        html = client.get("/targets/bridges-board/").content.decode()
        rows = dict(re.findall(r"<h2><a [^>]*>(.*?)</a></h2>(.*?)</li>", html, re.DOTALL))
        assert "Bridges Board" not in rows["To it alone"]
        assert "Bridges Board" in rows["To it and another"]
        assert "River Board" in rows["To it and another"]

    @pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "", "//x"])
    def test_a_website_is_a_web_address(self, client, board, website: str) -> None:
        Target.objects.update(website=website)
        to(board)
        assert (
            'rel="nofollow noopener"' not in client.get("/targets/bridges-board/").content.decode()
        )

    def test_what_was_asked_and_answered(self, client, board) -> None:
        to(board)
        to(board, status="closed")
        to(board, status="closed", outcome="victory")
        to(board, status="closed", outcome="declined")
        to(board, status="closed", outcome="withdrawn")
        to(board, status="rejected")
        to(TargetFactory(), "Elsewhere")
        response = client.get("/targets/bridges-board/")
        assert response.context["counts"] == {"open": 1, "closed": 4, "answered": 2, "victory": 1}
        assert len(response.context["petitions"]) == 5
        assert "Elsewhere" not in response.content.decode()

    @pytest.mark.parametrize(
        ("status", "relation"),
        [
            ("draft", "decides"),
            ("in_review", "decides"),
            ("rejected", "decides"),
            ("hidden", "decides"),
            ("open", "called"),
        ],
    )
    def test_there_is_none_before_a_petition_to_it_is_published(
        self, client, board, status: str, relation: str
    ) -> None:
        to(board, status=status, relation=relation)
        assert client.get("/targets/bridges-board/").status_code == 404
        assert client.get("/targets/bridges-board.atom").status_code == 404
        assert "Bridges Board" not in client.get("/targets/").content.decode()
        assert "Bridges Board" not in client.get("/petitions/?q=bridges+board").content.decode()

    def test_both_relations_count_once(self, client, board) -> None:
        row = to(board)
        PetitionTarget.objects.create(petition=row, target=TargetFactory(), relation="influences")
        assert client.get("/targets/bridges-board/").context["counts"]["open"] == 1

    def test_statements_and_caches(self, client, board, count_queries) -> None:
        for n in range(12):
            to(board, f"Open {n}")
            to(board, f"Closed {n}", "closed")
        with count_queries() as queries:
            response = client.get("/targets/bridges-board/")
        assert len(queries) <= 5, queries
        assert not response.cookies
        assert response["Cache-Control"].startswith("public, max-age=1,")
        assert client.get("/targets/bridges-board/?page=3").status_code == 404

    def test_the_petition_names_it(self, client, board) -> None:
        row = to(board)
        html = client.get(f"/petitions/{row.slug}/").content.decode()
        assert '<a href="/targets/bridges-board/">Bridges Board</a>' in html

    def test_a_preview_leads_nowhere(self, client, board) -> None:
        row = to(board, status="draft")
        html = client.get(f"/petitions/preview/{make(Purpose.PREVIEW, row.pk)}/").content.decode()
        assert "Bridges Board" in html
        assert "/targets/" not in html

    def test_a_rejected_petition_leads_nowhere(self, client, board) -> None:
        row = to(board, status="rejected")
        html = client.get(f"/petitions/{row.slug}/").content.decode()
        assert "Bridges Board" in html
        assert "/targets/" not in html


class TestIndex:
    def test_by_name_with_how_many_were_asked(self, client, board, count_queries) -> None:
        for _ in range(2):
            to(board)
        to(TargetFactory(name="Accounts Office", slug="accounts"), status="closed")
        with count_queries() as queries:
            response = client.get("/targets/")
        rows = [(row.name, row.petitions) for row in response.context["rows"]]
        assert rows == [("Accounts Office", 1), ("Bridges Board", 2)]
        assert len(queries) <= 2, queries

    def test_pages(self, client, monkeypatch) -> None:
        monkeypatch.setattr(targets, "ROWS", 2)
        for n in range(5):
            to(TargetFactory(name=f"Office {n}"))
        names = [
            row.name for n in (1, 2, 3) for row in client.get(f"/targets/?page={n}").context["rows"]
        ]
        assert names == [f"Office {n}" for n in range(5)]
        assert client.get("/targets/?page=4").status_code == 404
        html = client.get("/targets/?page=2").content.decode()
        assert "<title>Who petitions are addressed to, page 2 · Undersigned</title>" in html


class TestFeed:
    def test_its_petitions(self, client, board) -> None:
        to(board, "To it", is_open=True)
        to(TargetFactory(), "Elsewhere", is_open=True)
        feed = client.get("/targets/bridges-board.atom").content.decode()
        assert re.findall(r"<title>(.*?)</title>", feed) == [
            "New petitions to Bridges Board", "To it",
        ]  # fmt: skip
        page = client.get("/targets/bridges-board/").content.decode()
        assert 'href="/targets/bridges-board.atom"' in page


class TestNames:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("bridges board", True),
            ("BOARD", True),
            ("brid boa", True),
            ("oard", False),
            ("bridges office", False),
            ("%", False),
            ("", False),
        ],
    )
    def test_every_word_must_begin_one_of_the_name(self, board, query: str, found) -> None:
        assert Target.objects.called(query).exists() == found

    def test_accents_and_a_new_name(self, board) -> None:
        board.name = "Dirección de Aguas"
        board.save()
        assert Target.objects.called("direccion").get() == board
        assert not Target.objects.called("bridges")
        board.name = "Łódź"
        board.save(update_fields=["name"])
        assert Target.objects.called("łodz").get() == board
