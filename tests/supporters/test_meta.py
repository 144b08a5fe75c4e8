"""What machines read: descriptions, Open Graph, JSON-LD, the way to the embedding code."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionVersion
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory, UserFactory

pytestmark = pytest.mark.django_db

BREAKS_OUT = "</script><script>alert(1)</script><!-- & \u2028 'x' \"y\""


def head(client, page: str) -> str:
    return client.get(page).content.decode().split("</head>")[0]


def meta(client, page: str) -> dict[str, str]:
    tags = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head(client, page))
    return {name: unescape(content) for name, content in tags}


def data(client, page: str) -> dict:
    scripts = re.findall(
        r'(?s)<script type="application/ld\+json">(.*?)</script>', head(client, page)
    )
    assert len(scripts) == 1
    return json.loads(scripts[0])


def test_a_link_to_a_petition_previews_well(client):
    petition = PetitionFactory(
        is_open=True, slug="mend", title="Mend & keep", summary="It is shut."
    )
    SignatureFactory(petition=petition, is_confirmed=True)
    found = meta(client, "/petitions/mend/?via=w")
    image = found.pop("og:image")
    assert re.fullmatch(r"http://localhost:8000/petitions/mend/card-[0-9a-f]{16}\.png", image)
    expected = {
        "description": "It is shut.",
        "og:type": "article",
        "og:site_name": "Undersigned",
        "og:title": "Mend & keep",
        "og:description": "It is shut.",
        "og:url": "http://localhost:8000/petitions/mend/",
        "og:locale": "en_GB",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Mend & keep. This petition has 1 supporter",
        "twitter:card": "summary_large_image",
    }
    assert {name: found.get(name) for name in expected} == expected


def test_a_description_is_never_missing_where_there_are_words(client):
    PetitionFactory(is_open=True, slug="mend", summary="", body="**Shut** since <May>.\n\nAgain.")
    assert meta(client, "/petitions/mend/")["description"].startswith("Shut since")
    PetitionFactory(is_open=True, slug="bare", summary="", body="", ask="")
    assert "description" not in meta(client, "/petitions/bare/")


def test_a_description_says_what_the_story_says(client):
    PetitionFactory(is_open=True, slug="mend", summary="", body='Tom & Jerry: 3 < 4, "so".')
    html = client.get("/petitions/mend/").content.decode()
    assert 'name="description" content="Tom &amp; Jerry: 3 &lt; 4, &quot;so&quot;.' in html
    assert data(client, "/petitions/mend/")["description"].startswith('Tom & Jerry: 3 < 4, "so".')


def test_a_long_summary_is_cut(client):
    PetitionFactory(is_open=True, slug="mend", summary="word " * 90)
    assert len(meta(client, "/petitions/mend/")["description"]) <= 160


def test_data_of_an_open_petition(client):
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend", language="de")
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    found = data(client, "/petitions/mend/")
    assert found["@type"] == "WebPage"
    assert (found["name"], found["inLanguage"]) == ("Mend", "de")
    assert found["url"] == "http://localhost:8000/petitions/mend/"
    assert found["datePublished"] == petition.opened_at.isoformat(timespec="seconds")
    assert found["publisher"]["name"] == "Undersigned"
    assert found["interactionStatistic"] == {
        "@type": "InteractionCounter",
        "interactionType": {"@type": "EndorseAction"},
        "userInteractionCount": 3,
    }
    target = found["potentialAction"]["target"]["urlTemplate"]
    assert target == "http://localhost:8000/petitions/mend/sign/"


def test_what_cannot_be_signed_offers_no_action(client):
    PetitionFactory(is_closed=True, slug="closed")
    PetitionFactory(is_open=True, read_only=True, slug="copy")
    for slug in ("closed", "copy"):
        assert "potentialAction" not in data(client, f"/petitions/{slug}/")


def test_an_update_modifies_the_page(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    now = timezone.now()
    Petition.objects.update(opened_at=now - timedelta(days=9))
    PetitionVersion.objects.update(created_at=now - timedelta(days=8))
    UpdateFactory(petition=petition, published_at=now + timedelta(hours=1))  # not to be seen yet
    for days in range(7):  # the first published are of the last days
        at = now - timedelta(days=7 - days)
        UpdateFactory(petition=petition, published_at=at, happened_on=now - timedelta(days=days))
    newest = (now - timedelta(days=1)).isoformat(timespec="seconds")
    assert data(client, "/petitions/mend/")["dateModified"] == newest


def test_unknown_dates_are_left_out(client):
    PetitionFactory(status="closed", slug="mend")
    assert "datePublished" not in data(client, "/petitions/mend/")


def test_no_title_breaks_out_of_the_data(client):
    PetitionFactory(is_open=True, slug="mend", title=BREAKS_OUT, summary=BREAKS_OUT)
    found = data(client, "/petitions/mend/")
    assert found["name"] == BREAKS_OUT
    raw = re.search(r"(?s)ld\+json\">(.*?)</script>", head(client, "/petitions/mend/"))[1]
    assert not set("<>&\u2028") & set(raw)
    assert meta(client, "/petitions/mend/")["og:title"] == BREAKS_OUT


def test_the_way_to_the_embedding_code_is_found(client):
    PetitionFactory(is_open=True, slug="mend")
    html = head(client, "/petitions/mend/")
    link = re.search(
        r'<link rel="alternate" type="application/json\+oembed"[^>]*href="([^"]+)"', html
    )
    address = unescape(link[1]).removeprefix("http://localhost:8000")
    assert client.get(address).json()["type"] == "rich"


@pytest.mark.parametrize(
    ("page", "locale"), [("/", "en_GB"), ("/es/", "es_ES"), ("/petitions/", "en_GB")]
)
def test_other_pages_show_the_sites_own_card(client, page, locale):
    found = meta(client, page)
    assert found["og:type"] == "website"
    assert found["og:url"] == f"http://localhost:8000{page}"
    assert found["og:locale"] == locale
    assert found["og:title"]
    assert re.search(r"/card-[0-9a-f]{16}\.png$", found["og:image"])
    assert found["twitter:card"] == "summary_large_image"


def test_a_rejected_petition_has_no_card(client):
    petition = PetitionFactory(in_review=True, slug="mend", summary="It is shut.")
    petition.reject(by=UserFactory(), reason="unclear")
    found = meta(client, "/petitions/mend/")
    assert found["description"] == "It is shut."
    assert not [name for name in found if name.startswith("og:image")]
