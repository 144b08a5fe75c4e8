"""Sharing with and without script, and a petition framed by another site."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from supporters.tokens import Purpose, make
from tests.browser.conftest import PHONE
from tests.factories import PetitionFactory, SignatureFactory

SHEET = """
window.shared = [];
navigator.canShare = () => true;
navigator.share = async (what) => { window.shared.push(what); };
"""
BREAKS_OUT = '</script><script src="/nowhere.js"></script> & "bridge"'


@pytest.fixture
def petition(transactional_db, settings, live_server):
    settings.SITE_URL = live_server.url
    return PetitionFactory(is_open=True, slug="mend", title=BREAKS_OUT, goal=10)


def test_copying_the_link_says_so(petition, new_page, live_server):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/petitions/mend/")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".share [role=status]")).to_have_text("The link is copied.")
    link = f"{live_server.url}/petitions/mend/?via=l"
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_where_copying_is_forbidden_the_link_is_selected(petition, new_page):
    page = new_page()
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
        "document.execCommand = () => false;"
    )
    page.goto("/petitions/mend/")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".share [role=status]")).to_have_text(
        "The link is selected. Copy it from the field."
    )
    assert page.evaluate("getSelection().toString()").endswith("/petitions/mend/?via=l")


def test_a_signers_page_shares_the_petition_by_the_sheet(petition, new_page, live_server):
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    page = new_page(viewport=PHONE)
    page.add_init_script(SHEET)
    page.goto(f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/")
    page.get_by_role("button", name="Share…").click()
    assert page.evaluate("window.shared") == [
        {"title": BREAKS_OUT, "url": f"{live_server.url}/petitions/mend/?via=s"}
    ]


def test_without_a_sheet_nothing_offers_one(petition, new_page):
    page = new_page()
    page.add_init_script("delete Navigator.prototype.canShare; delete Navigator.prototype.share;")
    page.goto("/petitions/mend/")
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    expect(page.get_by_role("button", name="Share…")).to_be_hidden()


def test_without_script_the_links_are_there_and_no_dead_button(petition, page_without_javascript):
    page = page_without_javascript
    page.goto("/petitions/mend/")
    share = page.locator(".share")
    expect(share.get_by_role("button")).to_have_count(0)
    expect(share.get_by_label("Link to this petition")).to_have_value(re.compile(r"\?via=l$"))
    expect(share.get_by_role("link")).to_have_count(5)


def test_a_shared_link_is_remembered_by_the_signature_alone(petition, page):
    """Also: three requests (and one for a picture), and nothing that the policy forbids."""
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/petitions/mend/?via=leaflet")
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    loaded = [url for url in requests if not url.endswith((".svg", ".ico", ".json"))]
    assert len(loaded) == 3, loaded
    assert page.locator("input[name=source]").input_value() == "leaflet"
    assert page.context.cookies() == []


class Newspaper(BaseHTTPRequestHandler):
    frame = ""

    def do_GET(self) -> None:
        body = f"<!doctype html><title>Elsewhere</title>{self.frame}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def elsewhere():
    """A page of another site; `elsewhere(html)` gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Newspaper)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def serve(html: str) -> str:
        Newspaper.frame = html
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [280, 600])
@pytest.mark.parametrize("title", ["Mend the bridge", "Mend the bridge on Weir Lane " * 10])
def test_another_site_frames_it(petition, page, elsewhere, live_server, width, title):
    petition.title = title
    petition.save()
    page.goto("/petitions/mend/")
    code = page.locator(".share textarea").input_value().replace('"100%"', f'"{width}"')
    page.goto(elsewhere(code))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Be the first to sign")).to_be_visible()
    inner = page.frames[1]
    inner.wait_for_load_state("load")  # its frame is lazy: the page itself did not wait for it
    room = inner.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert room[0] <= width
    assert room[1] <= 360
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Sign this petition").click()
    new = opened.value
    expect(new).to_have_url(f"{live_server.url}/petitions/mend/?via=embed")
    assert new.locator("input[name=source]").input_value() == "embed"
