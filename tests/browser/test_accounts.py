"""An account by keyboard and by passkey, with Chromium's own authenticator of the kind of a phone."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.soundness import (
    loose_ends,
    sideways_when_narrow,
    small_targets,
    small_text,
    violations,
)
from tests.factories import UserFactory

PASSWORD = "only-for-tests-7"


@pytest.fixture
def mo(transactional_db, live_server):
    user = UserFactory(username="mo", first_name="Mo", is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    user.trust_email()
    return user


@pytest.fixture
def host(live_server) -> str:
    """Browsers give passkeys to names alone: localhost, not 127.0.0.1."""
    return live_server.url.replace("127.0.0.1", "localhost")


def authenticator(page: Page) -> CDPSession:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return cdp


def log_in(page: Page, host: str) -> None:
    page.goto(f"{host}/accounts/login/?next=/accounts/")
    page.get_by_label("User name or email address").fill("mo")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def test_by_keyboard_alone(mo, host, page):
    page.goto(f"{host}/admin/")
    page.keyboard.press("Tab")  # the link to the text
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("mo")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator(".errors")).to_contain_text("do not belong together")
    page.get_by_label("Password", exact=True).focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{host}/admin/")


def test_a_passkey_is_made_and_logs_in_without_the_password(mo, host, page):
    authenticator(page)
    log_in(page, host)
    page.get_by_role("link", name="Second factor and passkeys").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)  # is it you?
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Test phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Test phone"

    page.goto(f"{host}/accounts/logout/")
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page).to_have_url(f"{host}/admin/")

    # And as the second factor, after the password.
    page.context.clear_cookies()
    log_in(page, host)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_a_device_without_a_passkey_is_told_so(mo, host, page):
    cdp = authenticator(page)
    page.goto(f"{host}/accounts/login/")
    failed = page.locator("[data-passkey-failed]")
    expect(failed).to_be_hidden()
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(failed).to_be_visible()
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_enabled()
    cdp.detach()


def test_without_javascript(mo, host, page_without_javascript):
    page = page_without_javascript
    log_in(page, host)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("Passkeys need a browser that has them")).to_be_visible()
    expect(page.locator("[data-passkey-go]")).to_be_hidden()


@pytest.mark.journeys
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(mo, host, new_page, theme):
    page = new_page(viewport=PHONE, color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{host}/accounts/login/")
    assert complaints(page) == []
    log_in(page, host)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    assert complaints(page) == []
    for path in ("email/", "password/change/", "2fa/", "2fa/webauthn/", "sessions/", "logout/"):
        page.goto(f"{host}/accounts/{path}")
        assert complaints(page) == [], path
    page.goto(f"{host}/accounts/2fa/totp/activate/")
    assert complaints(page) == []  # is it you?
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("svg.qr")).to_be_visible()
    assert complaints(page) == []
    page.goto(f"{host}/accounts/2fa/webauthn/add/")
    assert complaints(page) == []


def complaints(page: Page) -> list[str]:
    questions = (violations, small_text, loose_ends, small_targets, sideways_when_narrow)
    return [complaint for question in questions for complaint in question(page)]
