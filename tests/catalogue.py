"""Every public page in every state it can be in, by name: what is audited and photographed.

A page is one line in STATES. A word in braces in its address is one of World.words.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone
from playwright.sync_api import Page, Response
from pytest_django.live_server_helper import LiveServer

from petitions.models import Petition
from petitions.states import Status
from supporters.delivery import deliver
from supporters.demo.mailbox import newest_mails
from supporters.demo.seed import FIRST, seed
from supporters.fold import fold
from supporters.help_pages import SHIPPED
from supporters.models import Signature
from supporters.signing import Signer, sign
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

BUS = f"/petitions/{FIRST}/"
LONG_AGO = dt.timedelta(days=400)  # so that what only we need is not among the newest
LONG_TITLE = (
    "Let the people of Fenmoor, Eastmere and the hill villages say in a hearing of their own, held "
    "in the evening and near a bus stop, which of the nine footbridges over the Vale are mended "
    "first, and publish what each of them would cost, who uses it, and how long the way round is on "
    "foot in winter"
)
MORE_TITLES = (
    "Light the path behind the swimming pool",
    "A bench at every second stop of line 4",
    "Mend the bells of St Aldhelm before the feast",
    "Keep the allotments on Cooper's Field",
    "Let dogs back into the lower park before nine",
    "A second bus shelter at Eastmere Cross",
    "Open the records of the old waterworks",
    "Teach swimming in every school of the Vale",
    "Thirty instead of fifty on Weir Lane",
    "One night a week for young people at the hall",
)


class World:
    """What the pages show: the demo's petitions, and what they lack."""

    def __init__(self) -> None:
        seed()
        opened = timezone.now() - LONG_AGO
        self.zero = PetitionFactory(
            is_open=True, opened_at=opened, slug="zero", title="A footbridge at Tern Mill", goal=50
        )
        PetitionFactory(
            is_open=True,
            opened_at=opened,
            slug="elsewhere",
            title="Count the swifts of the county",
            organizer=None,
            read_only=True,
            source="Petitions of the County",
            source_id="7",
        )
        long = PetitionFactory(
            is_open=True, opened_at=opened, slug="long", title=LONG_TITLE[:300], goal=10
        )
        self.reached = PetitionFactory(
            is_open=True, opened_at=opened, slug="reached", title="Two more swings", goal=3
        )
        SignatureFactory.create_batch(4, petition=self.reached, is_confirmed=True)
        for n, title in enumerate(MORE_TITLES):
            other = PetitionFactory(is_open=True, opened_at=opened, slug=f"more-{n}", title=title)
            SignatureFactory.create_batch(n % 4, petition=other, is_confirmed=True)
            fold(other.pk)
        fold(self.reached.pk)

        bus = Petition.objects.get(slug=FIRST)
        self.thanked = self._signature(bus, "confirmed")
        self.words = {
            "preview": make(Purpose.PREVIEW, _petition("a-tool-library-on-wheels").pk),
            "library": _petition("open-the-harrow-lane-library-on-saturdays").slug,
            "pending": self._links(self._signature(bus, "pending")),
            "confirmed": self._links(self._signature(bus, "confirmed", wants_updates=True)),
            "thanked": self._links(self.thanked),
            "long": self._links(self._signature(long, "pending")),
            "withdrawn": self._links(withdrawn := self._signature(bus, "confirmed")),
            "removed": self._links(removed := self._signature(bus, "confirmed")),
            "late": self._links(
                self._signature(_petition("keep-the-dialysis-chairs-in-fenmoor"), "pending")
            ),
            "hidden": self._links(
                self._signature(_petition("publish-the-weir-street-inspections"), "pending")
            ),
        }
        fold(bus.pk)
        withdraw(withdrawn.pk)
        disown(removed.pk)

    def address(self, template: str) -> str:
        return template.format_map(self.words)

    def _signature(self, petition: Petition, status: str, **changes: object) -> Signature:
        at = (petition.opened_at or timezone.now()) + dt.timedelta(hours=1)
        confirmed = {"status": status, "confirmed_at": at} if status == "confirmed" else {}
        signature: Signature = SignatureFactory(
            petition=petition, given_name="Noor", family_name="Haddad", country="IE",
            created_at=at, **confirmed, **changes,
        )  # fmt: skip
        return signature

    def _links(self, signature: Signature) -> "Links":
        return Links(signature.pk)


@dataclass(frozen=True, slots=True)
class Links:
    """The tokens in the mails of one signature: {pending.confirm}, {pending.signature}, …"""

    signature_id: int

    def __getattr__(self, purpose: str) -> str:
        return make(Purpose(purpose), self.signature_id)


