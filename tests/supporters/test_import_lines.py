"""Lines that cannot be imported: each is refused for a reason, and the others go on."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from petitions.models import Petition
from supporters import imports
from supporters.import_lines import BadLine, read_line
from tests.supporters.import_files import import_rows, is_counted_right, numbers, row


@pytest.fixture
def run(tmp_path: Path):
    return partial(import_rows, tmp_path)


BAD = [
    (b"{", "not JSON"),
    (b"\xff\xfe", "not UTF-8"),
    (b'{"id": "1", "title": "caf\xe9"}', "not UTF-8"),
    (b"[1]", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b"[" * 100_000, "not JSON"),
    (b"1" * 5_000, "not JSON"),
    ({"title": "A"}, "id is missing"),
    ({"id": "1"}, "title is missing"),
    (row(id=""), "id is missing"),
    (row(id=" "), "id is missing"),
    (row(id=None), "id is missing"),
    (row(id=True), "id is not text"),
    (row(id=1.5), "id is not text"),
    (row(id="x" * 101), "id has 101 characters; 100 is the most"),
    (row(id="a\0"), "id contains a NUL character"),
    (row(title=" \n\u3000"), "title is missing"),
    (row(title=5), "title is not text"),
    (row(title="x" * 301), "title has 301 characters; 300 is the most"),
    (row(title="a\0b"), "title contains a NUL character"),
    (b'{"id": "1", "title": "\\ud800"}', "title contains half of a surrogate pair"),
    (row(body="x" * 20_001), "body has 20001 characters; 20000 is the most"),
    (row(body="a\0b"), "body contains a NUL character"),
    (row(body=["a"]), "body is not text"),
    (row(ask="x" * 20_001), "ask has 20001 characters; 20000 is the most"),
    (row(summary="x" * 501), "summary has 501 characters; 500 is the most"),
    (row(organizer_name="x" * 201), "organizer_name has 201 characters; 200 is the most"),
    (row(signature_count=-1), "signature_count is not between 0 and 2147483647"),
    (row(signature_count=2**31), "signature_count is not between 0 and 2147483647"),
    (row(signature_count=10**30), "signature_count is not between 0 and 2147483647"),
    (row(signature_count=1.5), "signature_count is not a whole number"),
    (row(signature_count="7"), "signature_count is not a whole number"),
    (row(signature_count=True), "signature_count is not a whole number"),
    (row(signature_count=float("nan")), "signature_count is not a whole number"),
    (row(goal=0), "goal is not between 1 and 2147483647"),
    (row(created="yesterday"), "created is no ISO 8601 date"),
    (row(created="2017-02-30"), "created is no ISO 8601 date"),
    (row(created=1485298530), "created is no ISO 8601 date"),
    (row(created="0001-01-01T00:00:00+14:00"), "created is no ISO 8601 date"),
    (row(created="0900-01-01"), "created is no year of a petition"),
    (row(created="2999-01-01"), "created lies in the future"),
    (row(opened="2999-01-01"), "opened lies in the future"),
    (row(status="closed", closed="2999-01-01"), "closed lies in the future"),
    (row(closes="soon"), "closes is no ISO 8601 date"),
    (row(status="hidden"), "status is none of open, closed, rejected"),
    (row(status=["open"]), "status is none of open, closed, rejected"),
    (row(closed="2016-01-01"), "closed or outcome is given, but the status is open"),
    (row(outcome="victory"), "closed or outcome is given, but the status is open"),
    (
        row(status="closed", outcome="won"),
        "outcome is none of none, victory, partial, declined, withdrawn",
    ),
    (row(language="english language"), "language is no language tag of up to 12 characters"),
    (row(language="'"), "language is no language tag of up to 12 characters"),
    (row(url="javascript:alert(1)"), "url is no http(s) address"),
    (row(url="https://example.org/" + "x" * 200), "url has 220 characters; 200 is the most"),
]  # fmt: skip


class TestBadLines:
    @pytest.mark.parametrize(("line", "why"), BAD, ids=range(len(BAD)))
    def test_each_is_refused_for_a_reason(self, line: Any, why: str) -> None:
        raw = line if isinstance(line, bytes) else json.dumps(line).encode()
        with pytest.raises(BadLine) as refused:
            read_line(raw)
        assert str(refused.value) == why

    @pytest.mark.django_db
    def test_they_stop_nothing_and_are_told_by_number(self, run) -> None:
        lines: list[Any] = []
        for number, (line, _why) in enumerate(BAD):
            lines += [line, b"", row(id=str(number))]
        out, errors = run(lines)
        assert f"{len(BAD)} imported, 0 updated, 0 unchanged, {len(BAD)} refused" in out
        told = errors.splitlines()
        assert told == [f"line {3 * n + 1}: {why}" for n, (_line, why) in enumerate(BAD)]
        assert Petition.objects.count() == len(BAD)

    @pytest.mark.django_db
    def test_blank_lines_and_a_byte_order_mark_are_no_lines(self, run) -> None:
        out, errors = run([b"\xef\xbb\xbf" + json.dumps(row()).encode(), b"  ", b"\r"])
        assert numbers(out).startswith("1 lines in: 1 imported")
        assert errors == ""

    @pytest.mark.django_db
    def test_longest_values_fit(self, run) -> None:
        out, errors = run(
            [
                row(
                    id="x" * 100,
                    title="ї" * 300,
                    body="x " * 10_000,
                    ask="y " * 9_000,
                    summary="z" * 500,
                    organizer_name="n" * 200,
                    signature_count=2**31 - 1,
                    url="https://example.org/" + "x" * 180,
                )
            ]
        )
        assert errors == ""
        assert "1 imported" in out

    @pytest.mark.django_db
    def test_what_the_database_alone_refuses_costs_the_rest_of_its_batch_nothing(
        self, run, monkeypatch
    ) -> None:
        save_new = imports.save_new

        def picky(petitions: list[Petition]) -> None:
            save_new(petitions)
            if any(petition.source_id == "2" for petition in petitions):
                raise IntegrityError("no twos\nDETAIL: at all")

        monkeypatch.setattr(imports, "save_new", picky)
        out, errors = run([row(id=str(number)) for number in range(5)])
        assert numbers(out) == "5 lines in: 4 imported, 0 updated, 0 unchanged, 1 refused"
        assert errors == "line 3: no twos\n"
        assert {*Petition.objects.values_list("source_id", flat=True)} == {"0", "1", "3", "4"}
        assert all(is_counted_right(petition) for petition in Petition.objects.all())

    @pytest.mark.django_db
    def test_more_than_one_batch(self, run, monkeypatch) -> None:
        monkeypatch.setattr(imports, "BATCH", 3)
        out, errors = run([row(id=str(n)) for n in range(8)] + [b"x", row(id="1")])
        assert numbers(out) == "10 lines in: 8 imported, 0 updated, 0 unchanged, 2 refused"
        assert errors == "line 9: not JSON\nline 10: id 1 was on line 2 already\n"
