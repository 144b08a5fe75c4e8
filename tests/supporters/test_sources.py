"""?via=…: from a shared link through the form to the signature, without a cookie."""

import re

import pytest

from supporters import sources
from supporters.models import Signature
from tests.factories import PetitionFactory, typed

pytestmark = pytest.mark.django_db

MALFORMED = ["W", "a b", "ä", "<b>", "a" * 21, "w\n", "\x00", "../x", "%s"]


def hidden(response) -> list[str]:
    return re.findall(
        r'<input type="hidden" name="source" value="([^"]*)"', response.content.decode()
    )


@pytest.mark.parametrize("code", ["w", "leaflet", "radio-2", "a" * 20, "-", "7"])
def test_codes(code):
    assert sources.read(code) == code


@pytest.mark.parametrize("code", [*MALFORMED, "", None, 7])
def test_what_is_no_code(code):
    assert sources.read(code) == ""


@pytest.mark.parametrize(
    "page", ["/petitions/mend/", "/petitions/mend/sign/", "/es/petitions/mend/"]
)
def test_both_forms_carry_the_code(client, page):
    PetitionFactory(is_open=True, slug="mend")
    response = client.get(page, {"via": "leaflet"})
    assert hidden(response) == ["leaflet"]
    assert response["Cache-Control"].startswith("public")
    assert not response.cookies
    assert hidden(client.get(page)) == []


@pytest.mark.parametrize("code", MALFORMED)
def test_anything_else_is_dropped_without_a_word(client, code):
    PetitionFactory(is_open=True, slug="mend")
    assert hidden(client.get("/petitions/mend/", {"via": code})) == []
    answer = client.post("/petitions/mend/sign/", typed(source=code))
    assert answer.status_code == 302
    assert Signature.objects.get().source == ""


def test_the_canonical_address_has_no_code(client):
    PetitionFactory(is_open=True, slug="mend")
    html = client.get("/petitions/mend/?via=w").content.decode()
    assert '<link rel="canonical" href="http://localhost:8000/petitions/mend/">' in html


def test_the_signature_keeps_it(client):
    PetitionFactory(is_open=True, slug="mend")
    client.post("/petitions/mend/sign/", typed(source="w"))
    assert Signature.objects.get().source == "w"


def test_mistakes_do_not_lose_it(client):
    PetitionFactory(is_open=True, slug="mend")
    answer = client.post("/petitions/mend/sign/", typed(source="leaflet", email="noor"))
    assert answer.status_code == 200
    assert hidden(answer) == ["leaflet"]


def test_correcting_the_address_does_not_lose_it(client):
    PetitionFactory(is_open=True, slug="mend")
    check = client.post("/petitions/mend/sign/", typed(source="leaflet"))["Location"]
    for page in (check, client.post(check, {"action": "resend"})["Location"]):
        html = client.get(page).content.decode()
        correct = re.search(r'href="([^"]*/sign/[^"]*)"', html)[1].replace("&amp;", "&")
        assert hidden(client.get(correct)) == ["leaflet"]


def test_a_moved_petition_keeps_it(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.slug = "mend-it"
    petition.save()
    moved = client.get("/petitions/mend/?via=w")
    assert moved["Location"] == "/petitions/mend-it/?via=w"
    answer = client.post("/petitions/mend/sign/?via=w", typed(source="w"))
    assert (answer.status_code, answer["Location"]) == (308, "/petitions/mend-it/sign/?via=w")


def test_signing_again_from_elsewhere_changes_nothing(client):
    PetitionFactory(is_open=True, slug="mend")
    client.post("/petitions/mend/sign/", typed(source="w"))
    client.post("/petitions/mend/sign/", typed(source="m"))
    assert Signature.objects.get().source == "w"
