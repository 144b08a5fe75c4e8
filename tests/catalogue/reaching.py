"""How a state is reached that no address alone leads to, and what has to be so meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone
from playwright.sync_api import Page, Response, Route
from pytest_django.live_server_helper import LiveServer

from petitions.models import Petition
from petitions.states import Status
from supporters import switches
from supporters.delivery import deliver
from supporters.demo.mailbox import newest_mails
from supporters.demo.seed import FIRST
from supporters.models import Mailing, Signature
from supporters.signing import Signer, sign
from supporters.switching import turn

from .world import BUS, World, petition_at


@contextmanager
def served(media: Path, **changed_settings: object) -> Iterator[LiveServer]:
    """The site with the addresses of tests/urls.py, on the database that there is."""
    server = LiveServer("localhost")
    changes = {"ROOT_URLCONF": "tests.urls", "SITE_URL": server.url, "MEDIA_ROOT": media}
    with server._live_server_modified_settings, override_settings(**changes | changed_settings):
        yield server
    server.stop()


Reach = Callable[[Page, World], Response]


def go(page: Page, address: str) -> Response:
    response = page.goto(address)
    assert response is not None, address
    return response


def submitting(address: str, button: str = "form [type=submit]", /, **typed: str) -> Reach:
    """Open the address, fill in the fields by their names, press the button."""

    def reach(page: Page, world: World) -> Response:
        go(page, world.address(address))
        return submit(page, button, **typed)

    return reach


def submit(page: Page, button: str = "form [type=submit]", /, **typed: str) -> Response:
    # Also what is folded away or out of sight.
    page.evaluate(
        "typed => Object.entries(typed).forEach(([name, text]) => {"
        "  document.querySelector(`[name=${name}]`).value = text })",
        typed,
    )
    with page.expect_navigation() as navigation:
        page.locator(button).first.evaluate("button => button.click()")
    return navigation.value


NOOR = {
    "given_name": "Noor",
    "family_name": "Haddad",
    "email": "noor@example.org",
    "country": "IE",
}
WRONG = {
    **NOOR,
    "family_name": "",
    "email": "noor@",
    "country": "GB",
    "reason": "My mother takes this bus. " * 20 + "She has no other.",
}


def as_organizer(address: str) -> Reach:
    """A page of the bus petition in the admin; who comes after knows nothing of the log-in."""

    def reach(page: Page, world: World) -> Response:
        go(page, "/accounts/login/")
        page.locator("#id_login").fill("ana")
        page.locator("#id_password").fill("demo-ana")
        with page.expect_navigation():
            page.locator("form:has(#id_login) .button").click()
        own = f"/admin/petitions/petition/{petition_at(FIRST).pk}/"
        response = go(page, own + world.address(address))
        page.context.clear_cookies()
        return response

    return reach


def ask_for_another_mail(page: Page, world: World) -> Response:
    submitting(f"{BUS}sign/", **NOOR)(page, world)
    with page.expect_navigation() as navigation:
        page.locator("[value=resend]").click()
    return navigation.value


def forget(page: Page, world: World) -> Response:
    """As a robot meets it: the address is not told again."""
    address = submitting(f"{BUS}sign/", **NOOR, website="https://example.com")
    return address(page, world)


def sharing(button: str, script: str) -> Reach:
    """Press a button of the petition's share block, in a browser that does as `script` says."""

    def reach(page: Page, world: World) -> Response:
        page.add_init_script(script)
        response = go(page, BUS)
        page.get_by_role("button", name=button).click()
        page.locator(".share [role=status]").filter(has_text=".").wait_for()
        return response

    return reach


def outside_a_sandbox(address: str) -> Reach:
    """A page for frames runs no script, not even one that asks what is wrong with it."""

    def without_policy(route: Route) -> None:
        answer = route.fetch()
        kept = {k: v for k, v in answer.headers.items() if k != "content-security-policy"}
        route.fulfill(response=answer, headers=kept)

    def reach(page: Page, world: World) -> Response:
        page.route("**/embed/", without_policy)
        return go(page, world.address(address))

    return reach


