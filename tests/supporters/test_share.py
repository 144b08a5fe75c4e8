"""The share block: plain links with their codes, and never a signer's own address."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db

HOSTILE = 'A & B? "now" <script>alert(1)</script> 100 %'


def block(response) -> str:
    return re.search(r'(?s)<section class="share.*?</section>', response.content.decode())[0]


def links(response) -> dict[str, str]:
    found = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', block(response))
    return {label: unescape(address) for address, label in found}


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_five_places_each_with_its_code(client):
    PetitionFactory(is_open=True, slug="mend", title=HOSTILE)
    found = links(client.get("/petitions/mend/"))
    assert list(found) == ["Email it", "WhatsApp", "Telegram", "Facebook", "X"]
    page = "http://localhost:8000/petitions/mend/"
    assert query(found["WhatsApp"]) == {"text": f"{HOSTILE} {page}?via=w"}
    assert query(found["Telegram"]) == {"url": f"{page}?via=t", "text": HOSTILE}
    assert query(found["Facebook"]) == {"u": f"{page}?via=f"}
    assert query(found["X"]) == {"text": HOSTILE, "url": f"{page}?via=x"}
    assert {urlsplit(address).scheme for address in found.values()} == {"https", "mailto"}


def test_the_mail_is_written_already(client):
    PetitionFactory(is_open=True, slug="mend", title=HOSTILE)
    scheme, _mark, rest = links(client.get("/petitions/mend/"))["Email it"].partition("?")
    assert scheme == "mailto:"
    parts = dict(part.split("=", 1) for part in rest.split("&"))
    assert unquote(parts["subject"]) == HOSTILE
    assert unquote(parts["body"]).splitlines() == [
        "I think this petition is worth reading and signing:",
        "",
        HOSTILE,
        "http://localhost:8000/petitions/mend/?via=m",
    ]


def test_a_closed_petition_is_not_to_be_signed(client):
    PetitionFactory(is_closed=True, slug="mend")
    mail = unquote(links(client.get("/petitions/mend/"))["Email it"])
    assert "worth reading:" in mail
    assert "signing" not in mail


def test_links_lead_to_the_language_of_the_page(client):
    PetitionFactory(is_open=True, slug="mend")
    html = block(client.get("/es/petitions/mend/"))
    assert 'value="http://localhost:8000/es/petitions/mend/?via=l"' in html
    assert 'data-share="http://localhost:8000/es/petitions/mend/?via=s"' in html


def test_the_code_to_embed_is_shown_not_run(client):
    PetitionFactory(is_open=True, slug="mend", title=HOSTILE)
    html = block(client.get("/petitions/mend/"))
    assert "<iframe" not in html
    shown = unescape(re.search(r"(?s)<textarea[^>]*>(.*?)</textarea>", html)[1])
    assert shown.startswith('<iframe src="http://localhost:8000/petitions/mend/embed/"')
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
    assert "<script" not in shown


@pytest.mark.parametrize("query", ["", "?confirmed=1"])
def test_the_signers_page_shares_the_petition_not_itself(client, query):
    signature = SignatureFactory(is_confirmed=True, petition__slug="mend")
    token = make(Purpose.SIGNATURE, signature.pk)
    response = client.get(f"/signature/{token}/{query}")
    assert "Now ask one person who would agree" in response.content.decode()
    html = block(response)
    assert token not in unquote(unescape(html))
    assert "http://localhost:8000/petitions/mend/?via=l" in html
    assert "<textarea" not in html


def test_a_preview_is_not_shared(client):
    petition = PetitionFactory(in_review=True)
    html = client.get(f"/petitions/preview/{make(Purpose.PREVIEW, petition.pk)}/").content.decode()
    assert 'class="share' not in html
    assert "og:image" not in html
    assert "ld+json" not in html
