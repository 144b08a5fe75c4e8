"""Petitions from elsewhere, and the supporters they bring along."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from petitions import search
from petitions.models import Petition, PetitionSlug, PetitionVersion
from supporters.fold import fold
from supporters.models import CountAdjustment
from tests.conftest import SHARED
from tests.factories import SignatureFactory
from tests.supporters.import_files import SOURCE, import_rows, is_counted_right, numbers, row


@pytest.fixture
def run(tmp_path: Path):
    return partial(import_rows, tmp_path)


@pytest.mark.django_db
class TestOnePetition:
    def test_the_uk_format_as_it_stands(self, run) -> None:
        out, errors = run([row()])
        assert numbers(out) == "1 lines in: 1 imported, 0 updated, 0 unchanged, 0 refused"
        assert errors == ""
        petition = Petition.objects.get()
        created = datetime(2017, 1, 24, 22, 55, 30, 361_000, tzinfo=UTC)
        assert (petition.source, petition.source_id) == (SOURCE, "178330")
        assert (petition.title, petition.slug) == ("Make it tax free.", "make-it-tax-free")
        assert (petition.status, petition.read_only, petition.is_signable) == ("open", True, False)
        assert petition.opened_at == petition.created_at == created
        assert (petition.language, petition.organizer, petition.trend) == ("en", None, 0)
        assert petition.supporter_count == 31_289
        (entry,) = CountAdjustment.objects.all()
        assert (entry.petition, entry.kind, entry.quantity) == (petition, "carried_over", 31_289)
        assert (entry.source, entry.happened_on) == (SOURCE, timezone.localdate())
        assert PetitionVersion.objects.get().number == 1
        assert petition.version == PetitionVersion.objects.get()
        assert PetitionSlug.objects.get().slug == petition.slug
        assert search.matching(Petition.objects.all(), "tax").exists()

    def test_every_field(self, run) -> None:
        run(
            [
                {
                    "id": 7,
                    "title": "  Salvar el\n\tparque  ",
                    "summary": "Es verde.",
                    "body": "# Por qué\n\nPorque sí.",
                    "ask": "No construir.",
                    "created": "2015-03-01",
                    "opened": "2015-03-02T10:00:00+02:00",
                    "closed": "2015-09-02",
                    "closes": "2015-09-30",
                    "status": "closed",
                    "outcome": "victory",
                    "signature_count": 12,
                    "organizer_name": "Ana Ferreira",
                    "goal": 100,
                    "language": "es-MX",
                    "url": "https://example.org/7",
                    "more": {"ignored": [True]},
                }
            ]
        )
        petition = Petition.objects.get()
        assert petition.title == "Salvar el parque"
        assert petition.source_id == "7"
        assert "Porque sí." in petition.safe_html
        assert "No construir." in petition.safe_ask_html
        assert petition.summary == "Es verde."
        assert petition.created_at == datetime(2015, 3, 1, tzinfo=UTC)
        assert petition.opened_at == datetime(2015, 3, 2, 8, tzinfo=UTC)
        assert petition.closed_at == datetime(2015, 9, 2, tzinfo=UTC)
        assert petition.closes_at == datetime(2015, 9, 30, tzinfo=UTC)
        assert (petition.status, petition.outcome) == ("closed", "victory")
        assert petition.outcome_source == "https://example.org/7"
        assert (petition.organizer_name, petition.goal) == ("Ana Ferreira", 100)
        assert petition.language == "es-MX"
        assert CountAdjustment.objects.get().reason == "https://example.org/7"

    def test_id_and_title_are_enough(self, run) -> None:
        run([{"id": "1", "title": "Mend it", "body": None, "status": None, "goal": None}])
        petition = Petition.objects.get()
        assert (petition.status, petition.supporter_count) == ("open", 0)
        assert (petition.opened_at, petition.closed_at) == (None, None)
        assert not CountAdjustment.objects.exists()

    def test_a_closed_one_needs_no_date_and_a_date_needs_no_status(self, run) -> None:
        run([row(id="1", status="closed"), {"id": "2", "title": "B", "closed": "2016-01-01"}])
        first, second = Petition.objects.order_by("pk")
        assert (first.status, first.closed_at) == ("closed", None)
        assert first.opened_at is not None
        assert (second.status, second.closed_at.year) == ("closed", 2016)

    def test_a_rejected_one_was_never_open(self, run) -> None:
        run([row(status="rejected", signature_count=5)])
        petition = Petition.objects.get()
        assert (petition.status, petition.opened_at) == ("rejected", None)
        assert petition.created_at.year == 2017

    def test_open_lets_people_sign(self, run, client) -> None:
        run([row()], "--open")
        petition = Petition.objects.get()
        assert petition.is_signable
        SignatureFactory(petition=petition, is_confirmed=True)
        fold(petition.pk)
        assert Petition.objects.get().supporter_count == 31_290

    def test_the_language_of_those_that_name_none(self, run) -> None:
        run([row(id="1"), row(id="2", language="ar")], "--language", "uk")
        assert [*Petition.objects.order_by("pk").values_list("language", flat=True)] == ["uk", "ar"]

    def test_nobody_signs_for_an_organizer_and_no_mail_goes_out(self, run, mailoutbox) -> None:
        run([row()], "--open")
        assert not SignatureFactory._meta.model.objects.exists()
        assert mailoutbox == []

    def test_same_titles_have_different_addresses(self, run, client) -> None:
        run([row(id=str(n)) for n in range(6)])
        assert Petition.objects.values("slug").distinct().count() == 6

    def test_it_is_browsable(self, run, client) -> None:
        run([row(), row(id="2", title="Скасування недоторканості", language="uk", status="closed")])
        html = client.get("/petitions/?sort=signatures").content.decode()
        assert "Make it tax free." in html
        assert "31,289" in html
        found = client.get("/petitions/?q=скасування").content.decode()
        assert "<mark>Скасування</mark> недоторканості" in found
        assert client.get("/petitions/make-it-tax-free/").status_code == 200


@pytest.mark.django_db
class TestAgain:
    def test_a_second_run_changes_nothing(self, run) -> None:
        rows = [row(id=str(n), title=f"Number {n}") for n in range(5)]
        run(rows)
        before = [*Petition.objects.order_by("pk").values()]
        out, errors = run(rows)
        assert numbers(out) == "5 lines in: 0 imported, 0 updated, 5 unchanged, 0 refused"
        assert errors == ""
        assert [*Petition.objects.order_by("pk").values()] == before
        assert CountAdjustment.objects.count() == PetitionVersion.objects.count() == 5

    def test_a_count_that_rose_or_fell_is_followed_by_an_entry(self, run) -> None:
        run([row(signature_count=100)])
        petition = Petition.objects.get()
        out, _errors = run([row(signature_count=130)])
        assert numbers(out) == "1 lines in: 0 imported, 1 updated, 0 unchanged, 0 refused"
        run([row(signature_count=90)])
        run([row(signature_count=90)])
        entries = CountAdjustment.objects.order_by("id").values_list("quantity", flat=True)
        assert [*entries] == [100, 30, -40]
        assert Petition.objects.get().supporter_count == 90
        assert is_counted_right(petition)

    def test_down_to_nothing_and_up_again(self, run) -> None:
        for count in (3, 0, 0, 2):
            run([row(signature_count=count)])
            assert Petition.objects.get().supporter_count == count

    def test_signatures_given_here_are_not_mistaken_for_those_carried_over(self, run) -> None:
        run([row(signature_count=100)], "--open")
        petition = Petition.objects.get()
        SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
        fold(petition.pk)
        CountAdjustment.objects.create(petition=petition, kind="paper", quantity=7)
        out, _errors = run([row(signature_count=100)], "--open")
        assert "1 unchanged" in out
        run([row(signature_count=101)], "--open")
        assert Petition.objects.get().supporter_count == 110

    def test_what_was_edited_closed_or_hidden_here_stays(self, run) -> None:
        run([row(id="1"), row(id="2")])
        first, second = Petition.objects.order_by("pk")
        first.title, first.slug = "Edited here", "edited"
        first.save()
        first.close(by=None)
        second.hide(by=None)
        run([row(id="1", title="From there"), row(id="2", status="open")])
        assert [*Petition.objects.order_by("pk").values_list("title", "status")] == [
            ("Edited here", "closed"),
            ("Make it tax free.", "hidden"),
        ]

    def test_another_source_is_another_petition(self, run) -> None:
        run([row()])
        out, _errors = run([row()], source="Elsewhere")
        assert "1 imported" in out
        assert Petition.objects.count() == 2

    def test_what_is_new_in_a_grown_file_is_added(self, run) -> None:
        run([row(id="1")])
        out, _errors = run([row(id="2"), row(id="1", signature_count=31_290), row(id="3")])
        assert numbers(out) == "3 lines in: 2 imported, 1 updated, 0 unchanged, 0 refused"

    def test_the_same_id_twice_in_a_file_counts_once(self, run) -> None:
        for _ in range(2):
            _out, errors = run([row(signature_count=5), row(signature_count=6)])
            assert errors == "line 2: id 178330 was on line 1 already\n"
            assert Petition.objects.get().supporter_count == 5

    def test_a_dry_run_tells_and_stores_nothing(self, run) -> None:
        run([row(id="1"), row(id="2")])
        rows = [row(id="1"), row(id="2", signature_count=1), row(id="3"), b"x"]
        out, errors = run(rows, "--dry-run")
        assert numbers(out) == "4 lines in: 1 imported, 1 updated, 1 unchanged, 1 refused"
        assert "Nothing was stored" in out
        assert errors == "line 4: not JSON\n"
        assert Petition.objects.count() == CountAdjustment.objects.count() == 2
        assert Petition.objects.get(source_id="2").supporter_count == 31_289


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_take_each_petition_once(tmp_path: Path) -> None:
    path = tmp_path / "petitions.jsonl"
    path.write_text("".join(json.dumps(row(id=str(n))) + "\n" for n in range(60)))
    begin = threading.Barrier(2)

    def run_one() -> str:
        out = StringIO()
        begin.wait(timeout=20)
        try:
            call_command("import_petitions", path, source=SOURCE, stdout=out, stderr=out)
        finally:
            connection.close()
        return out.getvalue()

    with ThreadPoolExecutor(2) as pool:
        told = [*pool.map(lambda _n: run_one(), range(2))]
    assert sum(int(re.search(r"(\d+) imported", text)[1]) for text in told) == 60
    assert sum(int(re.search(r"(\d+) unchanged", text)[1]) for text in told) == 60
    assert Petition.objects.count() == CountAdjustment.objects.count() == 60
    assert all(is_counted_right(petition) for petition in Petition.objects.all())


class TestCommandLine:
    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="No such file"):
            call_command("import_petitions", tmp_path / "none.jsonl", source="x")
        with pytest.raises(CommandError, match="Is a directory"):
            call_command("import_petitions", tmp_path, source="x")

    @pytest.mark.parametrize(
        "options",
        [
            {"source": ""},
            {"source": " "},
            {"source": "x" * 201},
            {"source": "x", "language": "y" * 13},
        ],
    )
    def test_options_that_do_not_fit(self, tmp_path: Path, options: dict[str, str]) -> None:
        path = tmp_path / "empty.jsonl"
        path.write_text("")
        with pytest.raises(CommandError):
            call_command("import_petitions", path, **options)

    @pytest.mark.django_db
    def test_an_empty_file(self, run) -> None:
        assert numbers(run([])[0]).startswith("0 lines in: 0 imported")

    @pytest.mark.django_db
    def test_statements_for_a_batch_not_for_a_petition(self, run, count_queries) -> None:
        with count_queries() as few:
            run([row(id=f"few{n}") for n in range(5)])
        with count_queries() as many:
            run([row(id=f"many{n}") for n in range(60)])
        # SQLite takes 999 values a statement; the search documents go in by executemany.
        assert len(many) <= len(few) + 60 // 10, many


@pytest.mark.shared
@pytest.mark.django_db
class TestRealPetitions:
    @pytest.mark.journeys
    def test_the_whole_uk_file_is_imported_and_browsable(self, client) -> None:
        out, errors = StringIO(), StringIO()
        path = SHARED / "uk_epetitions_2015_2017.jsonl"
        call_command("import_petitions", path, source=SOURCE, stdout=out, stderr=errors)
        assert numbers(out.getvalue()) == (
            "8489 lines in: 8487 imported, 0 updated, 0 unchanged, 2 refused"
        )
        assert errors.getvalue() == (
            "line 2501: id 157043 was on line 2500 already\n"
            "line 3001: id 140095 was on line 3000 already\n"
        )
        wrong = Petition.objects.exclude(
            pk__in=CountAdjustment.objects.filter(quantity__gt=0).values("petition")
        )
        assert not wrong.exists()
        total = Petition.objects.aggregate(sum=Sum("supporter_count"))["sum"]
        assert total == CountAdjustment.objects.aggregate(sum=Sum("quantity"))["sum"]
        response = client.get("/petitions/?sort=signatures")
        assert response.context["total"] == 8487
        assert response.context["petitions"][0].live_count == 4_150_260
        assert client.get("/petitions/?page=425").status_code == 200
        assert client.get("/petitions/?page=426").status_code == 404
        largest = response.context["petitions"][0]
        found = client.get("/petitions/", {"q": largest.title}).context["petitions"]
        assert found[0].pk == largest.pk
        assert client.get(largest.get_absolute_url()).status_code == 200
        again = StringIO()
        call_command("import_petitions", path, source=SOURCE, stdout=again, stderr=errors)
        assert "0 imported, 0 updated, 8487 unchanged" in again.getvalue()