@contextmanager
def served(media: Path, **changed_settings: object) -> Iterator[LiveServer]:
    """The site with the addresses of tests/urls.py, on the database that there is."""
    server = LiveServer("localhost")
    changes = {"ROOT_URLCONF": "tests.urls", "SITE_URL": server.url, "MEDIA_ROOT": media}
    with server._live_server_modified_settings, override_settings(**changes | changed_settings):
        yield server
    server.stop()


def _petition(slug_starts: str) -> Petition:
    return Petition.objects.get(slug__startswith=slug_starts)


# How a state is reached that no address alone leads to

Reach = Callable[[Page, World], Response]


def _go(page: Page, address: str) -> Response:
    response = page.goto(address)
    assert response is not None, address
    return response


def submitting(address: str, button: str = "form [type=submit]", /, **typed: str) -> Reach:
    """Open the address, fill in the fields by their names, press the button."""

    def reach(page: Page, world: World) -> Response:
        _go(page, world.address(address))
        # Also what is folded away or out of sight.
        page.evaluate(
            "typed => Object.entries(typed).forEach(([name, text]) => {"
            "  document.querySelector(`[name=${name}]`).value = text })",
            typed,
        )
        with page.expect_navigation() as navigation:
            page.locator(button).first.evaluate("button => button.click()")
        return navigation.value

    return reach


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


def ask_for_another_mail(page: Page, world: World) -> Response:
    submitting(f"{BUS}sign/", **NOOR)(page, world)
    with page.expect_navigation() as navigation:
        page.locator("[value=resend]").click()
    return navigation.value


saving_mistakes = submitting(
    "/signature/{confirmed.signature}/",
    "form:has([name=display]) [type=submit]",
    given_name="",
    reason="Because. " * 60,
)


def sign_while_it_closes(page: Page, world: World) -> Response:
    _go(page, "/petitions/zero/sign/")
    world.zero.close(by=None)
    try:
        page.evaluate("name => document.querySelector('[name=given_name]').value = name", "Noor")
        with page.expect_navigation() as navigation:
            page.locator("form [type=submit]").click()
        return navigation.value
    finally:
        world.zero.reopen(by=None)


def from_another_site(page: Page, world: World) -> Response:
    action = _go(page, "/petitions/zero/sign/").url
    page.goto("about:blank")
    page.set_content(f'<form method="post" action="{action}"><button>Sign</button></form>')
    with page.expect_navigation() as navigation:
        page.locator("button").click()
    return navigation.value


def just_confirmed(page: Page, world: World) -> Response:
    Signature.objects.filter(pk=world.thanked.pk).update(confirmed_at=timezone.now())
    return _go(page, world.address("/signature/{thanked.signature}/?confirmed"))


def newest_mail(page: Page, world: World) -> Response:
    return _go(page, f"/demo/mail/{newest_mails()[0].key}/")


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
        PETITIONS_RATE_LIMITS={**settings.PETITIONS_RATE_LIMITS, "sign": "0/minute"}
    )


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
        sign(_petition("zero").pk, noor)
        deliver()  # and not the whole worker, which erases what was not confirmed in time
        yield


# The catalogue


@dataclass(frozen=True, slots=True)
class State:
    """`where` is an address or what leads there; `main` pages are photographed whole and in the dark too."""

    name: str
    where: str | Reach
    status: int = 200
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    main: bool = False
    pictured: bool = True
    pieces: bool = False  # shows pieces out of their places: their ids several times

    def visit(self, page: Page, world: World) -> Response:
        """Open the page in this state; its main answer."""
        with self.during():
            if isinstance(self.where, str):
                response = _go(page, world.address(self.where))
            else:
                response = self.where(page, world)
        assert response.status == self.status, f"{self.name}: {response.status} {response.url}"
        return response


