"""The page of a petition that is not public, behind a link."""

import pytest

from config.context import _translations
from petitions.models import PetitionDraft
from supporters import kept
from supporters.confirming import confirm
from supporters.fold import fold
from supporters.kept import forget_everything
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory

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


@pytest.mark.parametrize("of_a_draft", [False, True])
def test_nothing_of_what_is_not_public_is_kept(client, of_a_draft):
    """Anybody can write a draft, of any length, and change it as often as they like."""
    if of_a_draft:
        draft = PetitionDraft.objects.create(typed={"title": "Mend the bridge", "body": "It fell."})
        address = f"/petitions/preview/{make(Purpose.DRAFT_PREVIEW, draft.pk)}/"
    else:
        petition = PetitionFactory(status="draft", title="Mend the bridge")
        address = f"/petitions/preview/{make(Purpose.PREVIEW, petition.pk)}/"
    forget_everything()
    assert "Mend the bridge" in client.get(address).content.decode()
    assert kept_at_all() == []
    client.get(PetitionFactory(is_open=True).get_absolute_url())
    assert kept_at_all()


@pytest.mark.parametrize("address", ["/petitions/?q={}", "/petitions/mend/signed/?for={}"])
def test_nothing_of_what_somebody_asks_for_is_kept(client, address):
    PetitionFactory(is_open=True, slug="mend")
    forget_everything()
    client.get(address.format("what-somebody-looks-for"))
    assert "what-somebody-looks-for" not in str(kept_at_all())


@pytest.mark.parametrize(
    "address",
    ["/signature/{}/", "/confirm/{}/", "/petitions/start/{}/", "/petitions/preview/{}/",
     "/accounts/password/reset/key/1-{}/", "/media/pictures/" + 300 * "a"],
)  # fmt: skip
def test_no_address_of_one_persons_is_kept(client, address):
    _translations.cache_clear()
    draft = PetitionDraft.objects.create(typed={"title": "Mend the bridge"})
    for token in (make(Purpose.DRAFT, draft.pk), "1.forged"):
        client.get(address.format(token))
    assert _translations.cache_info().currsize == 0
    client.get("/petitions/")
    assert _translations.cache_info().currsize == 1


def test_a_name_that_is_not_shown_is_not_kept(client):
    petition = PetitionFactory(is_open=True)
    signature = SignatureFactory(
        petition=petition, family_name="Okoro", display="initial", reason="My bus"
    )
    confirm(signature.pk)
    fold(petition.pk)
    forget_everything()
    assert "My bus" in client.get(petition.get_absolute_url()).content.decode()
    assert "My bus" in str(kept_at_all())
    assert "Okoro" not in str(kept_at_all())


def kept_at_all():
    """Keys and what was made, of all parts of pages and of all that is kept beside them."""
    return [pair for each in list(kept._everything) for pair in each._made.items()]