SHEET = "navigator.canShare = () => true; navigator.share = async () => {};"
copied = sharing("Copy link", SHEET + "navigator.clipboard.writeText = async () => {};")
copying_forbidden = sharing(
    "Copy link",
    "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
    "document.execCommand = () => false;",
)


saving_mistakes = submitting(
    "/signature/{confirmed.signature}/",
    "form:has([name=display]) [type=submit]",
    given_name="",
    reason="Because. " * 60,
)


def sign_while_it_closes(page: Page, world: World) -> Response:
    go(page, "/petitions/zero/sign/")
    world.zero.close(by=None)
    try:
        page.evaluate("name => document.querySelector('[name=given_name]').value = name", "Noor")
        with page.expect_navigation() as navigation:
            page.locator("form [type=submit]").click()
        return navigation.value
    finally:
        world.zero.reopen(by=None)


def from_another_site(page: Page, world: World) -> Response:
    action = go(page, "/petitions/zero/sign/").url
    page.goto("about:blank")
    page.set_content(f'<form method="post" action="{action}"><button>Sign</button></form>')
    with page.expect_navigation() as navigation:
        page.locator("button").click()
    return navigation.value


def just_confirmed(page: Page, world: World) -> Response:
    Signature.objects.filter(pk=world.thanked.pk).update(confirmed_at=timezone.now())
    return go(page, world.address("/signature/{thanked.signature}/?confirmed"))


def newest_mail(page: Page, world: World) -> Response:
    return go(page, f"/demo/mail/{newest_mails()[0].key}/")


# What has to be so meanwhile


@contextmanager
def nothing_public() -> Iterator[None]:
    before = dict(Petition.objects.values_list("pk", "status"))
    Petition.objects.update(status=Status.HIDDEN)
    try:
        yield
    finally:
        for pk, status in before.items():
            Petition.objects.filter(pk=pk).update(status=status)


def no_more_tries() -> AbstractContextManager[object]:
    return override_settings(
        PETITIONS_RATE_LIMITS={
            **settings.PETITIONS_RATE_LIMITS,
            "sign": "0/minute",
            "start": "0/minute",
            "report": "0/minute",
        }
    )


@contextmanager
def switched(**values: object) -> Iterator[None]:
    """As staff have turned the site's switches, and back."""
    before = {name: getattr(switches.current(), name) for name in values}
    turn(by="the catalogue", **values)
    switches.memory.refresh()
    try:
        yield
    finally:
        turn(by="the catalogue", **before)
        switches.memory.refresh()


def paused() -> AbstractContextManager[None]:
    return switched(signing_paused=True)


def starting_paused() -> AbstractContextManager[None]:
    return switched(starting_paused=True)


def busy() -> AbstractContextManager[None]:
    return switched(busy=True)


def sign_while_paused(page: Page, world: World) -> Response:
    go(page, f"{BUS}sign/")
    with paused():
        return submit(page, **NOOR)


@contextmanager
def demo_mode() -> Iterator[None]:
    with (
        TemporaryDirectory() as folder,
        override_settings(PETITIONS_DEMO=True, PETITIONS_DEMO_MAIL=Path(folder) / "mail"),
    ):
        yield


@contextmanager
def demo_mails() -> Iterator[None]:
    """Some mails, as the worker of the demo would have sent them."""
    backend = "supporters.demo.mailbox.EmailBackend"
    mailers = {"MAILERS": {"default": {"BACKEND": backend}}, "EMAIL_BACKEND": backend}
    name = "MAILERS" if hasattr(settings, "MAILERS") else "EMAIL_BACKEND"
    with demo_mode(), override_settings(**{name: mailers[name]}):
        email = f"noor{Signature.objects.count()}@example.org"
        noor = Signer(given_name="Noor", family_name="Haddad", email=email, email_key=email)
        sign(petition_at("zero").pk, noor)
        deliver()  # and not the whole worker, which erases what was not confirmed in time
        yield


@contextmanager
def half_sent() -> Iterator[None]:
    """The mailing of the demo's update is on its way, as the worker would have counted it."""
    Mailing.objects.update(queued=15, sent=9, waiting=6, finished_at=timezone.now())
    yield
