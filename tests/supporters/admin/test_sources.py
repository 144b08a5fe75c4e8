"""Where supporters came from: for the petition's organizer and for moderators."""

import pytest

from supporters.growth.figures import refresh_one
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana):
    petition = PetitionFactory(is_open=True, organizer=ana, slug="mend", title="Mend the bridge")
    for source, number in {"w": 12, "leaflet": 5, "": 6, "m": 4, "radio-2": 3}.items():
        SignatureFactory.create_batch(number, petition=petition, is_confirmed=True, source=source)
    SignatureFactory.create_batch(2, petition=petition, source="w")
    SignatureFactory(petition=petition, source="only-pending")
    SignatureFactory(petition=petition, source="gone", status="withdrawn")
    SignatureFactory.create_batch(9, is_confirmed=True, source="elsewhere")
    refresh_one(petition.pk)
    return petition


def address(petition, query: str = "") -> str:
    return f"/admin/petitions/petition/{petition.pk}/sources/{query}"


def rows(response) -> list[tuple]:
    return [
        (str(row.label), row.code, row.confirmed, row.pending, round(row.percent, 1))
        for row in response.context["rows"]
    ]


def test_an_organizer_sees_what_works_and_no_small_numbers(as_user, ana, petition, count_queries):
    client = as_user(ana)
    with count_queries() as queries:
        response = client.get(address(petition))
    assert len(queries) <= 6, queries  # session, account and rights; the petition; the sources
    assert rows(response) == [
        ("WhatsApp", "w", 12, 2, 40.0),
        ("Straight to the petition, or not known", "", 6, 0, 20.0),
        ("leaflet", "leaflet", 5, 0, 16.7),
        ("Others, taken together", "", 7, 1, 23.3),
    ]
    text = words(response)
    assert "leaflet" in text
    for small in ("radio-2", "Email to a friend", "only-pending", "gone", "elsewhere"):
        assert small not in text


def test_one_small_source_cannot_be_told_from_what_is_left(as_user, ana):
    """Who sent ?via=bo to one person must not learn that she signed."""
    petition = PetitionFactory(is_open=True, organizer=ana)
    for source, number in {"w": 8, "leaflet": 6, "bo": 1}.items():
        SignatureFactory.create_batch(number, petition=petition, is_confirmed=True, source=source)
    refresh_one(petition.pk)
    assert [row[:3] for row in rows(as_user(ana).get(address(petition)))] == [
        ("WhatsApp", "w", 8),
        ("Others, taken together", "", 7),
    ]
    alone = PetitionFactory(is_open=True, organizer=ana)
    SignatureFactory(petition=alone, is_confirmed=True, source="bo")
    refresh_one(alone.pk)
    [row] = rows(as_user(ana).get(address(alone)))
    assert row[:3] == ("Others, taken together", "", 1)


def test_many_codes_make_a_list_that_ends(as_user, mo, petition):
    made_up = (f"x{number}" for number in range(110))
    for code in made_up:
        SignatureFactory(petition=petition, source=code)
    refresh_one(petition.pk)
    found = rows(as_user(mo).get(address(petition)))
    assert len(found) == 101
    assert found[0][:2] == ("WhatsApp", "w")
    assert found[-1][0] == "Others, taken together"
    assert sum(row[3] for row in found) == 113


def test_a_moderator_sees_every_source(as_user, mo, petition):
    assert rows(as_user(mo).get(address(petition))) == [
        ("WhatsApp", "w", 12, 2, 40.0),
        ("Straight to the petition, or not known", "", 6, 0, 20.0),
        ("leaflet", "leaflet", 5, 0, 16.7),
        ("Email to a friend", "m", 4, 0, 13.3),
        ("radio-2", "radio-2", 3, 0, 10.0),
        ("only-pending", "only-pending", 0, 1, 0.0),
    ]


def test_nobody_else_does(as_user, bo, nobody_yet, client, petition):
    for stranger in (bo, nobody_yet):
        assert as_user(stranger).get(address(petition)).status_code in {403, 404}
    assert client.get(address(petition)).status_code == 302
    assert "login" in client.get(address(petition))["Location"]


@pytest.mark.parametrize("path", ["0", "x", "99999999999999999999"])
def test_no_such_petition(as_user, mo, path):
    assert as_user(mo).get(f"/admin/petitions/petition/{path}/sources/").status_code == 404


def test_the_page_of_its_growth_leads_there(as_user, ana, petition):
    html = as_user(ana).get(f"/admin/petitions/petition/{petition.pk}/growth/").content.decode()
    assert f'<a href="{address(petition)}">Make a link of your own</a>' in html


def test_nobody_has_signed_yet(as_user, ana):
    petition = PetitionFactory(is_open=True, organizer=ana)
    assert "Not counted yet" in words(as_user(ana).get(address(petition)))
    refresh_one(petition.pk)
    assert "Nobody has signed yet." in words(as_user(ana).get(address(petition)))


def test_a_link_with_a_code_of_ones_own(as_user, ana, petition, client):
    html = as_user(ana).get(address(petition, "?code=market-stall")).content.decode()
    link = "http://localhost:8000/petitions/mend/?via=market-stall"
    assert f'value="{link}"' in html
    signing = client.get(link.removeprefix("http://localhost:8000")).content.decode()
    assert 'name="source" value="market-stall"' in signing


@pytest.mark.parametrize(
    "code", ["", "w", "embed", "Leaflet", "a b", "a" * 21, '"><script>', "\x00"]
)
def test_a_code_that_cannot_be_used_is_said_so(as_user, ana, petition, code):
    response = as_user(ana).get(address(petition), {"code": code})
    assert response.status_code == 200
    assert response.context["link"] == ""
    assert response.context["form"].errors["code"]
    assert "<script>" not in response.content.decode().split("content-main")[1]
