"""What the pages show: the demo's petitions and signatures, and what these lack."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from petitions.models import Page, Petition, PetitionDraft, Topic, User
from petitions.pictures import compose
from supporters import reporting
from supporters.demo.seed import FIRST, seed
from supporters.fold import fold
from supporters.growth import figures
from supporters.models import CountAdjustment, Mailing, Signature
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory
from tests.photographs import halves

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
        for kind, quantity, why in (
            ("restored", 2, "The members of one family, each with a mailbox of their own."),
            ("removed", -2, "Signed from one mailbox in other people's names."),
        ):
            CountAdjustment.objects.create(petition=long, kind=kind, quantity=quantity, reason=why)
        SignatureFactory.create_batch(4, petition=self.reached, is_confirmed=True)
        for n, title in enumerate(MORE_TITLES):
            other = PetitionFactory(
                is_open=True, opened_at=opened, slug=f"more-{n}", title=title, summary=""
            )
            SignatureFactory.create_batch(n % 4, petition=other, is_confirmed=True)
            fold(other.pk)
        fold(self.reached.pk)

        bus = Petition.objects.get(slug=FIRST)
        self.thanked = self._signature(bus, "confirmed")
        self.words: dict[str, object] = {
            "preview": make(Purpose.PREVIEW, petition_at("a-tool-library-on-wheels").pk),
            "library": petition_at("open-the-harrow-lane-library-on-saturdays").slug,
            "pending": self._links(self._signature(bus, "pending")),
            "confirmed": self._links(self._signature(bus, "confirmed", wants_updates=True)),
            "thanked": self._links(self.thanked),
            "long": self._links(self._signature(long, "pending")),
            "withdrawn": self._links(withdrawn := self._signature(bus, "confirmed")),
            "removed": self._links(removed := self._signature(bus, "confirmed")),
            "late": self._links(
                self._signature(petition_at("keep-the-dialysis-chairs-in-fenmoor"), "pending")
            ),
            "hidden": self._links(
                self._signature(petition_at("publish-the-weir-street-inspections"), "pending")
            ),
        }
        fold(bus.pk)
        figures.refresh_one(bus.pk)
        self.words |= {
            "scheduled": bus.updates.get(published_at=None).pk,
            "mailed": Mailing.objects.get(update__petition=bus).update_id,
        }
        withdraw(withdrawn.pk)
        disown(removed.pk)
        self.words |= self._judged(bus, opened)
        self.words |= self._rarer(bus, opened) | self._drafts(bus)

    def _judged(self, bus: Petition, opened: dt.datetime) -> dict[str, object]:
        """Reports and what became of one; a petition whose text must not be read."""
        mo = User.objects.get(username="mo")
        waiting = reporting.take(bus, category="untrue", email="rae@example.org")
        upheld = reporting.take(
            petition_at("shade-for-quarry-road"), category="private", text="That is my house."
        )
        reporting.decide(upheld, by=mo, uphold=True, answer="We took the picture out.")
        withheld = PetitionFactory(
            status="in_review", slug="withheld", title="Move the kiosk from the bridge"
        )
        withheld.reject(by=mo, reason="private_person", note="Say it without the owner's name.")
        return {
            "report": reporting.token_of(waiting.pk),
            "upheld": reporting.token_of(upheld.pk),
        }

    def _rarer(self, bus: Petition, opened: dt.datetime) -> dict[str, object]:
        """What few readers meet: another language, another order of things, nothing at all."""
        Topic.objects.create(slug="harbours", name="Harbours", description="Quays and *ferries*.")
        Page.objects.create(
            slug="visit-us", language="en", title="Visit us", body="We are in **Weir Lane**.\n"
        )
        amended = PetitionFactory(is_open=True, opened_at=opened, slug="amended", title="A ramp")
        under_the_first = self._signature(amended, "confirmed")
        amended.body = "It was shut after the flood of **2024**.\n\n## What it costs\n\nLittle."
        amended.change_reason = "The year was missing."
        amended.save()
        amended.title = "A ramp at the west door"
        amended.change_reason = ""
        amended.save()
        fewer = PetitionFactory(is_open=True, opened_at=opened, slug="fewer", title="Two lamps")
        first, second, last = (self._signature(fewer, "confirmed") for _ in range(3))
        fold(fewer.pk)
        withdraw(first.pk)
        withdraw(second.pk)
        withdraw(never := self._signature(bus, "pending").pk)
        disown(disowned := self._signature(bus, "pending").pk)
        withdraw(gone_es := self._signature(bus, "confirmed", language="es").pk)
        closed = petition_at("keep-the-dialysis-chairs-in-fenmoor")
        return {
            "organizer": User.objects.get(username="ana").slug,
            "draft": make(Purpose.PREVIEW, PetitionFactory(title="A draft", organizer=None).pk),
            "amended": self._links(under_the_first),
            "fewer": self._links(last),
            "never": Links(never),
            "disowned": Links(disowned),
            "ended": self._links(self._signature(closed, "confirmed")),
            "pending_es": self._links(self._signature(bus, "pending", language="es")),
            "confirmed_es": self._links(self._signature(bus, "confirmed", language="es")),
            "withdrawn_es": Links(gone_es),
        }

    def _drafts(self, bus: Petition) -> dict[str, object]:
        """Petitions on their way: whole, hardly begun, with too much in it, handed in."""
        whole = {
            "title": "Keep the bus to Fenmoor after eight",
            "summary": "The last bus to Fenmoor leaves at eight. Whoever works late walks.",
            "body": "Line 9 was cut in May.\n\n## Who is left standing\n\nNurses, cooks, *and us*.",
            "ask": "Run line 9 until eleven again, from September.",
            "target_1": "Vale Transport Board",
            "step_1_kind": "call",
            "step_1_contact": "The board's office",
            "step_1_phone": "01632 960 001",
            "step_1_instruction": "Between nine and noon.",
            "picture_alt": "A bus stop at night.",
            "goal": "500",
            "closes_on": "2027-05-31",
            "given_name": "Noor",
            "family_name": "Haddad",
            "email": "noor@example.org",
        }
        told = {
            "body": "My daughter Lina (7) waits at 14 Weir Lane. Her number is A123 456 789; call "
            "me on +44 1632 960 077."
        }
        drafts = {
            "whole": PetitionDraft(typed=whole, mails_asked=1),
            "begun": PetitionDraft(typed={"title": whole["title"]}),
            "told": PetitionDraft(typed=whole | told),
            "handed_in": PetitionDraft(petition=bus),
        }
        for draft in drafts.values():
            draft.language, draft.address = "en", "noor@example.org"
            draft.save()
        drafts["whole"].change_picture(compose(halves(1200, 800)))
        return {name: DraftLinks(draft.pk) for name, draft in drafts.items()}

    def address(self, template: str) -> str:
        return template.format_map(self.words)

    def _signature(self, petition: Petition, status: str, **changes: object) -> Signature:
        now = timezone.now()
        at = now - dt.timedelta(minutes=5) if petition.is_open else petition.closed_at or now
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


@dataclass(frozen=True, slots=True)
class DraftLinks:
    """The addresses of one draft: {whole.draft}, {whole.preview}, {whole.confirm}."""

    draft_id: int

    @property
    def draft(self) -> str:
        return f"/petitions/start/{make(Purpose.DRAFT, self.draft_id)}"

    @property
    def preview(self) -> str:
        return f"/petitions/preview/{make(Purpose.DRAFT_PREVIEW, self.draft_id)}"

    @property
    def confirm(self) -> str:
        about = "noor@example.org"
        return f"/accounts/start/confirm/{make(Purpose.START, self.draft_id, about=about)}"


def petition_at(slug_starts: str) -> Petition:
    return Petition.objects.get(slug__startswith=slug_starts)
