"""The catalogue. A page is one line in STATES; a word in braces in its address is one of World.words."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from playwright.sync_api import Page, Response

from supporters.help_pages import SHIPPED

from .reaching import (
    NOOR,
    WRONG,
    Reach,
    as_organizer,
    ask_for_another_mail,
    busy,
    copied,
    copying_forbidden,
    demo_mails,
    demo_mode,
    forget,
    from_another_site,
    go,
    half_sent,
    just_confirmed,
    newest_mail,
    no_more_tries,
    nothing_public,
    outside_a_sandbox,
    paused,
    saving_mistakes,
    sign_while_it_closes,
    sign_while_paused,
    starting_paused,
    submitting,
)
from .world import BUS, World


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
    audited: bool = (
        True  # pages of the admin are, where they are tested (browser/test_updates.py …)
    )

    def visit(self, page: Page, world: World) -> Response:
        """Open the page in this state; its main answer."""
        with self.during():
            if isinstance(self.where, str):
                response = go(page, world.address(self.where))
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
    State("search-es", "/es/petitions/?q=biblioteca", pictured=False),
    State("search-no-match-es", "/es/petitions/?q=zepelin", pictured=False),
    State("topics", "/topics/", main=True),
    State("topics-es", "/es/topics/", pictured=False),
    State("topic", "/topics/transport/"),
    State("topic-es", "/es/topics/transport/"),
    State("topic-without-petitions", "/topics/harbours/"),
    State("targets", "/targets/", main=True),
    State("targets-es", "/es/targets/", pictured=False),
    State("targets-none", "/targets/", during=nothing_public),
    State("target", "/targets/vale-transport-board/"),
    State("target-es", "/es/targets/vale-transport-board/", pictured=False),
    State("target-arabic", "/targets/مديرية-الثقافة/"),
    State("organizer", "/organizers/{organizer}/"),
    State("organizer-es", "/es/organizers/{organizer}/", pictured=False),
    # A petition
    State("petition-open", BUS, main=True),
    State("petition-open-es", f"/es{BUS}"),
    State("petition-library", "/petitions/{library}/"),
    State("petition-paused", BUS, during=paused, main=True),
    State("petition-paused-es", f"/es{BUS}", during=paused, pictured=False),
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
    State("petition-link-copied", copied),
    State("petition-copying-forbidden", copying_forbidden, pictured=False),
    State("petition-preview-draft", "/petitions/preview/{draft}/"),
    State(
        "petition-hidden-es",
        "/es/petitions/publish-the-weir-street-inspections/",
        410,
        pictured=False,
    ),
    State(
        "petition-closed-es", "/es/petitions/keep-the-dialysis-chairs-in-fenmoor/", pictured=False
    ),
    State("petition-withheld", "/petitions/withheld/", pictured=False),
    State("petition-withheld-es", "/es/petitions/withheld/", pictured=False),
    State(
        "petition-partial-es", "/es/petitions/fair-rents-for-the-thursday-market/", pictured=False
    ),
    State("petition-rejected-es", "/es/petitions/bring-back-the-evening-concert/", pictured=False),
    State("changes", "/petitions/amended/changes/"),
    State("changes-es", "/es/petitions/amended/changes/", pictured=False),
    State("changes-none", "/petitions/zero/changes/"),
    State("change", "/petitions/amended/changes/2/"),
    State("change-of-title-es", "/es/petitions/amended/changes/3/"),
    State("embed", outside_a_sandbox(f"{BUS}embed/")),
    State("embed-es", outside_a_sandbox(f"/es{BUS}embed/"), pictured=False),
    State(
        "embed-closed", outside_a_sandbox("/petitions/keep-the-dialysis-chairs-in-fenmoor/embed/")
    ),
    State("embed-victory", outside_a_sandbox("/petitions/shade-for-quarry-road/embed/")),
    State("embed-zero", outside_a_sandbox("/petitions/zero/embed/")),
    State("embed-arabic-text", outside_a_sandbox("/petitions/مكتبة-متنقلة-لقرى-وادي-الزهر/embed/")),
    State(
        "embed-hidden",
        outside_a_sandbox("/petitions/publish-the-weir-street-inspections/embed/"),
        410,
    ),
    State("count", f"{BUS}count/", main=True),
    State("count-es", f"/es{BUS}count/", pictured=False),
    State("count-carried-over", "/petitions/let-the-corn-exchange-clock-strike-again/count/"),
    State("count-zero", "/petitions/zero/count/"),
    State("count-closed", "/petitions/keep-the-dialysis-chairs-in-fenmoor/count/"),
    State("supporters", f"{BUS}supporters/"),
    State("supporters-none", "/petitions/zero/supporters/"),
    State("supporters-earlier", f"{BUS}supporters/?before=40"),
    State("supporters-es", f"/es{BUS}supporters/", pictured=False),
    State("supporters-closed", "/petitions/keep-the-dialysis-chairs-in-fenmoor/supporters/"),
    # Reporting
    State("report", f"{BUS}report/", pictured=False),
    State("report-es", f"/es{BUS}report/", pictured=False),
    State("report-rejected", "/petitions/withheld/report/", pictured=False),
    State("report-errors", submitting(f"{BUS}report/", email="rae@"), pictured=False),
    State("report-errors-es", submitting(f"/es{BUS}report/", email="rae@"), pictured=False),
    State(
        "report-too-many",
        submitting(f"{BUS}report/", text="Not so."),
        429,
        during=no_more_tries,
        pictured=False,
    ),
    State("report-received", "/reports/{report}/", pictured=False),
    State("report-received-es", "/es/reports/{report}/", pictured=False),
    State("report-decided", "/reports/{upheld}/", pictured=False),
    State("report-decided-es", "/es/reports/{upheld}/", pictured=False),
    State("report-unknown", "/reports/1.nothing/", 404, pictured=False),
    # Signing
    State("sign", f"{BUS}sign/", main=True),
    State("sign-es", f"/es{BUS}sign/", pictured=False),
    State("sign-arabic-text", "/petitions/مكتبة-متنقلة-لقرى-وادي-الزهر/sign/"),
    State("sign-errors", submitting(f"{BUS}sign/", **WRONG), main=True),
    State("sign-errors-es", submitting(f"/es{BUS}sign/", **WRONG)),
    State("sign-too-many", submitting(f"{BUS}sign/", **NOOR), 429, during=no_more_tries),
    State("sign-closed-meanwhile", sign_while_it_closes, 409),
    State("sign-paused", f"{BUS}sign/", during=paused),
    State("sign-paused-meanwhile", sign_while_paused, 503),
    State("sign-from-another-site", from_another_site, 403),
    State("signed", submitting(f"{BUS}sign/", **NOOR), main=True),
    State("signed-asked-again", ask_for_another_mail),
    State("signed-es", submitting(f"/es{BUS}sign/", **NOOR)),
    State("signed-inbox", submitting(f"{BUS}sign/", **{**NOOR, "email": "noor@gmail.com"})),
    State("signed-address-not-told", forget),
    State("signed-forged", f"{BUS}signed/?for=forged", 404),
    # Confirming
    State("confirm", "/confirm/{pending.confirm}/", main=True),
    State("confirm-long-title", "/confirm/{long.confirm}/"),
    State("confirm-again", "/confirm/{confirmed.confirm}/"),
    State("confirm-too-late", "/confirm/{late.confirm}/", 409),
    State("confirm-withdrawn", "/confirm/{withdrawn.confirm}/", 410),
    State("confirm-hidden", "/confirm/{hidden.confirm}/", 410),
    State("confirm-unknown", "/confirm/1.nothing/", 404),
    State("confirm-removed", "/confirm/{removed.confirm}/", 410),
    State("confirm-es", "/confirm/{pending_es.confirm}/", pictured=False),
    # The signer's own page
    State("signature-just-confirmed", just_confirmed, main=True),
    State("signature", "/signature/{confirmed.signature}/", main=True),
    State("signature-not-me", "/signature/{confirmed.signature}/?not-me", pictured=False),
    State("signature-pending", "/signature/{pending.signature}/"),
    State("signature-saved", "/signature/{confirmed.signature}/?saved"),
    State("signature-errors", saving_mistakes),
    State("signature-hidden", "/signature/{hidden.signature}/"),
    State("signature-withdrawn", "/signature/{withdrawn.signature}/"),
    State("signature-removed", "/signature/{removed.signature}/"),
    State("signature-unknown", "/signature/1.nothing/", 404),
    State("signature-es", "/signature/{confirmed_es.signature}/"),
    State("signature-withdrawn-es", "/signature/{withdrawn_es.signature}/", pictured=False),
    State("signature-pending-saved", "/signature/{pending.signature}/?saved"),
    State("signature-closed", "/signature/{ended.signature}/"),
    State("signature-above-the-count", "/signature/{fewer.signature}/"),
    State("signature-text-changed", "/signature/{amended.signature}/"),
    State("signature-withdrawn-unconfirmed", "/signature/{never.signature}/"),
    State("signature-removed-unconfirmed", "/signature/{disowned.signature}/"),
    # Starting
    State("start", "/petitions/start/", main=True),
    State("start-es", "/es/petitions/start/"),
    State("start-errors", submitting("/petitions/start/", title="")),
    State("start-errors-es", submitting("/es/petitions/start/", title=""), pictured=False),
    State(
        "start-too-many",
        submitting("/petitions/start/", title="A bench"),
        429,
        during=no_more_tries,
    ),
    State("start-paused", "/petitions/start/", during=starting_paused),
    State("start-paused-es", "/es/petitions/start/", during=starting_paused, pictured=False),
    State("start-similar", "{whole.draft}/similar/"),
    State("start-similar-es", "/es{whole.draft}/similar/", pictured=False),
    State("start-title", "{whole.draft}/title/"),
    State("start-story", "{whole.draft}/story/", main=True),
    State("start-story-errors", submitting("{begun.draft}/story/", body="")),
    State("start-targets", "{whole.draft}/targets/"),
    State("start-steps", "{whole.draft}/steps/"),
    State("start-steps-es", "/es{whole.draft}/steps/", pictured=False),
    State("start-picture", "{whole.draft}/picture/"),
    State("start-picture-none", "{begun.draft}/picture/"),
    State("start-goal", "{whole.draft}/goal/"),
    State("start-who", "{whole.draft}/who/"),
    State("start-who-errors", submitting("{begun.draft}/who/", given_name="")),
    State("start-overview", "{whole.draft}/", main=True),
    State("start-overview-es", "/es{whole.draft}/"),
    State("start-overview-begun", "{begun.draft}/"),
    State("start-overview-incomplete", submitting("{begun.draft}/")),
    State("start-overview-warned", "{told.draft}/", main=True),
    State("start-overview-warned-es", "/es{told.draft}/", pictured=False),
    State("start-preview", "{whole.preview}/", main=True),
    State("start-preview-begun", "{begun.preview}/"),
    State("start-preview-es", "/es{whole.preview}/", pictured=False),
    State("start-sent", "{whole.draft}/sent/"),
    State("start-sent-es", "/es{whole.draft}/sent/", pictured=False),
    State("start-confirm", "{whole.confirm}/"),
    State("start-confirm-before", "{handed_in.confirm}/"),
    State("start-handed-in", "{handed_in.draft}/", 410),
    State("start-unknown", "/petitions/start/1.nothing/", 404),
    State("start-unknown-es", "/es/petitions/start/1.nothing/", 404, pictured=False),
    # Mails
    State("unsubscribe", "/unsubscribe/{confirmed.unsubscribe}/"),
    State("unsubscribe-all", "/unsubscribe/{confirmed.unsubscribe}/?all", pictured=False),
    State("unsubscribe-all-one-done", "/unsubscribe/{thanked.unsubscribe}/?all", pictured=False),
    State("unsubscribe-done", "/unsubscribe/{thanked.unsubscribe}/"),
    State("unsubscribe-ended", "/unsubscribe/{withdrawn.unsubscribe}/"),
    State("unsubscribe-unknown", "/unsubscribe/1.nothing/", 404),
    State("unsubscribe-es", "/unsubscribe/{confirmed_es.unsubscribe}/", pictured=False),
    State("unsubscribe-removed", "/unsubscribe/{removed.unsubscribe}/"),
    State("organizer-mail-unknown", "/organizer-mail/1.nothing/", 404, pictured=False),
    State("organizer-mail-unknown-es", "/es/organizer-mail/1.nothing/", 404, pictured=False),
    State("demo-mailbox", "/demo/mail/", during=demo_mails),
    State("demo-mailbox-empty", "/demo/mail/", during=demo_mode),
    State("demo-mail", newest_mail, during=demo_mails),
    # What an organizer works with
    State("admin-updates", as_organizer("updates/"), during=half_sent, audited=False),
    State("admin-update", as_organizer("updates/{scheduled}/"), audited=False),
    State(
        "admin-mailing", as_organizer("updates/{mailed}/mailing/"), during=half_sent, audited=False
    ),
    State("admin-growth", as_organizer("growth/"), audited=False),
    # Help
    State("help", "/help/"),
    State("help-of-staff", "/help/visit-us/"),
    State("help-in-another-language", "/es/help/visit-us/"),
    *(State(f"help-{slug}", f"/help/{slug}/") for slug in SHIPPED),
    State("help-es", "/es/help/"),
    *(State(f"help-{slug}-es", f"/es/help/{slug}/", pictured=False) for slug in SHIPPED),
    State("transparency", "/transparency/", main=True),
    State("transparency-es", "/es/transparency/", pictured=False),
    State("styleguide", "/styleguide/", during=demo_mode, pieces=True),
    # What goes wrong
    State("wrong-400", "/damaged/", 400),
    State("wrong-403", "/forbidden/", 403),
    State("wrong-404", "/nothing/", 404),
    State("wrong-404-es", "/es/nothing/", 404, pictured=False),
    State("wrong-500", "/fault/", 500),
    State("wrong-503", "/away/", 503),
    State("busy", BUS, 503, during=busy, main=True),
    State("busy-es", f"/es{BUS}", 503, during=busy, pictured=False),
]
