"""Texts that break things: as title, body, ask, name and reason. Nothing fails, nothing runs."""

import html as html_module
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from supporters.fold import fold
from supporters.models import Signature
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory, typed

pytestmark = pytest.mark.django_db

OURS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1)) ![p](https://track.example/p.gif)",
    "{{ 7*7 }} {% load static %}",
    "'; DROP TABLE petitions_petition; --",
    "\x00nul\x00",
    "\ud800 lone surrogate",
    "\u202egnirts desrever",
    "👩‍👩‍👧‍👦 " * 20,
    "ﷺ" * 40,
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
    "# one\n## two\n### three",
    "&lt;b&gt; &amp; \"quotes\" 'single'",
    "=cmd|' /C calc'!A0",
    " " * 50,
    "%s %d %(x)s {0} %",
    "<svg/onload=alert(1)>\n\n<iframe src=//x.example>",
    "_" * 200 + "[" * 200 + "*" * 200,
]


class Dangers(HTMLParser):
    """What could run or load something, as a browser reads the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, object]] = []
        self.in_data = False

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        if tag == "script" and str(given.get("src", "")).startswith("/static/"):
            return
        if tag == "script" and given == {"type": "application/ld+json"}:  # data: nothing runs
            self.in_data = True
            return
        if tag in {"script", "iframe", "svg", "object", "embed", "style", "base", "img"}:
            self.found.append((tag, given))
        for name, value in given.items():
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            leads = name in {"href", "src", "action", "formaction", "srcset"}
            runs = leads and address.startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or name == "style" or runs:
                self.found.append((tag, given))

    def handle_data(self, data) -> None:
        if self.in_data:
            json.loads(data)  # whole, whatever a title holds

    def handle_endtag(self, tag) -> None:
        self.in_data = False


def dangers(content: bytes) -> list[tuple[str, object]]:
    parser = Dangers()
    # The countries are the same on every page, and most of its tags.
    parser.feed(re.sub(r"<option [^>]*>[^<]*</option>", "", content.decode()))
    return parser.found


def storable(text: str) -> str:
    """What a database takes: no NUL, no lone surrogate."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def written_everywhere(text: str, slug: str):
    """A petition with an update, a supporter and a pending signature made of the text."""
    text = storable(text)
    petition = PetitionFactory(
        is_open=True,
        slug=slug,
        title=(text.strip() or "untitled")[:300],
        summary=text[:500],
        body=text,
        ask=text,
        organizer_name=text[:200],
    )
    UpdateFactory(petition=petition, title=text[:200], body=text)
    person = {"given_name": text[:100], "family_name": text[:100], "reason": text[:500]}
    SignatureFactory(petition=petition, is_confirmed=True, display="full", **person)
    fold(petition.pk)
    return petition, SignatureFactory(petition=petition, **person)


def check_read(client, text, pages):
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, (page, text)
        if "atom" not in page:
            assert dangers(response.content) == [], (page, text)


def check_typed(client, text, slug):
    """Sent with a mistake (it comes back as typed), and sent without."""
    text = text.encode(errors="replace").decode()
    mistaken = typed(given_name=text, reason=text, email="not an address")
    answer = client.post(f"/petitions/{slug}/sign/", mistaken)
    assert answer.status_code == 200, text
    shown = html_module.unescape(answer.content.decode())
    assert text.replace("\x00", "").strip("\r\n") in shown.replace("\x00", ""), text
    assert dangers(answer.content) == [], text
    person = typed(given_name=text, family_name=text, reason=text)
    assert client.post(f"/petitions/{slug}/sign/", person).status_code in {200, 302}, text


def test_our_own(client):
    for number, text in enumerate(OURS):
        petition, pending = written_everywhere(text, f"ours{number}")
        pages = [
            f"/petitions/{petition.slug}/",
            f"/petitions/{petition.slug}/sign/",
            f"/petitions/{petition.slug}/supporters/",
            f"/petitions/{petition.slug}/embed/",
            f"/petitions/{petition.slug}/updates.atom",
            f"/signature/{make(Purpose.SIGNATURE, pending.pk)}/",
            f"/confirm/{make(Purpose.CONFIRM, pending.pk)}/",
        ]
        check_read(client, text, pages)
        check_typed(client, text, petition.slug)
        query = text.encode(errors="replace").decode()
        assert client.get("/petitions/", {"q": query}).status_code == 200, text


def parts(number):
    """The first at every run, the others with the audit."""
    return [0, *(pytest.param(part, marks=pytest.mark.audit) for part in range(1, number))]


@pytest.mark.shared
@pytest.mark.parametrize("part", parts(8))
def test_collected_texts(client, part):
    """Each on its petition's page and in the form; all of them once more on one wall."""
    path = Path(settings.BASE_DIR).parent / "shared" / "data" / "hostile_texts.jsonl"
    rows = [json.loads(line) for line in path.read_text().split("\n") if line]
    wall = PetitionFactory(is_open=True, slug="wall")
    for number, row in enumerate(rows[part::8]):
        text = row["body"] or row["title"]
        petition, _pending = written_everywhere(text, f"text{number}")
        check_read(client, text, [f"/petitions/{petition.slug}/"])
        check_typed(client, text, petition.slug)
        person = {"given_name": storable(text)[:100], "reason": storable(text)[:500]}
        SignatureFactory(petition=wall, is_confirmed=True, display="full", **person)
        UpdateFactory(petition=wall, title=storable(text)[:200], body=storable(text))
    fold(wall.pk)
    pages = ["", "supporters/", "supporters/?before=20", "updates.atom"]
    check_read(client, "the wall", [f"/petitions/wall/{page}" for page in pages])
    check_read(client, "the lists", ["/", "/petitions/", "/petitions/?page=2", "/petitions.atom"])


@pytest.mark.parametrize("body", [b"\xff\xfe=\x00", b"email=%00%ED%A0%80", b"a" * 100, b""])
def test_bodies_that_are_no_form(client, body):
    PetitionFactory(is_open=True, slug="mend")
    response = client.post(
        "/petitions/mend/sign/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code in {200, 400}
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [("application/json", {200, 400}), ("multipart/form-data", {200, 400}), ("x/y", {200, 400})],
)
def test_content_types_that_are_no_form(client, content_type, expected):
    PetitionFactory(is_open=True, slug="mend")
    response = client.post("/petitions/mend/sign/", b"{}", content_type=content_type)
    assert response.status_code in expected


def test_too_many_fields(client):
    PetitionFactory(is_open=True, slug="mend")
    response = client.post("/petitions/mend/sign/", {f"f{n}": "x" for n in range(1200)})
    assert response.status_code == 400
