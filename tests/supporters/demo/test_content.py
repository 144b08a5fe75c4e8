"""What the demo shows: every state, numbers that follow from the rows, nobody real."""

import re
from pathlib import Path

import pytest
from django.test import TestCase
from django.utils import timezone

from petitions.models import Petition, Update, User
from supporters import audit
from supporters.count import live_count
from supporters.demo.content import stories
from supporters.demo.pictures import DRAWN
from supporters.demo.seed import ACCOUNTS, seed
from supporters.models import HourlyCount, OutgoingMail, ReasonChoice, Signature
from supporters.moderation import waiting
from supporters.moderation.deadlines import age
from supporters.moderation.waiting import Which

CONTENT = Path(__file__).resolve().parents[3] / "supporters" / "demo"
BUS = "keep-the-last-bus-to-marlow-vale"
DIALYSIS = "keep-the-dialysis-chairs-in-fenmoor"


class ContentTests(TestCase):
    """Planted once for all of them."""

    @classmethod
    def setUpTestData(cls):
        assert seed() is True

    def test_every_state_and_outcome_is_there(self):
        states = set(Petition.objects.values_list("status", "outcome"))
        assert states == {
            *[(status, "none") for status in ("draft", "in_review", "rejected", "hidden", "open")],
            *[("closed", o) for o in ("none", "victory", "partial", "declined", "withdrawn")],
        }
        opened = Petition.objects.open()
        assert set(opened.values_list("language", flat=True)) == {"en", "es", "ar"}
        assert opened.get(language="ar").text_direction == "rtl"

    def test_the_numbers(self):
        slugs = dict(Petition.objects.values_list("slug", "pk"))
        assert live_count(slugs[DIALYSIS]) == 41
        assert live_count(slugs[BUS]) == 130
        assert live_count(slugs["a-crossing-outside-tollgate-school"]) == 1
        assert live_count(slugs["let-the-corn-exchange-clock-strike-again"]) == 1229
        assert live_count(slugs["a-tool-library-on-wheels"]) == 0

    def test_the_count_follows_from_the_rows(self):
        assert audit.drifts() == []
        assert not Signature.objects.tail().exists()
        positions = Signature.objects.filter(position__isnull=False)
        assert sum(HourlyCount.objects.values_list("quantity", flat=True)) == positions.count()
        assert Petition.objects.get(slug=BUS).trend > 0
        assert Petition.objects.get(slug=DIALYSIS).trend == 0

    def test_positions_follow_the_dates(self):
        opened = Petition.objects.exclude(opened_at=None)
        for petition in opened:
            rows = Signature.objects.filter(petition=petition, position__isnull=False)
            dates = list(rows.order_by("position").values_list("confirmed_at", flat=True))
            assert dates == sorted(dates)
            if petition.organizer:
                assert dates[0] == petition.opened_at
            if petition.closed_at:
                assert dates[-1] <= petition.closed_at
        assert len(opened) == 12

    def test_every_signer_is_somebody_else(self):
        for petition in Petition.objects.all():
            names = Signature.objects.confirmed().filter(petition=petition)
            whole = list(names.values_list("given_name", "family_name"))
            assert len(set(whole)) == len(whole)
        displays = Signature.objects.confirmed().values_list("display", flat=True)
        assert set(displays) == {"full", "initial", "hidden"}

    def test_dates_fit_the_moves(self):
        for petition in Petition.objects.exclude(status="draft"):
            assert petition.created_at < petition.submitted_at
            at = dict(petition.events.values_list("to_status", "at"))
            assert at["in_review"] == petition.submitted_at
            assert at.get("open") == petition.opened_at
            assert at.get("closed") == petition.closed_at
            assert list(at.values()) == sorted(at.values(), reverse=True)  # newest first

    def test_the_closed_petition_reads_like_one(self):
        page = self.client.get(f"/petitions/{DIALYSIS}/").content.decode()
        text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert "This petition had 41 supporters" in text
        assert "17 August 2012" in text
        assert "01632 960 412" in text
        assert "May I ask how calls are counted?" in text
        petition = Petition.objects.get(slug=DIALYSIS)
        own = Signature.objects.confirmed().get(petition=petition, is_organizer=True)
        assert (own.public_name, own.position) == ("Mina Sandhu", 1)

    def test_every_page_can_be_read(self):
        codes = {
            petition.slug: self.client.get(petition.get_absolute_url()).status_code
            for petition in Petition.objects.all()
        }
        assert codes.pop("publish-the-weir-street-inspections") == 410
        assert codes.pop("a-tool-library-on-wheels") == 404
        assert codes.pop("benches-at-the-bus-station") == 404
        assert codes.pop("a-lamp-over-the-bench-at-weir-lock") == 404
        assert len(codes) == 12
        assert set(codes.values()) == {200}
        assert self.client.get("/").status_code == 200
        assert self.client.get("/petitions/").status_code == 200

    def test_things_wait_for_moderators(self):
        waits, _after = waiting.page(Which(), after=None, size=10)
        ages = [age(each.place.due, timezone.now()).value for each in waits]
        kinds = ["submitted", "submitted", "reported", "changed", "appealed"]
        assert [each.kind.value for each in waits] == kinds
        assert ages[0] == "overdue"

    def test_only_mails_worth_reading_wait(self):
        waiting = OutgoingMail.objects.values_list("kind", "signature__status")
        assert list(waiting) == [("signature", "pending")] * 2
        mailed = Update.objects.filter(email_supporters=True)
        assert mailed.exclude(published_at=None).count() == 1

    def test_an_organizer_finds_something_on_each_page(self):
        bus = Petition.objects.get(slug=BUS)
        [scheduled] = bus.updates.filter(published_at=None)
        assert (scheduled.scheduled_by, scheduled.email_supporters) == (bus.organizer, True)
        assert scheduled.scheduled_for > timezone.now()
        [first] = ReasonChoice.objects.filter(petition=bus, kind="highlighted")
        assert "I drive this bus" in first.signature.reason
        here = Signature.objects.confirmed().filter(petition=bus)
        assert {code[:2] for code in here.values_list("postal_code", flat=True) if code} == {
            *("MV", "EM", "FN")
        }
        assert len(set(here.values_list("source", flat=True))) > 4

    def test_the_log_ins_work(self):
        for account in ACCOUNTS:
            assert account.password_works() is account.logs_in
        groups = dict(User.objects.values_list("username", "groups__name"))
        assert groups["mo"] == "Moderators"
        assert groups["ana"] == groups["mina"] == "Organizers"
        assert self.client.login(username="mo", password="demo-mo")
        assert self.client.get("/admin/").status_code == 200

    def test_some_have_a_picture_of_our_own_and_words_for_it(self):
        shown = [row.shown_picture for row in Petition.objects.exclude(picture="")]
        assert len(shown) == len(DRAWN) == 4
        assert len({picture.alt for picture in shown}) == 4
        for picture in shown:
            assert (picture.width, picture.height) == (1200, 800)
            assert len(picture.alt) > 60
            assert self.client.get(picture.url).status_code == 200

    def test_a_second_time_changes_nothing(self):
        Petition.objects.filter(slug=BUS).update(title="Changed", slug="changed")
        models = (User, Petition, Signature, Update, OutgoingMail)
        before = [model.objects.count() for model in models]
        assert seed() is False
        assert [model.objects.count() for model in models] == before
        assert Petition.objects.get(slug="changed").title == "Changed"


@pytest.mark.django_db
def test_somebody_elses_account_stays_as_it_is():
    User.objects.create_user("ana", password="secret-and-long", first_name="Anastasia")
    assert seed() is True
    ana = User.objects.get(username="ana")
    assert ana.first_name == "Anastasia"
    assert ana.check_password("secret-and-long")
    assert not ana.is_staff


def test_telephones_and_addresses_belong_to_nobody():
    files = [*CONTENT.glob("**/*.toml")]
    assert len(files) == len(stories()) + 1
    phones, hosts = [], []
    for file in files:
        text = file.read_text(encoding="utf-8")
        phones += re.findall(r'^phone = "(.*)"$', text, re.MULTILINE)
        hosts += re.findall(r"(?:@|://)([\w.-]+)", text)
    assert len(phones) > 4
    assert [phone for phone in phones if not re.fullmatch(r"01632 960 \d{3}", phone)] == []
    assert {".".join(host.split(".")[-2:]) for host in hosts} == {"example.org"}
