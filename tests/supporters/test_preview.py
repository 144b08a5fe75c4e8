"""The page of a petition that is not public, behind a link."""

import pytest
from django.template.loader import get_template

from supporters.kept import forget_everything
from supporters.templatetags.kept import KeptNode
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_preview_is_the_page_without_its_form(client, status):
    petition = PetitionFactory(status=status, title="Mend the bridge")
    response = client.get(f"/petitions/preview/{make(Purpose.PREVIEW, petition.pk)}/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "Mend the bridge" in html
    assert "Being checked" in html
    assert "<form" not in html
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_what_is_public_has_its_own_page(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    response = client.get(f"/petitions/preview/{make(Purpose.PREVIEW, petition.pk)}/")
    assert response.status_code == 302
    assert response["Location"] == "/petitions/mend/"


def test_hidden_stays_gone(client):
    petition = PetitionFactory(is_open=True)
    petition.hide(by=None)
    response = client.get(f"/petitions/preview/{make(Purpose.PREVIEW, petition.pk)}/")
    assert response.status_code == 410


def test_bad_token(client):
    PetitionFactory(pk=7)
    assert client.get("/petitions/preview/7.forged/").status_code == 404


def test_nothing_of_what_is_not_public_is_kept(client):
    """Anybody can write a draft, of any length, and change it as often as they like."""
    petition = PetitionFactory(status="draft", title="Mend the bridge")
    kept = [node._kept for node in get_template("petitions/petition.html").template.nodelist
            .get_nodes_by_type(KeptNode)]  # fmt: skip
    forget_everything()
    client.get(f"/petitions/preview/{make(Purpose.PREVIEW, petition.pk)}/")
    assert [len(each) for each in kept] == [0] * len(kept)
    petition = PetitionFactory(is_open=True)
    client.get(petition.get_absolute_url())
    assert any(len(each) for each in kept)
