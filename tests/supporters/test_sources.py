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


# Another site's host, where no link has a code


@pytest.mark.parametrize(
    ("typed_", "kept"),
    [
        ("example.org", "example.org"),
        ("www.example.org", "example.org"),
        ("a-b.news.example", "a-b.news.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("leaflet", "leaflet"),
    ],
)
def test_hosts_of_other_sites(typed_, kept):
    assert sources.read_any(typed_) == kept
    assert sources.read(typed_) == ("leaflet" if kept == "leaflet" else "")


@pytest.mark.parametrize(
    "host",
    [*MALFORMED, "Example.org", "example.org:8000", "example.org/page", "192.0.2.7", "[::1]",
     "example..org", ".example.org", "example.org.", "-a.example", "a-.example", "ex ample.org",
     "mailto:a@example.org", "a@example.org", "xx." * 34 + "org", "a" * 64 + ".org", "www.org\n",
     "éxample.org", "example.org\x00", "<b>.example"],
)  # fmt: skip
def test_what_is_no_host(host):
    assert sources.read_any(host) == ""


@pytest.mark.parametrize("own", ["petitions.example", "www.petitions.example"])
def test_our_own_host_is_no_source(settings, own):
    settings.SITE_URL = f"https://{own}"
    assert sources.read_any("petitions.example") == ""
    assert sources.read_any("www.petitions.example") == ""
    assert sources.read_any("other.petitions.example") == "other.petitions.example"


def test_a_host_is_kept_with_the_signature(client):
    PetitionFactory(is_open=True, slug="mend")
    client.post("/petitions/mend/sign/", typed(source="news.example"))
    assert Signature.objects.get().source == "news.example"


def test_a_host_outlives_a_mistake_and_a_correction(client):
    PetitionFactory(is_open=True, slug="mend")
    again = client.post("/petitions/mend/sign/", typed(source="news.example", email="noor"))
    assert hidden(again) == ["news.example"]
    told = client.post("/petitions/mend/sign/", typed(source="news.example"), follow=True)
    assert hidden(client.get(told.context["correct_url"])) == ["news.example"]


def test_no_host_comes_by_a_link(client):
    """So that nobody makes the cache keep a page for every name there is."""
    PetitionFactory(is_open=True, slug="mend")
    for page in ("/petitions/mend/", "/petitions/mend/sign/"):
        assert hidden(client.get(page, {"via": "news.example"})) == []


def test_a_host_costs_no_statement(client, count_queries):
    PetitionFactory(is_open=True, slug="mend")
    client.post("/petitions/mend/sign/", typed(email="first@example.org"))
    with count_queries() as without:
        client.post("/petitions/mend/sign/", typed(email="second@example.org"))
    with count_queries() as queries:
        client.post("/petitions/mend/sign/", typed(email="third@example.org", source="a.example"))
    assert len(queries) == len(without)
