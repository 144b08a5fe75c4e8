"""oEmbed: the code that embeds a petition, for its own addresses and for no others."""

import re

import pytest

from tests.factories import PetitionFactory, UserFactory

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"


def ask(client, url: str, **more):
    return client.get("/oembed", {"url": url, **more})


def test_a_petition(client, count_queries):
    PetitionFactory(is_open=True, slug="mend", title='Mend "it" & <keep>')
    with count_queries() as queries:
        response = ask(client, f"{SITE}/petitions/mend/")
    assert len(queries) == 1, queries
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=3600"
    found = response.json()
    assert (found["version"], found["type"]) == ("1.0", "rich")
    assert (found["width"], found["height"]) == (600, 360)
    assert found["title"] == 'Mend "it" & <keep>'
    assert found["provider_name"] == "Undersigned"
    assert found["html"] == (
        f'<iframe src="{SITE}/petitions/mend/embed/" '
        'title="Mend &quot;it&quot; &amp; &lt;keep&gt;" width="600" height="360" '
        'style="border:0;max-width:600px" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        'loading="lazy"></iframe>'
    )
    assert client.get(found["thumbnail_url"].removeprefix(SITE)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({"maxwidth": "400"}, (400, 360)),
        ({"maxwidth": "280", "maxheight": "200"}, (280, 200)),
        ({"maxwidth": "9000", "maxheight": "9000"}, (600, 360)),
        ({"maxwidth": "-1", "maxheight": "x"}, (600, 360)),
        ({"maxwidth": "0", "maxheight": "9" * 40}, (600, 360)),
    ],
)
def test_never_larger_than_asked_for(client, asked, given):
    PetitionFactory(is_open=True, slug="mend")
    found = ask(client, f"{SITE}/petitions/mend/", **asked).json()
    assert (found["width"], found["height"]) == given
    assert f'width="{given[0]}" height="{given[1]}"' in found["html"]


def test_a_thumbnail_is_never_larger_either(client):
    PetitionFactory(is_open=True, slug="mend")
    assert "thumbnail_url" not in ask(client, f"{SITE}/petitions/mend/", maxwidth="600").json()


@pytest.mark.parametrize(
    ("url", "src"),
    [
        ("/es/petitions/mend-it/", "/es/petitions/mend-it/embed/"),
        ("/petitions/mend-it/?via=w#sign", "/petitions/mend-it/embed/"),
        ("/petitions/mend-it/embed/", "/petitions/mend-it/embed/"),
        ("/petitions/mend/", "/petitions/mend-it/embed/"),  # its old slug
        ("/es/petitions/mend/", "/es/petitions/mend-it/embed/"),
        ("/petitions/%6dend/", "/petitions/mend-it/embed/"),
    ],
)
def test_every_address_of_a_petition(client, url, src):
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.slug = "mend-it"
    petition.save()
    html = ask(client, SITE + url).json()["html"]
    assert re.search('src="([^"]+)"', html)[1] == SITE + src


def test_slugs_of_any_script(client):
    PetitionFactory(is_closed=True, slug="स्वच्छ-हवा")
    assert ask(client, f"{SITE}/petitions/स्वच्छ-हवा/").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/petitions/mend/",
        "https://localhost:8000/petitions/mend/",
        "http://localhost:8000.example.net/petitions/mend/",
        "http://localhost:8000@example.net/petitions/mend/",
        "http://localhost/petitions/mend/",
        f"{SITE}/",
        f"{SITE}/petitions/",
        f"{SITE}/petitions/none/",
        f"{SITE}/petitions/draft/",
        f"{SITE}/petitions/hidden/",
        f"{SITE}/petitions/rejected/",
        f"{SITE}/admin/",
        "http://[",
        f"{SITE}/petitions/\x00/",
        f"{SITE}/petitions/%ff/",
        f"{SITE}/petitions/%ED%A0%80/",
        f"{SITE}/" + "a" * 5_000,
    ],
)
def test_no_other_address(client, url):
    PetitionFactory(is_open=True, slug="mend")
    PetitionFactory(slug="draft")
    PetitionFactory(is_open=True, slug="hidden").hide(by=UserFactory())
    PetitionFactory(in_review=True, slug="rejected").reject(by=UserFactory(), reason="unclear")
    response = ask(client, url)
    assert response.status_code == 404
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"


def test_no_address_is_read_without_end(client):
    PetitionFactory(is_open=True, slug="mend")
    url = f"{SITE}/petitions/mend/?q="
    assert ask(client, url.ljust(2_000, "a")).status_code == 200
    assert ask(client, url.ljust(2_001, "a")).status_code == 404


def test_xml_is_not_spoken(client):
    PetitionFactory(is_open=True, slug="mend")
    assert ask(client, f"{SITE}/petitions/mend/", format="xml").status_code == 501
    assert ask(client, f"{SITE}/petitions/mend/", format="json").status_code == 200
    assert client.post("/oembed").status_code == 405
