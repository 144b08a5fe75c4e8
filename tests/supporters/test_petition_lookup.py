"""Addresses under a petition's slug: what stands there, what moved, what is gone, what never was."""

import pytest

from tests.factories import PetitionFactory

from .test_petition_page import opened, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["draft", "in_review"])
@pytest.mark.parametrize("below", ["", "sign/", "signed/", "count.json", "supporters/"])
def test_what_is_not_public_is_not_there(client, status, below):
    PetitionFactory(slug="secret", title="Secret title", status=status)
    response = client.get(f"/petitions/secret/{below}")
    assert response.status_code == 404
    assert b"Secret title" not in response.content


@pytest.mark.parametrize("below", ["", "sign/", "signed/", "count.json", "supporters/"])
def test_hidden_is_gone(client, below):
    petition = opened(slug="mend", title="Secret title")
    petition.hide(by=None, note="A court asked for it.", private_note="case 7")
    response = client.get(f"/petitions/mend/{below}")
    assert response.status_code == 410
    assert b"Secret title" not in response.content
    assert b"case 7" not in response.content


def test_a_moderators_note_is_in_the_petitions_language(client):
    hidden = opened(slug="mend", language="es")
    hidden.hide(by=None, note="Un nombre.")
    rejected = PetitionFactory(in_review=True, slug="raise", language="es")
    rejected.reject(by=None, reason="unclear", note="Un nombre.")
    for slug in ("mend", "raise"):
        page = client.get(f"/petitions/{slug}/").content.decode()
        assert 'lang="es" dir="auto"><p>Un nombre.' in page


def test_hidden_page_says_what_may_be_said(client):
    petition = opened(slug="mend")
    petition.hide(by=None, note="A court asked for it.")
    text = words(client.get("/petitions/mend/"))
    assert "This petition is no longer shown" in text
    assert "A court asked for it." in text


def test_old_address_redirects_for_ever(client):
    petition = opened(slug="first")
    petition.slug = "second"
    petition.save()
    petition.slug = "third"
    petition.save()
    response = client.get("/petitions/first/supporters/?before=9")
    assert response.status_code == 301
    assert response["Location"] == "/petitions/third/supporters/?before=9"
    assert client.get("/petitions/second/")["Location"] == "/petitions/third/"


def test_old_address_of_a_draft_tells_nothing(client):
    petition = PetitionFactory(slug="first")
    petition.slug = "second"
    petition.save()
    assert client.get("/petitions/first/").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/petitions/%00/", "/petitions/a%00b/", "/petitions/%ED%A0%80/", "/petitions/nobody-knows/"],
)
def test_addresses_that_cannot_be(client, address):
    assert client.get(address).status_code == 404
