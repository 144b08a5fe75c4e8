"""The number of an open page follows along, and rests when nobody looks."""

import re

import pytest
from playwright.sync_api import expect

from supporters.fold import fold
from supporters.models import CountAdjustment
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory

HIDDEN = "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'})"


@pytest.fixture
def petition(transactional_db):
    petition = PetitionFactory(in_review=True, slug="mend", title="Mend the bridge", goal=3)
    petition.publish(by=None)
    fold(petition.pk)
    return petition


@pytest.fixture
def asked(page):
    """The addresses of count.json as the page asked for them."""
    seen: list[str] = []
    page.on(
        "request", lambda request: seen.append(request.url) if "count.json" in request.url else None
    )
    page.clock.install()
    return seen


def test_follows_every_copy_and_the_goal(petition, page, asked):
    SignatureFactory(petition=petition, is_confirmed=True)
    page.goto("/petitions/mend/")
    expect(page.locator("[data-count-others]")).to_have_text("1 supporter")
    SignatureFactory(petition=petition, is_confirmed=True)
    page.clock.run_for(10_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition has\s+3\s+supporters"))
    expect(page.locator(".goal")).to_contain_text("Goal of 3 reached")
    for copy in page.locator("[data-count-copy]").all():
        expect(copy).to_have_text(re.compile(r"3\s+supporters"))
    expect(page.locator("[data-count-others]")).to_have_text("2 supporters")


def test_what_is_left_to_go_follows_and_is_over_with_the_petition(petition, page, asked):
    page.goto("/petitions/mend/")
    goal = page.locator(".goal label")
    progress = page.locator("progress")
    expect(goal).to_have_text("Goal: 3, 2 to go")
    expect(progress).to_have_accessible_name(re.compile(r"^Goal: 3 ?, 2 to go$"))
    SignatureFactory(petition=petition, is_confirmed=True)
    page.clock.run_for(10_000)
    expect(goal).to_have_text("Goal: 3, 1 to go")
    to_go = goal.locator(".figures")
    expect(to_go).to_have_text("1 to go", use_inner_text=True)
    expect(to_go).to_be_visible()
    petition.close(by=None)
    for _ in range(20):  # an answer may come from the browser's cache, for a real second
        page.clock.run_for(10_000)
        page.wait_for_timeout(200)
        if page.locator(".tally.dry").count():
            break
    expect(page.locator(".latest")).to_have_text(
        "Petition closed. It can be read but no longer signed."
    )
    expect(to_go).to_be_empty()
    expect(progress).to_have_accessible_name("Goal: 3")
    page.reload()
    expect(page.locator("progress")).to_have_accessible_name("Goal: 3")


def test_a_million_has_a_word_of_its_own_in_spanish(petition, page, asked):
    CountAdjustment.objects.create(
        petition=petition, kind=CountAdjustment.Kind.CARRIED_OVER, quantity=999_998
    )
    page.goto("/es/petitions/mend/")
    expect(page.locator(".count")).to_have_text(re.compile(r"999\D999\s+firmantes"))
    SignatureFactory(petition=petition, is_confirmed=True)
    page.clock.run_for(10_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"1\D000\D000\s+de firmantes"))


def test_the_newest_name_goes_when_somebody_came_later(petition, page, asked):
    page.goto("/petitions/mend/")
    expect(page.locator(".latest")).to_have_text(re.compile("^Latest: Ana Ferreira, "))
    SignatureFactory(petition=petition, is_confirmed=True)
    page.clock.run_for(10_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"2\s+supporters"))
    expect(page.locator(".latest")).to_be_empty()


def test_closing_is_noticed_and_ends_the_questions(petition, page, asked):
    page.goto("/petitions/mend/")
    page.get_by_label("First name", exact=True).fill("Noor")
    petition.close(by=None)
    page.clock.run_for(10_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition had\s+1\s+supporter"))
    expect(page.get_by_label("First name", exact=True)).to_have_value("Noor")
    before = len(asked)
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert before == len(asked) == 1


def test_hidden_tabs_rest(petition, page, asked):
    page.add_init_script(HIDDEN)
    page.goto("/petitions/mend/")
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert asked == []


def test_errors_make_it_ask_less_often(petition, page, asked, watch):
    watch.expect("count.json")
    page.route("**/count.json", lambda route: route.fulfill(status=503, body="away"))
    page.goto("/petitions/mend/")
    for _ in range(60):
        page.clock.run_for(1_000)
        page.wait_for_timeout(20)
    # Every 5 s ± 30 % would be nine questions at least; doubling leaves four or five.
    assert 2 <= len(asked) <= 6
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition has\s+1\s+supporter"))


def in_pace(page):
    """A function that lets five seconds pass, no faster than the site answers."""
    waiting = set()

    def began(request):
        waiting.add(request)

    def ended(request):
        waiting.discard(request)

    page.on("request", began)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)

    def go_on():
        page.clock.run_for(5_000)
        page.wait_for_timeout(50)
        while waiting:
            page.wait_for_timeout(50)

    return go_on


