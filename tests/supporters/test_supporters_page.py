"""The public list of a petition's supporters."""

import re

import pytest

from petitions.models import Petition
from supporters.fold import fold
from supporters.views import supporters as view
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition() -> Petition:
    return PetitionFactory(slug="mend-it", is_open=True)


def sign(petition: Petition, number: int = 1, **more: object) -> list[object]:
    made = [
        SignatureFactory(
            petition=petition,
            is_confirmed=True,
            **{"given_name": f"Noor{n}", "family_name": "Haddad", **more},
        )
        for n in range(number)
    ]
    fold(petition.pk)
    return made


def names(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r"<bdi>(.*?)</bdi>", response.content.decode())


def next_link(response) -> str | None:
    found = re.search(r'rel="next" href="([^"]*)"', response.content.decode())
    return found[1] if found else None


def test_newest_first_as_each_wants_to_be_shown(client, petition: Petition) -> None:
    sign(
        petition,
        given_name="Sam",
        family_name="Okoye",
        display="full",
        reason="I <b>walk</b> there.",
    )
    sign(petition, given_name="Noor", family_name="Haddad")
    sign(petition, given_name="Ida", family_name="Unseen", display="hidden", reason="Secret")
    response = client.get("/petitions/mend-it/supporters/")
    html = response.content.decode()
    assert names(response) == ["Noor H.", "Sam Okoye"]
    assert "I &lt;b&gt;walk&lt;/b&gt; there." in html
    assert '<data value="3"' in html
    for secret in ("Haddad", "Ida", "Unseen", "Secret", "@example.org"):
        assert secret not in html


def test_only_confirmed_ones_that_have_a_position(client, petition: Petition) -> None:
    sign(petition, given_name="Sam")
    SignatureFactory(petition=petition, given_name="Pending")
    (gone,) = sign(petition, given_name="Gone")
    sign(SignatureFactory(petition__slug="other").petition, given_name="Elsewhere")
    withdraw(gone.pk)
    SignatureFactory(petition=petition, given_name="Tail", is_confirmed=True)  # not folded
    html = client.get("/petitions/mend-it/supporters/").content.decode()
    assert "Sam" in html
    for unseen in ("Pending", "Gone", "Elsewhere", "Tail"):
        assert unseen not in html


def test_pages_hold_everybody_once(client, petition: Petition, monkeypatch) -> None:
    monkeypatch.setattr(view, "SHOWN", 3)
    sign(petition, 8)
    address, found = "/petitions/mend-it/supporters/", []
    sizes = []
    while address:
        response = client.get(address)
        sizes.append(len(names(response)))
        found += names(response)
        address = next_link(response)
    assert sizes == [3, 3, 2]
    assert found == [f"Noor{n} H." for n in reversed(range(8))]


def test_a_page_stays_the_same_while_others_sign(client, petition: Petition, monkeypatch) -> None:
    monkeypatch.setattr(view, "SHOWN", 3)
    sign(petition, 5)
    second = next_link(client.get("/petitions/mend-it/supporters/"))
    assert second == "/petitions/mend-it/supporters/?before=3"
    before = names(client.get(second))
    sign(petition, 2, given_name="Late")
    assert names(client.get(second)) == before == ["Noor1 H.", "Noor0 H."]


def test_many_who_are_not_shown_do_not_make_a_page_slow(
    client, petition: Petition, monkeypatch
) -> None:
    monkeypatch.setattr(view, "LOOKED_AT", 4)
    sign(petition, 2, given_name="Shown")
    sign(petition, 9, display="hidden")
    address, pages = "/petitions/mend-it/supporters/", []
    while address:
        response = client.get(address)
        pages.append(names(response))
        address = next_link(response)
    assert pages == [[], [], ["Shown H.", "Shown H."]]


def test_nobody_yet(client, petition: Petition) -> None:
    response = client.get("/petitions/mend-it/supporters/")
    assert names(response) == []
    assert next_link(response) is None


@pytest.mark.parametrize("before", ["", "x", "-1", "%00", "9" * 4000, "1.5", "²", "999999999"])
def test_garbage_begins_with_the_newest(client, petition: Petition, before: str) -> None:
    sign(petition, 2)
    response = client.get(f"/petitions/mend-it/supporters/?before={before}")
    assert response.status_code == 200
    if before != "999999999":
        assert names(response) == ["Noor1 H.", "Noor0 H."]


@pytest.mark.parametrize("before", ["0", "1"])
def test_before_the_first_there_is_nobody(client, petition: Petition, before: str) -> None:
    sign(petition, 2)
    response = client.get(f"/petitions/mend-it/supporters/?before={before}")
    assert names(response) == []
    assert next_link(response) is None


@pytest.mark.parametrize(
    ("status", "answer"),
    [("draft", 404), ("in_review", 404), ("rejected", 404), ("hidden", 410), ("closed", 200)],
)
def test_states(client, status: str, answer: int) -> None:
    sign(PetitionFactory(slug="was", status=status))
    response = client.get("/petitions/was/supporters/")
    assert response.status_code == answer
    assert (b"Noor0" in response.content) == (answer == 200)


def test_an_old_slug_leads_to_the_new_one(client, petition: Petition) -> None:
    petition.slug = "mended"
    petition.save()
    response = client.get("/petitions/mend-it/supporters/?before=7")
    assert response.status_code == 301
    assert response["Location"] == "/petitions/mended/supporters/?before=7"


def test_three_statements_no_cookie_and_a_second_in_any_cache(
    client, petition: Petition, count_queries
) -> None:
    sign(petition, 60)
    with count_queries() as queries:
        response = client.get("/petitions/mend-it/supporters/")
    assert len(names(response)) == 50
    assert len(queries) <= 3, queries
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cache-Control"].startswith("public, max-age=1,")


def test_it_is_only_read(client, petition: Petition) -> None:
    assert client.post("/petitions/mend-it/supporters/").status_code == 405
