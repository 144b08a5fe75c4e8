"""The address alone decides the language of a public page; a link in a mail, its signer's."""

import re
from collections.abc import Iterator

import pytest
from django.urls import clear_url_caches, reverse
from django.utils import translation

from supporters.models import Signature
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


def lang_of(response) -> str:
    return re.search(r'<html lang="([^"]+)"', response.content.decode())[1]


@pytest.mark.parametrize(
    ("address", "language"),
    [("/", "en"), ("/es/", "es"), ("/petitions/mend/", "en"), ("/es/petitions/mend/sign/", "es")],
)
@pytest.mark.parametrize("headers", [{}, {"accept-language": "es", "cookie": "django_language=es"}])
def test_the_address_alone_decides(client, address, language, headers):
    PetitionFactory(is_open=True, slug="mend")
    response = client.get(address, headers=headers)
    assert lang_of(response) == language
    assert "Vary" not in response.headers or "Accept-Language" not in response["Vary"]
    assert translation.get_language() == "en"  # the next request on this thread starts anew


@pytest.mark.parametrize("address", ["/en/", "/fr/", "/es-mx/", "/es/admin/", "/es/healthz"])
def test_there_is_one_address_for_each_language(client, address):
    assert client.get(address).status_code == 404


def test_what_is_not_there_says_so_in_the_language_of_its_address(client):
    assert lang_of(client.get("/es/nada/")) == "es"
    assert lang_of(client.get("/nothing/")) == "en"


def test_each_page_names_the_other_language_and_itself(client):
    PetitionFactory(is_open=True, slug="mend")
    page = client.get("/es/petitions/mend/?via=k3").content.decode()
    site = "http://localhost:8000"
    assert f'<link rel="canonical" href="{site}/es/petitions/mend/">' in page
    for code, path in [("en", ""), ("es", "/es"), ("x-default", "")]:
        assert f'hreflang="{code}" href="{site}{path}/petitions/mend/"' in page
    assert f'<a href="{site}/petitions/mend/" hreflang="en" lang="en">English</a>' in page


def test_a_list_keeps_what_was_asked_for(client):
    page = client.get("/petitions/?status=open&sort=newest").content.decode()
    assert (
        'hreflang="es" href="http://localhost:8000/es/petitions/?status=open&amp;sort=newest"'
        in page
    )


def test_who_is_not_to_be_listed_names_no_other_address(client):
    PetitionFactory(is_open=True, slug="mend")
    page = client.get("/petitions/mend/sign/").content.decode()
    assert 'rel="canonical"' not in page
    assert '<meta name="robots" content="noindex">' in page


def test_the_language_of_signing_stays_with_the_signature(client):
    PetitionFactory(is_open=True, slug="mend")
    typed = {
        "given_name": "Eva",
        "family_name": "Ruiz",
        "email": "eva@example.org",
        "country": "ES",
        "postal_code": "28001",
    }
    response = client.post("/es/petitions/mend/sign/", typed)
    assert response["Location"].startswith("/es/petitions/mend/signed/?for=")
    signature = Signature.objects.get()
    assert signature.language == "es"
    page = client.get(f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/")
    assert lang_of(page) == "es"
    assert 'href="/es/petitions/mend/"' in page.content.decode()


def test_an_old_slug_leads_to_the_new_one_in_the_same_language(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.slug = "mend-it"
    petition.save()
    assert client.get("/es/petitions/mend/")["Location"] == "/es/petitions/mend-it/"


def test_who_works_here_is_answered_in_the_browsers_language(client, admin_user):
    client.force_login(admin_user)
    assert lang_of(client.get("/admin/", headers={"accept-language": "es"})) == "es"
    assert lang_of(client.get("/admin/", headers={"accept-language": "fr"})) == "en"


@pytest.fixture
def spanish_site(settings) -> Iterator[None]:
    settings.LANGUAGE_CODE = "es"
    clear_url_caches()  # reverse() remembers the prefixes
    yield
    clear_url_caches()


@pytest.mark.usefixtures("spanish_site")
def test_a_site_of_another_language_has_no_prefix_for_it(client):
    with translation.override("es"):
        assert reverse("petition_list") == "/petitions/"
    assert lang_of(client.get("/petitions/")) == "es"
    assert lang_of(client.get("/en/petitions/")) == "en"


def test_a_mails_links_lead_to_pages_of_its_language():
    signature = SignatureFactory(language="es")
    with translation.override(signature.language):
        assert signature.petition.get_absolute_url().startswith("/es/petitions/")
        assert reverse("confirm", args=["x"]) == "/confirm/x/"