STATES = [
    # Finding a petition
    State("home", "/", main=True),
    State("home-empty", "/", during=nothing_public),
    State("home-es", "/es/"),
    State("list", "/petitions/", main=True),
    State("list-empty", "/petitions/", during=nothing_public),
    State("list-es", "/es/petitions/"),
    State("list-last-page", "/petitions/?page=2"),
    State("list-beyond", "/petitions/?page=999", 404),
    State("list-filtered", "/petitions/?status=closed&topic=transport&sort=newest"),
    State("search", "/petitions/?q=school", main=True),
    State("search-no-match", "/petitions/?q=zeppelin"),
    State("search-no-match-filtered", "/petitions/?q=zeppelin+hangar&status=victory"),
    # A petition
    State("petition-open", BUS, main=True),
    State("petition-open-es", f"/es{BUS}"),
    State("petition-library", "/petitions/{library}/"),
    State("petition-reached", "/petitions/reached/"),
    State("petition-zero", "/petitions/zero/"),
    State("petition-no-goal", "/petitions/a-crossing-outside-tollgate-school/"),
    State("petition-carried-over", "/petitions/let-the-corn-exchange-clock-strike-again/"),
    State("petition-read-only", "/petitions/elsewhere/"),
    State("petition-closed", "/petitions/keep-the-dialysis-chairs-in-fenmoor/", main=True),
    State("petition-victory", "/petitions/shade-for-quarry-road/", main=True),
    State("petition-partial", "/petitions/fair-rents-for-the-thursday-market/"),
    State("petition-declined", "/petitions/leave-the-ferry-steps-open/"),
    State("petition-withdrawn", "/petitions/a-later-bell-for-tollgate-school/"),
    State("petition-rejected", "/petitions/bring-back-the-evening-concert/"),
    State("petition-preview", "/petitions/preview/{preview}/"),
    State("petition-hidden", "/petitions/publish-the-weir-street-inspections/", 410),
    State("petition-spanish-text", "/petitions/agua-para-la-fuente-de-los-alisos/"),
    State("petition-arabic-text", "/petitions/مكتبة-متنقلة-لقرى-وادي-الزهر/", main=True),
    State("petition-long-title", "/petitions/long/"),
    State("count", f"{BUS}count/", main=True),
    State("count-es", f"/es{BUS}count/"),
    State("count-carried-over", "/petitions/let-the-corn-exchange-clock-strike-again/count/"),
    State("count-zero", "/petitions/zero/count/"),
    State("supporters", f"{BUS}supporters/"),
    State("supporters-none", "/petitions/zero/supporters/"),
    # Signing
    State("sign", f"{BUS}sign/", main=True),
    State("sign-es", f"/es{BUS}sign/"),
    State("sign-arabic-text", "/petitions/مكتبة-متنقلة-لقرى-وادي-الزهر/sign/"),
    State("sign-errors", submitting(f"{BUS}sign/", **WRONG), main=True),
    State("sign-errors-es", submitting(f"/es{BUS}sign/", **WRONG)),
    State("sign-too-many", submitting(f"{BUS}sign/", **NOOR), 429, during=no_more_tries),
    State("sign-closed-meanwhile", sign_while_it_closes, 409),
    State("sign-from-another-site", from_another_site, 403),
    State("signed", submitting(f"{BUS}sign/", **NOOR), main=True),
    State("signed-asked-again", ask_for_another_mail),
    State("signed-es", submitting(f"/es{BUS}sign/", **NOOR)),
    # Confirming
    State("confirm", "/confirm/{pending.confirm}/", main=True),
    State("confirm-long-title", "/confirm/{long.confirm}/"),
    State("confirm-again", "/confirm/{confirmed.confirm}/"),
    State("confirm-too-late", "/confirm/{late.confirm}/", 409),
    State("confirm-withdrawn", "/confirm/{withdrawn.confirm}/", 410),
    State("confirm-hidden", "/confirm/{hidden.confirm}/", 410),
    State("confirm-unknown", "/confirm/1.nothing/", 404),
    # The signer's own page
    State("signature-just-confirmed", just_confirmed, main=True),
    State("signature", "/signature/{confirmed.signature}/", main=True),
    State("signature-pending", "/signature/{pending.signature}/"),
    State("signature-saved", "/signature/{confirmed.signature}/?saved"),
    State("signature-errors", saving_mistakes),
    State("signature-hidden", "/signature/{hidden.signature}/"),
    State("signature-withdrawn", "/signature/{withdrawn.signature}/"),
    State("signature-removed", "/signature/{removed.signature}/"),
    State("signature-unknown", "/signature/1.nothing/", 404),
    # Mails
    State("unsubscribe", "/unsubscribe/{confirmed.unsubscribe}/"),
    State("unsubscribe-done", "/unsubscribe/{thanked.unsubscribe}/"),
    State("unsubscribe-ended", "/unsubscribe/{withdrawn.unsubscribe}/"),
    State("unsubscribe-unknown", "/unsubscribe/1.nothing/", 404),
    State("demo-mailbox", "/demo/mail/", during=demo_mails),
    State("demo-mailbox-empty", "/demo/mail/", during=demo_mode),
    State("demo-mail", newest_mail, during=demo_mails),
    # Help
    State("help", "/help/"),
    *(State(f"help-{slug}", f"/help/{slug}/") for slug in SHIPPED),
    State("help-es", "/es/help/"),
    *(State(f"help-{slug}-es", f"/es/help/{slug}/", pictured=False) for slug in SHIPPED),
    State("styleguide", "/styleguide/", during=demo_mode, pieces=True),
    # What goes wrong
    State("wrong-400", "/damaged/", 400),
    State("wrong-403", "/forbidden/", 403),
    State("wrong-404", "/nothing/", 404),
    State("wrong-404-es", "/es/nothing/", 404),
    State("wrong-500", "/fault/", 500),
    State("wrong-503", "/away/", 503),
]
