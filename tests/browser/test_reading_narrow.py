"""Reading on a phone: long words stay on the screen, and what is one thing is not torn in two."""

from datetime import UTC, date, datetime

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import expect

from petitions.models import Petition, Target, Topic
from supporters.demo.mailbox import EmailBackend, newest_mails
from tests.browser.conftest import PHONE
from tests.browser.soundness import SPACED, TWICE, sideways, sideways_when_narrow, with_rules
from tests.factories import PetitionFactory, TargetFactory, UpdateFactory

LONG = "Arbeiterunfallversicherungsgesetze"  # 34 letters
LINES = """element => {
    const words = document.createRange();
    words.selectNodeContents(element);
    return new Set([...words.getClientRects()].map(each => Math.round(each.top))).size;
}"""

# How far each comma stands from where its line begins.
COMMAS = """element => {
    const begin = element.getBoundingClientRect().left;
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const indents = [];
    while (texts.nextNode()) {
        const at = texts.currentNode.data.indexOf(",");
        if (at < 0) continue;
        const comma = document.createRange();
        comma.setStart(texts.currentNode, at);
        comma.setEnd(texts.currentNode, at + 1);
        indents.push(comma.getBoundingClientRect().left - begin);
    }
    return indents;
}"""


@pytest.fixture
def long_words(petition) -> Target:
    """Long words wherever a list has a title or a name."""
    target = TargetFactory(name=f"{LONG}amt", slug="amt")
    topic = Topic.objects.create(name=f"{LONG}recht", slug="recht")
    title = f"Amend the {LONG}"
    for each in (
        PetitionFactory(is_open=True, slug="leading", featured_at=petition.opened_at, title=title),
        PetitionFactory(is_open=True, slug="new", title=title),
        PetitionFactory(is_closed=True, slug="won", outcome="victory", title=title),
    ):
        each.target_links.create(target=target)
        each.topics.add(topic)
    UpdateFactory(petition=Petition.objects.get(slug="new"), title=LONG)
    return target


@pytest.mark.parametrize(
    "address",
    ["/", "/es/", "/petitions/", "/es/petitions/", f"/petitions/?q={LONG}", "/topics/",
     "/topics/recht/", "/targets/", "/targets/amt/", "/petitions/new/", "/petitions/won/",
     "/petitions/new/sign/"],
)  # fmt: skip
def test_a_long_word_pushes_no_page_sideways(long_words, new_page, address):
    page = new_page(viewport=PHONE)
    page.goto(address)
    expect(page.locator("main")).to_contain_text(LONG)
    assert sideways_when_narrow(page) == []
    with_rules(page, TWICE)
    assert sideways(page) == []


@pytest.mark.parametrize("language", ["", "/es"])
def test_no_line_begins_with_a_comma(petition, new_page, language):
    page = new_page(viewport=PHONE)
    page.goto(f"{language}/petitions/?q=bridge")
    choices = page.locator(".line > span").last
    assert choices.get_by_role("link").first.bounding_box()["height"] >= 43.5
    for width in range(320, 480, 10):
        page.set_viewport_size({"width": width, "height": 844})
        indents = choices.evaluate(COMMAS)
        assert len(indents) == 3
        assert min(indents) > 1, width


@pytest.mark.parametrize("language", ["", "/es"])
def test_no_date_is_torn(petition, new_page, language):
    page = new_page(viewport=PHONE)
    Petition.objects.filter(pk=petition.pk).update(
        opened_at=datetime(2026, 9, 30, tzinfo=UTC), closes_at=datetime(2027, 9, 29, tzinfo=UTC)
    )
    UpdateFactory(petition=petition, happened_on=date(2026, 9, 28))
    page.goto(f"{language}/petitions/mend/")
    dates = page.locator("time")
    for width in range(320, 640, 20):
        page.set_viewport_size({"width": width, "height": 844})
        assert set(dates.evaluate_all(f"each => each.map({LINES})")) == {1}, width
    assert sideways_when_narrow(page) == []


def test_a_date_keeps_out_of_the_text_beside_it(petition, new_page):
    """Of an update on a wide screen, in the language with the longest dates."""
    page = new_page()
    UpdateFactory(petition=petition, happened_on=date(2026, 9, 28))
    page.goto("/es/petitions/mend/")
    with_rules(page, SPACED)
    day = page.locator(".dated time").bounding_box()
    text = page.locator(".dated h3:not(.visually-hidden)").bounding_box()
    assert day["x"] + day["width"] < text["x"]


def test_the_points_of_an_update_are_full(petition, page):
    UpdateFactory(petition=petition, body="Asked:\n\n- the mayor\n- the board")
    page.goto("/petitions/mend/")
    points = page.locator(".dated .prose ul")
    assert points.evaluate("e => getComputedStyle(e).listStyleType") == "disc"


def test_a_mail_of_the_demo_is_read_as_it_was_sent(petition, settings, tmp_path, sized_page):
    settings.PETITIONS_DEMO = True
    settings.PETITIONS_DEMO_MAIL = tmp_path / "mail"
    settings.ROOT_URLCONF = "tests.supporters.demo.urls"
    body = f"We ask (https://a.org/{LONG * 9}):\n\n1. one\n   - two\n\n        {LONG * 9}\n"
    EmailBackend().send_messages([EmailMessage("Ask", body, to=["noor@example.org"])])
    sized_page.goto(f"/demo/mail/{newest_mails()[0].key}/")
    assert sized_page.locator("pre").inner_text() == body
    assert not sideways(sized_page)
