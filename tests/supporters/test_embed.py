"""A petition in a frame: anybody may frame this one page, and nothing in it runs or remembers."""

import pytest

from tests.factories import PetitionFactory, SignatureFactory, UserFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


def policy(response) -> dict[str, list[str]]:
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def test_it_says_the_number_and_leads_to_the_petition(client, count_queries):
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend the bridge", goal=2000)
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    with count_queries() as queries:
        response = client.get("/petitions/mend/embed/")
    assert len(queries) == 1, queries
    text = words(response)
    assert "Mend the bridge" in text
    assert "This petition has 3 supporters Goal: 2,000, 1,997 to go" in text
    html = response.content.decode()
    link = 'href="http://localhost:8000/petitions/mend/?via=embed" target="_blank" rel="noopener"'
    assert html.count(link) == html.count("<a ") == 2
    assert "Sign this petition" in text
    assert "<script" not in html
    assert "<form" not in html


def test_anybody_may_frame_it_and_nothing_else(client):
    PetitionFactory(is_open=True, slug="mend")
    response = client.get("/petitions/mend/embed/")
    assert "X-Frame-Options" not in response
    assert policy(response) == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["*"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    for page in ("/petitions/mend/", "/petitions/mend/sign/", "/", "/petitions/mend/count.json"):
        other = client.get(page)
        assert other["X-Frame-Options"] == "DENY"
        assert policy(other)["frame-ancestors"] == ["'none'"]


def test_no_cookie_no_index_and_any_cache_may_keep_it(client):
    PetitionFactory(is_open=True, slug="mend")
    response = client.get("/petitions/mend/embed/", HTTP_COOKIE="csrftoken=x; sessionid=y")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"].startswith("public, max-age=1,")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("none", "Petition closed"), ("victory", "Victory"), ("declined", "Declined")],
)
def test_a_closed_one_is_read_not_signed(client, outcome, said):
    PetitionFactory(is_closed=True, slug="mend", outcome=outcome)
    text = words(client.get("/petitions/mend/embed/"))
    assert said in text
    assert "This petition had 0 supporters" in text
    assert "Read this petition" in text
    assert "Sign this petition" not in text


def test_nobody_yet(client):
    PetitionFactory(is_open=True, slug="mend")
    assert "Be the first to sign" in words(client.get("/petitions/mend/embed/"))


def test_a_title_keeps_its_language_and_direction(client):
    PetitionFactory(is_open=True, slug="mend", title="أنقذوا المكتبة", language="ar")
    html = client.get("/es/petitions/mend/embed/").content.decode()
    assert '<html lang="es" dir="ltr">' in html
    assert '<h1 lang="ar" dir="rtl">' in html
    assert "/es/petitions/mend/?via=embed" in html


def test_a_hidden_petition_says_so_in_the_frame(client):
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")
    petition.hide(by=UserFactory())
    response = client.get("/petitions/mend/embed/")
    assert response.status_code == 410
    assert policy(response)["frame-ancestors"] == ["*"]
    assert "X-Frame-Options" not in response
    assert "This petition is no longer shown" in words(response)
    assert "Mend the bridge" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_what_is_not_public_is_not_there(client):
    PetitionFactory(slug="draft")
    rejected = PetitionFactory(in_review=True, slug="rejected")
    rejected.reject(by=UserFactory(), reason="unclear")
    for slug in ("draft", "rejected", "none"):
        assert client.get(f"/petitions/{slug}/embed/").status_code == 404
    assert client.post("/petitions/draft/embed/").status_code == 405


def test_an_old_slug_leads_on(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.slug = "mend-it"
    petition.save()
    response = client.get("/petitions/mend/embed/")
    assert (response.status_code, response["Location"]) == (301, "/petitions/mend-it/embed/")