@pytest.mark.usefixtures("asked")
def test_a_name_that_went_does_not_come_back_when_the_site_is_calm_again(petition, page, watch):
    watch.expect("count.json")
    said = {"status": 200, "count": 2}

    def answer(route):
        moment = f"{2_900 + said['count']}-01-01T00:00:00Z"  # a later one for each number
        number = {"count": said["count"], "as_of": moment, "status": "open", "goal": None}
        route.fulfill(status=said["status"], json=number)

    def until(seen):
        for _ in range(100):
            if seen():
                return
            go_on()
        raise AssertionError("It was not seen.")

    page.route("**/count.json", answer)
    page.goto("/petitions/mend/")
    go_on = in_pace(page)
    latest, notice = page.locator("[data-count-latest]"), page.locator(".latest")
    expect(latest).to_contain_text("Latest: ")
    until(lambda: not latest.count())
    said["status"] = 503
    until(lambda: notice.inner_text() == "Signing may have to wait.")
    said["status"] = 200
    until(lambda: notice.inner_text() != "Signing may have to wait.")
    assert not latest.count()


def test_a_busy_site_is_told_until_it_is_over(petition, page, asked, watch):
    watch.expect("count.json")
    page.route("**/count.json", lambda route: route.fulfill(status=503, json={"error": "busy"}))
    page.goto("/petitions/mend/")
    latest = page.locator("[data-count-latest]")
    expect(latest).to_contain_text("Latest: ")
    form = page.locator("form")
    top = form.bounding_box()["y"]
    page.clock.run_for(7_000)
    page.wait_for_timeout(200)
    assert len(asked) == 1
    expect(latest).to_be_visible()  # once may be chance
    page.clock.run_for(13_000)
    seen = page.locator(".latest")
    expect(seen).to_have_text("Signing may have to wait.")
    assert form.bounding_box()["y"] == top
    page.unroute_all()
    go_on = in_pace(page)
    for _ in range(100):  # it asks less and less often
        go_on()
        if latest.count():
            break
    expect(seen).to_contain_text("Latest: ")
    assert form.bounding_box()["y"] == top


def test_who_types_does_not_hear_that_the_site_is_busy(petition, page, asked, watch):
    watch.expect("count.json")
    page.route("**/count.json", lambda route: route.fulfill(status=503, json={"error": "busy"}))
    page.goto("/petitions/mend/")
    heard = page.locator("[data-count-status]")
    page.get_by_label("First name", exact=True).focus()

    def wait_for(text, *, most=300):
        for _ in range(most // 5):
            page.clock.run_for(5_000)
            page.wait_for_timeout(60)
            if heard.text_content() == text:
                break
        expect(heard).to_have_text(text)

    wait_for("", most=5)
    for _ in range(20):
        page.clock.run_for(10_000)
        page.wait_for_timeout(60)
    expect(page.locator(".latest")).to_have_text("Signing may have to wait.")
    expect(heard).to_be_empty()
    page.evaluate("document.activeElement.blur()")
    wait_for("Signing may have to wait.")
    count = {"count": 1, "goal": 3, "status": "open", "confirmed_at": None}
    page.unroute_all()
    page.route(
        "**/count.json",
        lambda route: route.fulfill(json={**count, "as_of": "2099-01-01T00:00:00Z"}),
    )
    wait_for("Signing goes on.")


def test_who_is_counted_has_nothing_to_wait_for(petition, page, asked, watch):
    watch.expect("count.json")
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    page.route("**/count.json", lambda route: route.fulfill(status=503, json={"error": "busy"}))
    page.goto(f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/")
    usual = page.locator(".latest").text_content()
    for _ in range(12):
        page.clock.run_for(10_000)
        page.wait_for_timeout(60)
    assert len(asked) > 2
    expect(page.locator(".latest")).to_have_text(usual)
    expect(page.locator("[data-count-status]")).to_be_empty()
    assert "may have to wait" not in page.content()


def test_older_answers_are_ignored(petition, page, asked):
    old = {"count": 99, "goal": 3, "status": "open", "confirmed_at": None}
    page.route(
        "**/count.json",
        lambda route: route.fulfill(json={**old, "as_of": "2001-01-01T00:00:00Z"}),
    )
    page.goto("/petitions/mend/")
    page.clock.run_for(20_000)
    page.wait_for_timeout(300)
    assert asked
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition has\s+1\s+supporter"))


def test_screen_readers_are_told_rarely_and_not_while_typing(petition, page, asked):
    page.goto("/petitions/mend/")
    status = page.locator("[data-count-status]")
    page.get_by_label("First name", exact=True).focus()
    SignatureFactory(petition=petition, is_confirmed=True)
    page.clock.run_for(10_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"2\s+supporters"))
    expect(status).to_be_empty()
    page.evaluate("document.activeElement.blur()")
    for _ in range(14):
        page.clock.run_for(5_000)
        page.wait_for_timeout(60)
    SignatureFactory(petition=petition, is_confirmed=True)
    for _ in range(20):  # an answer may come from the browser's cache, for a real second
        page.clock.run_for(10_000)
        page.wait_for_timeout(200)
        if status.text_content():
            break
    expect(status).to_have_text("This petition has reached its goal of 3.")
    assert page.locator(".count").get_attribute("aria-live") is None


def test_closed_pages_ask_nothing(petition, page, asked):
    petition.close(by=None)
    page.goto("/petitions/mend/")
    page.clock.run_for(30_000)
    assert asked == []
