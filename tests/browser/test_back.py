"""The back button, a second press and a second tab: nothing is lost, nobody signs twice."""

import re

from django.core.management import call_command
from playwright.sync_api import expect

from supporters.models import OutgoingMail, Signature
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
