"""The search for signatures: what moderators find, what is written down of it, and of what not."""

import pytest

from petitions.models import StaffAct
from supporters import signature_search
from supporters.fold import fold
from supporters.models import Signature
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db

SEARCH = "/admin/supporters/signature/search/"
NOTHING = {
    "address": "", "name": "", "postal_code": "", "locality": "", "petition": "", "since": "",
    "until": "", "state": "counted",
}  # fmt: skip


@pytest.fixture
def rows():
    bridge = PetitionFactory(is_open=True, slug="bridge", title="Mend the bridge")
    ferry = PetitionFactory(is_open=True, slug="ferry", title="Keep the <ferry>")
    found = {
        "sam": SignatureFactory(petition=bridge, is_confirmed=True, email="sam@example.org"),
        "noor": SignatureFactory(
            petition=ferry, is_confirmed=True, given_name="Noor", family_name="Haddad",
            email="noor@mail.example", postal_code="MV3 7QT", locality="Fenmoor",
        ),
        "waiting": SignatureFactory(petition=ferry, given_name="Per", family_name="Berg"),
    }  # fmt: skip
    for petition in (bridge, ferry):
        fold(petition.pk)
    return found


def found(response) -> set[int]:
    return {row.pk for row, _acts in response.context["rows"]}


@pytest.mark.parametrize(
    ("typed", "whom"),
    [
        ({"address": "SAM@example.org"}, "sam"),
        ({"address": "@mail.example"}, "noor"),
        ({"address": "mail.example"}, "noor"),
        ({"name": " haddad  noor "}, "noor"),
        ({"postal_code": "mv3"}, "noor"),
        ({"locality": "fen"}, "noor"),
        ({"petition": "bridge"}, "sam"),
        ({"petition": "http://testserver/es/petitions/bridge/"}, "sam"),
        ({"petition": "/petitions/ferry/", "since": "2020-01-01", "until": "2999-12-30"}, "noor"),
        ({"state": "waiting"}, "waiting"),
        ({"state": "waiting", "name": "Per Berg"}, "waiting"),
    ],
)
def test_what_is_found(as_user, mo, rows, typed, whom):
    response = as_user(mo).post(SEARCH, {**NOTHING, **typed})
    assert response.status_code == 200
    assert found(response) == {rows[whom].pk}
    assert rows[whom].email in response.content.decode()


def test_that_somebody_searched_is_written_down_and_not_for_what(as_user, mo, rows):
    client = as_user(mo)
    client.post(SEARCH, {**NOTHING, "address": "sam@example.org", "petition": "bridge"})
    client.post(SEARCH, {**NOTHING, "name": "Haddad"})
    acts = list(StaffAct.objects.order_by("pk").values_list("actor", "verb", "petition", "note",
                                                            "subject_id"))  # fmt: skip
    assert acts == [
        (mo.pk, "searched", rows["sam"].petition_id, "", ""),
        (mo.pk, "searched", None, "", ""),
    ]


def test_before_and_without_anything_found(as_user, mo, rows):
    client = as_user(mo)
    assert "Nothing fits" not in words(client.get(SEARCH))
    assert not StaffAct.objects.exists()
    assert "Nothing fits" in words(client.post(SEARCH, {**NOTHING, "name": "Nobody"}))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Type what you look for into one of the fields."),
        ({"address": "no address"}, "Enter an address like name@example.org, or a domain"),
        ({"address": "@"}, "Enter an address like name@example.org, or a domain"),
        ({"name": "x"}, "Type two letters or more."),
        ({"petition": "nobody-knows"}, "There is no petition at this address."),
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "This day is before the first."),
        ({"state": "elsewhere"}, "is not one of the available choices"),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"name": "x" * 301}, "at most 300 characters"),
    ],
)
def test_mistakes(as_user, mo, rows, typed, says):
    response = as_user(mo).post(SEARCH, {**NOTHING, **typed})
    assert response.status_code == 200
    assert says in words(response)
    for name, value in typed.items():
        if "\x00" not in value and name != "state":
            assert f'value="{value}"' in response.content.decode()
    assert not StaffAct.objects.exists()


def test_pages_go_on_with_what_was_typed(as_user, mo, rows, monkeypatch):
    monkeypatch.setattr(signature_search, "SHOWN", 2)
    petition = PetitionFactory(is_open=True)
    SignatureFactory.create_batch(5, petition=petition, is_confirmed=True, family_name="Zapata")
    fold(petition.pk)
    client, typed, seen = as_user(mo), {**NOTHING, "name": "Zapata"}, []
    for _page in range(3):
        response = client.post(SEARCH, typed)
        seen += found(response)
        typed = {**typed, "after": response.context["found"].further}
    assert len(set(seen)) == len(seen) == 5
    assert typed["after"] == ""


def test_one_by_its_number(as_user, mo, rows):
    client = as_user(mo)
    assert found(client.get(SEARCH, {"number": rows["sam"].pk})) == {rows["sam"].pk}
    assert found(client.get(SEARCH, {"number": "999999"})) == set()
    assert client.get(SEARCH, {"number": "x"}).context["found"] is None


def test_what_can_be_done_with_each(as_user, mo, rows):
    client = as_user(mo)
    Signature.objects.filter(pk=rows["noor"].pk).update(status="removed")
    acts = {
        name: [act.name for _row, acts in
               client.get(SEARCH, {"number": row.pk}).context["rows"] for act in acts]
        for name, row in rows.items()
    }  # fmt: skip
    assert acts == {
        "sam": ["remove", "unsubscribe", "erase"],
        "noor": ["restore", "erase"],
        "waiting": ["confirm", "unsubscribe", "erase"],
    }


def test_organizers_and_strangers_find_nothing(as_user, ana, client, rows):
    for verb in ("get", "post"):
        assert getattr(as_user(ana), verb)(SEARCH, NOTHING).status_code == 403
        assert "login" in getattr(client, verb)(SEARCH, NOTHING)["Location"]
    assert not StaffAct.objects.exists()


def test_the_list_leads_here(as_user, mo):
    html = as_user(mo).get("/admin/supporters/signature/").content.decode()
    assert f'href="{SEARCH}"' in html
