"""Search: words are cut once for both databases, and no query is an error."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from petitions import search
from petitions.bulk import save_new
from petitions.models import Petition
from tests.conftest import SHARED
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


def found(query: str) -> set[str]:
    return set(search.matching(Petition.objects.all(), query).values_list("title", flat=True))


def ranked(query: str) -> list[str]:
    rows = search.ranked(Petition.objects.all(), query)
    return [row.title for row in sorted(rows, key=lambda row: row.rank, reverse=True)]


def petition(title: str, **texts: str) -> Petition:
    return PetitionFactory(title=title, **{"summary": "", "body": "", "ask": "", **texts})


class TestWhatIsFound:
    def test_a_word_of_any_text_of_a_petition(self) -> None:
        petition("Title", summary="cormorant", body="Some **heron** here.", ask="- an egret")
        assert found("cormorant") == found("heron") == found("egret") == found("title") == {"Title"}

    def test_the_beginning_of_a_word_is_enough_but_not_its_end(self) -> None:
        petition("Mend the bridge")
        assert found("brid") == {"Mend the bridge"}
        assert found("idge") == set()

    def test_every_word_is_needed_in_any_order(self) -> None:
        petition("Mend the bridge")
        petition("Mend the road")
        assert found("bridge mend") == {"Mend the bridge"}
        assert found("bridge road") == set()

    def test_case_and_latin_accents_do_not_matter(self) -> None:
        petition("Café für ALLE in Łódź")
        for query in ("cafe", "CAFÉ", "fur", "alle", "cafe\u0301", "łodz"):
            assert found(query) == {"Café für ALLE in Łódź"}, query

    def test_markup_and_addresses_of_links_are_not_words(self) -> None:
        petition("Links", body="See [our plan](https://example.org/secretpath).")
        assert found("plan") == {"Links"}
        assert found("secretpath") == set()

    @pytest.mark.parametrize(
        ("title", "query"),
        [
            ("Скасування депутатської недоторканості", "депутатської"),
            ("Скасування депутатської недоторканості", "НЕДОТОРКАН"),
            ("Підвищити зарплату м'яким чиновникам", "підвищити"),
            ("أوقفوا قطع الأشجار في الحديقة", "الأشجار"),
            ("स्वच्छ हवा के लिए याचिका", "हवा"),
            ("स्वच्छ हवा के लिए याचिका", "स्वच्छ"),
            ("동네 도서관을 지켜 주세요", "도서관"),
            ("Κάτω τα χέρια από το πάρκο", "πάρκο"),
            ("Straße sperren", "strasse"),
        ],
    )
    def test_other_scripts(self, title: str, query: str) -> None:
        petition(title)
        petition("Something else")
        assert found(query) == {title}

    def test_marks_belong_to_their_word(self) -> None:
        petition("हवा")
        assert found("हवि") == set()

    def test_a_changed_text_is_found_by_its_new_words_alone(self) -> None:
        changed = petition("Mend the bridge", body="heron")
        changed.title, changed.body = "Mend the tower", "egret"
        changed.save()
        assert found("tower egret") == {"Mend the tower"}
        assert found("bridge") == found("heron") == set()

    def test_of_a_long_query_the_first_words_are_looked_for(self) -> None:
        words = [f"word{n}" for n in range(search.MAX_QUERY_WORDS)]
        petition("Long", body=" ".join(words))
        assert found(" ".join([*words, "absent"])) == {"Long"}
        assert found(" ".join([*words[:-1], "absent"])) == set()

    def test_the_queryset_that_was_given_is_kept(self) -> None:
        petition("Mend the bridge")
        other = petition("Mend the bridge again")
        only = Petition.objects.filter(pk=other.pk)
        assert [*search.matching(only, "mend")] == [*search.ranked(only, "mend")] == [other]

    def test_it_can_be_part_of_a_subquery(self) -> None:
        petition("Mend the bridge")
        petition("Mow the lawn")
        inner = search.matching(Petition.objects.all(), "bridge").values("pk")
        assert [p.title for p in Petition.objects.filter(pk__in=inner)] == ["Mend the bridge"]


class TestOrder:
    def test_a_title_weighs_more_than_a_text(self) -> None:
        petition("The heron", body="Of a pond.")
        petition("The pond", body="Of a heron, a heron, a heron.")
        petition("Neither", body="of them")
        assert ranked("heron") == ["The heron", "The pond"]


HOSTILE = [
    '"', "'", "''", "(", ")", "((", "*", "^", ":", "title:", "title:bridge", "-bridge", "+", "AND", "OR",
    "NOT", "NEAR(a b)", "a AND", "a | b", "a & b", "!a", "<->", "a:*", "\\", "\\'", "%", "%s", "%%", "{}",
    "; DROP TABLE petitions_petition", "\x00", "a\x00b", "\ud800", "a\udfffb", "\ufffe", "😀", "👩‍👩‍👧", "\u202e",
    "\u0301", "ﷺ", "İ", "ß" * 300, "a" * 10_000, "a " * 5_000, "é" * 5_000, "' OR 1=1 --", "bridge\n\t bridge",
    "petitions_fts", "rowid:1", "rest", "½", "१२३",
]  # fmt: skip


class TestHostileQueries:
    @pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
    def test_none_is_an_error(self, query: str) -> None:
        petition("Mend the bridge")
        assert set(ranked(query)) == found(query) <= {"Mend the bridge"}

    @pytest.mark.parametrize("query", ["", "  ", '"', "***", "!?", "😀", "\x00"])
    def test_a_query_without_a_word_finds_nothing(self, query: str) -> None:
        petition("Mend the bridge")
        assert found(query) == set()

    def test_operators_are_words_like_others(self) -> None:
        petition("Salt and pepper or not")
        petition("Salt")
        assert found("salt AND pepper") == found("pepper OR") == {"Salt and pepper or not"}
        assert found("title:salt") == set()  # "title" is no word of either

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_none_is_an_error_as_a_text(self, text: str) -> None:
        if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
            text = text.encode("ascii", "ignore").decode().replace("\x00", "")
        made = petition(f"Bridge {text}"[:300], body=text * 2)
        assert [row.pk for row in search.ranked(Petition.objects.all(), "bridge")] == [made.pk]

    def test_the_longest_texts_can_be_indexed(self) -> None:
        petition("Long", body=" ".join(f"word{n}" for n in range(2_500))[:20_000])
        assert found("word1 word2 word1999") == {"Long"}

    @pytest.mark.shared
    def test_real_and_naughty_texts_are_found_by_their_own_title(self) -> None:
        with (SHARED / "hostile_texts.jsonl").open("rb") as lines:
            texts = [json.loads(line) for line in lines]
        rows = [
            Petition(
                title=text["title"].replace("\x00", "")[:300] or "-", body=text["body"][:20_000]
            )
            for text in texts
        ]
        save_new(rows)
        for row in rows:
            if any(search.words(row.title)):
                hits = search.matching(Petition.objects.all(), row.title)
                assert row.pk in hits.values_list("pk", flat=True), row.title
            else:
                assert not search.matching(Petition.objects.all(), row.title)


def many(number: int) -> None:
    save_new(
        [
            Petition(title=f"Number {n} of many", body=f"rare{n % 500}", status="open")
            for n in range(number)
        ]
    )


class TestIndex:
    @pytest.mark.postgresql
    def test_postgresql_reads_the_gin_index(self) -> None:
        many(2_000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE petitions_petition, petitions_petitionsearch")
        for rows in (
            search.matching(Petition.objects.public(), "rare77"),
            search.ranked(Petition.objects.public(), "rare77"),
        ):
            plan = rows.explain()
            assert "petitions_search_vector" in plan, plan

    @pytest.mark.sqlite
    def test_sqlite_reads_the_fts5_index_once(self) -> None:
        many(200)
        for rows in (
            search.matching(Petition.objects.public(), "rare77"),
            search.ranked(Petition.objects.public(), "rare77"),
        ):
            plan = rows.explain()
            assert "petitions_fts VIRTUAL TABLE INDEX 0:M2" in plan, plan
            # A subquery for each row would find all matches again for each of them.
            assert "CORRELATED" not in plan, plan


def rebuild() -> str:
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    return out.getvalue()


def forget_documents() -> None:
    table = "petitions_petitionsearch" if connection.vendor == "postgresql" else "petitions_fts"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


class TestRebuild:
    def test_what_was_lost_is_found_again(self, monkeypatch) -> None:
        monkeypatch.setattr("petitions.management.commands.rebuild_search.BATCH", 2)
        for n in range(5):
            petition(f"Heron {n}", body="egret")
        forget_documents()
        assert found("heron") == set()
        assert rebuild() == "5 petitions indexed, 0 stale documents dropped.\n"
        assert len(found("heron egret")) == 5

    def test_twice_changes_nothing(self) -> None:
        petition("Heron")
        rebuild()
        rebuild()
        assert ranked("heron") == ["Heron"]

    @pytest.mark.sqlite
    def test_documents_of_nobody_are_dropped(self) -> None:
        petition("Heron")
        rebuild()  # drops what tests left that end by emptying the tables
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO petitions_fts (rowid, title, rest) VALUES (99999, 'heron', '')"
            )
        assert rebuild() == "1 petitions indexed, 1 stale documents dropped.\n"
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM petitions_fts")
            assert cursor.fetchone() == (1,)
