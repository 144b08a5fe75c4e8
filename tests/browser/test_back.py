"""The back button, a second press and a second tab: nothing is lost, nobody signs twice."""

import re
from threading import Event

from django.core.management import call_command
from playwright.sync_api import expect

from config.shedding import Gate, Rank
from supporters import switches
from supporters.models import OutgoingMail, Signature
from supporters.switching import turn
from tests.browser.signer import fill, link_in


def send(page) -> None:
    page.locator("form [type=submit]").click()


def sign_and_confirm(page, inbox) -> None:
    page.goto("/petitions/mend/")
    fill(page)
    send(page)
    call_command("work", "--once")
    page.goto(link_in(inbox, "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()


def test_back_to_mistakes_shows_what_was_typed(petition, sized_page):
    sized_page.goto("/petitions/mend/")
    fill(sized_page, Email="noor@")
    send(sized_page)
    expect(sized_page.locator(".errors")).to_be_focused()
    sized_page.get_by_role("link", name="Read the whole petition").click()
    expect(sized_page.locator("[data-count-url]")).to_be_visible()
    sized_page.go_back()
    expect(sized_page.locator(".errors")).to_be_visible()
    expect(sized_page.get_by_label("Email", exact=True)).to_have_value("noor@")
    expect(sized_page.get_by_label("First name", exact=True)).to_have_value("Noor")


def test_back_past_mistakes_shows_the_form_as_it_was_sent(petition, page):
    page.goto("/petitions/mend/")
    fill(page, Email="noor@")
    send(page)
    expect(page.locator(".errors")).to_be_focused()
    page.go_back()
    expect(page.locator(".errors")).to_have_count(0)
    expect(page.get_by_label("Last name", exact=True)).to_have_value("Haddad")
    expect(page.get_by_label("Country")).to_have_value("IE")


def test_going_back_to_mistakes_in_ones_own_signature(petition, page, smtp_server):
    sign_and_confirm(page, smtp_server)
    page.get_by_label("First name", exact=True).fill("")
    page.get_by_label("Last name", exact=True).fill("Haddad Khoury")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name="Mend the bridge").click()
    expect(page.locator("h1")).to_have_text("Mend the bridge")
    page.go_back()
    expect(page.locator(".errors")).to_be_visible()
    expect(page.get_by_label("Last name", exact=True)).to_have_value("Haddad Khoury")


def test_double_press_and_back_button_sign_once(petition, page, smtp_server):
    page.goto("/petitions/mend/")
    fill(page)
    page.locator("form button[type=submit]").dblclick()
    expect(page.locator("h1")).to_have_text("One step left: check your email.")
    assert OutgoingMail.objects.count() == 1
    page.go_back()
    expect(page.get_by_label("Email", exact=True)).to_have_value("noor@example.org")
    send(page)
    expect(page.locator("h1")).to_have_text("One step left: check your email.")
    assert Signature.objects.filter(email="noor@example.org").count() == 1
    call_command("work", "--once")
    page.goto(link_in(smtp_server, "confirm"))
    page.get_by_role("button", name="Confirm my signature").dblclick()
    expect(page.locator("h1")).to_have_text(re.compile("Thank you, Noor|Your signature"))
    page.go_back()
    page.reload()
    expect(page.locator("h1")).to_have_text("You are counted.")
    assert page.request.get("/petitions/mend/count.json").json()["count"] == 2


def test_pressing_again_while_nobody_answers_is_the_same_press(petition, page):
    page.clock.install()
    page.goto("/petitions/mend/")
    fill(page)
    # The site hangs: what the page lets through is noted, and goes nowhere.
    page.evaluate(
        """() => {
            window.sent = 0;
            addEventListener("submit", (event) => {
                if (!event.defaultPrevented) window.sent += 1;
                event.preventDefault();
            });
        }"""
    )
    said = page.locator("form [role=status]")
    for words in ("", "It is being sent, one moment.", "It is being sent, one moment."):
        send(page)  # at 0, 4 and 8 seconds
        assert page.evaluate("window.sent") == 1
        page.clock.run_for(100)
        expect(said).to_have_text(words)
        page.clock.fast_forward(3_900)
    send(page)  # it may be tried again after all
    expect(said).to_be_empty()
    assert page.evaluate("window.sent") == 2


def test_who_stops_a_page_that_does_not_come_may_press_again(petition, page, monkeypatch):
    page.goto("/petitions/mend/")
    fill(page)
    enter, is_over = Gate.enter, Event()

    def hang(gate, rank):
        return enter(gate, rank) if rank is Rank.READING else is_over.wait(30) and False

    monkeypatch.setattr(Gate, "enter", hang)
    # While a page is awaited, Chromium takes no commands but "stop": it presses by itself.
    press_and_note = """(presses) => {
        const form = document.querySelector("form");
        window.noted = [];
        addEventListener("submit", (event) => noted.push(event.defaultPrevented));
        for (let n = 0; n < presses; n += 1) setTimeout(() => form.requestSubmit(), 200 * n);
        const said = () => noted.push(form.querySelector("[role=status]").textContent);
        setTimeout(said, 200 * presses + 200);
    }"""
    session = page.context.new_cdp_session(page)
    try:
        page.evaluate(press_and_note, 2)
        page.wait_for_timeout(2_000)
        session.send("Page.stopLoading")
        assert page.evaluate("noted") == [False, True, "It is being sent, one moment."]
        expect(page.locator("form [role=status]")).to_be_empty()
        page.evaluate(press_and_note, 1)
        page.wait_for_timeout(2_000)
        session.send("Page.stopLoading")
        assert page.evaluate("noted")[0] is False
    finally:
        is_over.set()


# While the site is too busy


def switch_busy(*, on):
    turn(by="mo", busy=on)
    switches.memory.refresh()


def test_a_corrected_address_is_still_there_after_the_busy_page(petition, page, watch):
    watch.expect("503")
    page.goto("/petitions/mend/")
    fill(page, Email="noor@exmaple.org")
    send(page)
    page.get_by_role("link", name="Correct your address").click()
    email = page.get_by_label("Email", exact=True)
    expect(email).to_have_value("noor@exmaple.org")
    email.fill("noor@example.org")
    switch_busy(on=True)
    try:
        send(page)
        expect(page.locator("h1")).to_have_text("This site is very busy")
        expect(page.locator("main")).to_contain_text("go back and press the button again")
        page.go_back()
        expect(email).to_have_value("noor@example.org")
        expect(page.get_by_label("Last name", exact=True)).to_have_value("Haddad")
    finally:
        switch_busy(on=False)
    send(page)
    expect(page.locator("h1")).to_have_text("One step left: check your email.")
    assert Signature.objects.filter(email="noor@example.org").exists()


def test_reloading_sends_again_what_a_full_site_did_not_take(
    petition, page, watch, smtp_server, monkeypatch
):
    watch.expect("503")
    sign_and_confirm(page, smtp_server)
    page.get_by_label("Last name", exact=True).fill("Haddad Khoury")
    with monkeypatch.context() as full:
        full.setattr(Gate, "enter", lambda self, rank: False)
        page.get_by_role("button", name="Save").click()
        expect(page.locator("main")).to_contain_text("let the browser send it again")
    page.reload()
    expect(page.get_by_label("Last name", exact=True)).to_have_value("Haddad Khoury")
    assert Signature.objects.filter(family_name="Haddad Khoury").exists()


def test_a_pause_is_told_at_once_to_who_sends_the_first_stage(page, watch, transactional_db):
    watch.expect("503")
    page.goto("/petitions/start/")
    page.get_by_label("Title").fill("Mend the road")
    turn(by="mo", starting_paused=True)
    switches.memory.refresh()
    page.locator("form [type=submit]").first.click()
    expect(page.locator(".errors")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Starting petitions is paused")
    expect(page.get_by_label("Title")).to_have_value("Mend the road")


def test_two_tabs_sign_once(petition, page, smtp_server):
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/petitions/mend/")
        fill(tab)
    for tab in (page, other):
        send(tab)
        expect(tab.locator("h1")).to_have_text("One step left: check your email.")
    assert Signature.objects.filter(email="noor@example.org").count() == 1
    call_command("work", "--once")
    for tab in (page, other):
        tab.goto(link_in(smtp_server, "confirm"))
    for tab in (page, other):
        tab.get_by_role("button", name="Confirm my signature").click()
        expect(tab.locator("h1")).to_have_text(re.compile("Thank you, Noor|Your signature"))
    assert page.request.get("/petitions/mend/count.json").json()["count"] == 2


def test_changes_saved_in_one_tab_do_not_undo_a_withdrawal_in_another(petition, page, smtp_server):
    sign_and_confirm(page, smtp_server)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_text("Withdraw your signature?").click()
    other.get_by_role("button", name="Withdraw my signature").click()
    expect(other.locator("h1")).to_have_text("You withdrew your signature.")
    page.locator("form:has([name=display]) [type=submit]").click()
    expect(page.locator("h1")).to_have_text("You withdrew your signature.")
    assert page.request.get("/petitions/mend/count.json").json()["count"] == 1
