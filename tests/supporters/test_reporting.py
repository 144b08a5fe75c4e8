"""Reporting what breaks the rules: without an account, to a decision and its answer."""

import re

import pytest
from django.utils import timezone

from petitions.models import StaffAct
from supporters import mails, reasons, reporting
from supporters.models import OutgoingMail, ReasonChoice, Report, Signature
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory, UserFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db

REPORT = "/petitions/mend/report/"
TYPED = {"about": "petition", "category": "untrue", "text": "It was mended.", "email": "",
         "website": ""}  # fmt: skip


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


def text_of(response) -> str:
    return response.content.decode()


def sent() -> list[tuple[str, str]]:
    mails_asked = OutgoingMail.objects.filter(kind="report").order_by("pk")
    return [(mail.recipient, mail.payload["letter"]) for mail in mails_asked]


def test_the_petition_leads_to_the_form(client, petition):
    assert '<a href="report/">Report</a>' in text_of(client.get("/petitions/mend/"))
    response = client.get(REPORT)
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"].startswith("public, max-age=1")
    assert "Cookie" not in response.get("Vary", "")


def test_from_report_to_receipt(client, petition):
    response = client.post(REPORT, TYPED | {"email": "rae@example.org"})
    assert response.status_code == 302
    report = Report.objects.get()
    assert response["Location"] == f"/reports/{reporting.token_of(report.pk)}/"
    assert (report.petition, report.about, report.category) == (petition, "petition", "untrue")
    assert (report.due_at - report.created_at).days == 7
    page = client.get(response["Location"])
    assert page["Cache-Control"] == "no-store"
    assert "We received your report." in words(page)
    assert "It was mended." not in words(page)
    assert sent() == [("rae@example.org", "report_received")]
    mail = mails.compose(OutgoingMail.objects.get())
    assert mail.subject == f"We received your report {report.pk}"
    assert f"http://localhost:8000{response['Location']}" in mail.body
    assert "It was mended." not in mail.body


def test_without_an_address_nobody_is_written_to(client, petition):
    client.post(REPORT, TYPED)
    assert Report.objects.get().email == ""
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"category": ""}, "Choose what is wrong"),
        ({"category": "nonsense"}, "Choose what is wrong"),
        ({"about": ""}, "Choose what it is about"),
        ({"about": "update-999"}, "This is not shown any more."),
        ({"about": "reason-1\x00"}, "This is not shown any more."),
        ({"category": "other", "text": " "}, "Say what is wrong"),
        ({"text": "x" * 2_003}, "This is 3 characters too long"),
        ({"email": "rae@"}, "Enter an email address like name@example.org"),
    ],
)
def test_mistakes_are_said_in_place_and_what_was_typed_is_kept(client, petition, typed, said):
    response = client.post(REPORT, {**TYPED, "text": "It was mended.", **typed})
    assert response.status_code == 200
    page = text_of(response)
    assert said in page
    assert "Your report was not sent yet." in page
    assert "<title>Error: " in page
    if "text" not in typed:
        assert "It was mended." in page
    assert not Report.objects.exists()


def test_nothing_typed_at_all(client, petition):
    assert client.post(REPORT, {}).status_code == 200
    assert not Report.objects.exists()


def test_an_update_and_a_reason(client, petition):
    update = UpdateFactory(petition=petition, title="The board answered")
    draft = UpdateFactory(petition=petition, published_at=None)
    sam = SignatureFactory(petition=petition, is_confirmed=True, reason="I cross it.", position=7)
    hidden = SignatureFactory(
        petition=petition, is_confirmed=True, reason="x", display="hidden", position=8
    )
    page = text_of(client.get(REPORT))
    assert f'value="update-{update.pk}"' in page
    assert "The board answered" in page
    assert 'value="reason-7"' in page
    assert f"update-{draft.pk}" not in page
    assert f"reason-{hidden.position}" not in page
    assert 'value="reason-7" selected' in text_of(client.get(f"{REPORT}?reason=7"))
    assert f"{REPORT}?reason=7" in text_of(client.get("/petitions/mend/supporters/"))
    for code in (f"update-{update.pk}", "reason-7"):
        assert client.post(REPORT, TYPED | {"about": code}).status_code == 302
    of_update, of_reason = Report.objects.order_by("pk")
    assert (of_update.about, of_update.update) == ("update", update)
    assert (of_reason.about, of_reason.signature) == ("reason", sam)


def test_each_update_leads_to_its_own_report(client, petition):
    updates = [UpdateFactory(petition=petition) for _ in range(7)]  # the last two folded away
    page = text_of(client.get("/petitions/mend/"))
    for update in updates:
        assert f'<a href="report/?update={update.pk}">Report</a>' in page
    chosen = text_of(client.get(f"{REPORT}?update={updates[0].pk}"))
    assert f'value="update-{updates[0].pk}" selected' in chosen


def test_the_receipt_says_which_update(client, petition):
    update = UpdateFactory(petition=petition, happened_on="2012-08-17")
    typed = TYPED | {"about": f"update-{update.pk}"}
    assert "An update (17 August 2012): Mend the bridge" in words(
        client.post(REPORT, typed, follow=True)
    )
    petition.hide(by=UserFactory())
    page = words(client.get(f"/reports/{reporting.token_of(Report.objects.get().pk)}/"))
    assert "An update" in page
    assert "17 August 2012" not in page


def test_a_receipt_that_there_is_none_of(client):
    page = client.get("/reports/9.x/")
    assert page.status_code == 404
    assert "Check that you have its whole address." in words(page)


@pytest.mark.parametrize(
    "query", ["?update=1", "?reason=99", "?update=x", "?reason=%00", "?update="]
)
def test_an_address_that_names_nothing_begins_with_the_petition(client, petition, query):
    assert 'value="petition" selected' in text_of(client.get(REPORT + query))


def test_another_site_cannot_report(client, petition):
    response = client.post(REPORT, TYPED, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert "reported only on the pages of this site" in words(response)
    assert not Report.objects.exists()


def test_a_robot_learns_nothing(client, petition):
    response = client.post(REPORT, TYPED | {"website": "https://spam.example"}, follow=True)
    assert response.status_code == 200
    assert "We received your report." in words(response)
    assert not Report.objects.exists()


def test_too_many(client, petition, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "report": "1/hour"}
    client.post(REPORT, TYPED)
    response = client.post(REPORT, TYPED)
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "It was mended." in text_of(response)
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "answer"), [("draft", 404), ("in_review", 404), ("hidden", 410), ("rejected", 200)]
)
def test_only_what_is_public(client, status, answer):
    PetitionFactory(status=status, slug="mend")
    assert client.get(REPORT).status_code == answer


def test_receipts_of_strangers(client, petition):
    for token in ("x", "1.abc", f"{reporting.token_of(1)}x", "%00"):
        assert client.get(f"/reports/{token}/").status_code == 404
    assert client.get(f"/reports/{reporting.token_of(99)}/").status_code == 404
    assert client.post(f"/reports/{reporting.token_of(1)}/").status_code == 405


# Mails


def test_a_strangers_mailbox_is_not_filled(client, petition):
    for spelling in ("rae@example.org", "RAE@example.org", "Rae@Example.org", "rae@example.org"):
        client.post(REPORT, TYPED | {"email": spelling})
    assert Report.objects.count() == 4
    assert Report.objects.exclude(email="").count() == len(sent()) == reporting.MOST_WAITING


def test_the_answer_is_mailed_and_the_address_erased(client, petition):
    client.post(f"/es{REPORT}", TYPED | {"email": "rae@example.org"})
    report = Report.objects.get()
    assert report.language == "es"
    mo = UserFactory(username="mo")
    reporting.decide(report, by=mo, uphold=True, answer="It is hidden now.")
    stored = Report.objects.get()
    assert (stored.state, stored.email, stored.email_key) == ("upheld", "", "")
    # The receipt goes, whether it was sent or not: the answer says it all.
    assert sent() == [("rae@example.org", "report_decided")]
    answer = mails.compose(OutgoingMail.objects.get())
    assert "It is hidden now." in answer.body
    assert "/es/reports/" in answer.body
    page = client.get(f"/reports/{reporting.token_of(report.pk)}/")
    assert "Your report was upheld." in words(page)
    assert "It is hidden now." in words(page)
    act = StaffAct.objects.get()
    assert (act.verb, act.actor, act.petition) == ("upheld", mo, petition)


def test_what_waits_about_the_same_is_decided_with_it(petition):
    first, second = (reporting.take(petition, category="untrue") for _n in range(2))
    update = UpdateFactory(petition=petition)
    other = reporting.take(petition, category="untrue", update=update)
    mo = UserFactory()
    along = [first.pk, other.pk, 99_999]
    decided = reporting.decide(second, by=mo, uphold=False, answer="No.", along=along)
    assert decided == [first, second]
    assert Report.objects.get(pk=other.pk).state == "waiting"
    assert StaffAct.objects.filter(verb="dismissed").count() == 2
    with pytest.raises(reporting.AlreadyDecided) as late:
        reporting.decide(first, by=mo, uphold=True, answer="Yes.")
    assert late.value.state == "dismissed"
    assert StaffAct.objects.count() == 2


def test_a_reason_that_is_upheld_goes_at_once(client, petition):
    sam = SignatureFactory(petition=petition, is_confirmed=True, reason="I hate them.", position=1)
    report = reporting.take(petition, category="offensive", signature=sam)
    reporting.decide(report, by=UserFactory(), uphold=True, answer="x")
    choice = ReasonChoice.objects.get()
    assert (choice.pk, choice.kind, choice.by_moderators) == (sam.pk, "hidden", True)
    assert "I hate them." not in text_of(client.get("/petitions/mend/"))


def test_what_was_upheld_stays_off_whatever_organizers_chose_before(petition):
    sam = SignatureFactory(petition=petition, is_confirmed=True, reason="I hate them.", position=1)
    report = reporting.take(petition, category="offensive", signature=sam)
    ana, hidden = petition.organizer, ReasonChoice.Kind.HIDDEN
    reasons.choose(petition, sam.pk, hidden, by=ana, by_moderators=False)
    reporting.decide(report, by=UserFactory(), uphold=True, answer="x")
    assert ReasonChoice.objects.get().by_moderators
    with pytest.raises(reasons.NotToBeChosen):
        reasons.choose(petition, sam.pk, None, by=ana, by_moderators=False)
    reasons.choose(petition, sam.pk, hidden, by=ana, by_moderators=False)
    assert ReasonChoice.objects.get().by_moderators


def test_what_was_upheld_stays_off_though_its_signer_was_hidden_meanwhile(client, petition):
    sam = SignatureFactory(petition=petition, is_confirmed=True, reason="I hate them.", position=1)
    report = reporting.take(petition, category="offensive", signature=sam)
    Signature.objects.filter(pk=sam.pk).update(display="hidden")
    reporting.decide(report, by=UserFactory(), uphold=True, answer="x")
    Signature.objects.filter(pk=sam.pk).update(display="full")
    assert ReasonChoice.objects.get().by_moderators
    assert "I hate them." not in text_of(client.get("/petitions/mend/"))


def test_a_report_outlives_the_update_that_it_is_about(petition):
    update = UpdateFactory(petition=petition)
    reporting.take(petition, category="untrue", update=update)
    update.delete()
    report = Report.objects.get()
    assert (report.about, report.update) == ("update", None)


def test_addresses_of_what_nobody_decides_are_erased(petition):
    report = reporting.take(petition, category="untrue", email="rae@example.org")
    assert reporting.forget_addresses() == 0
    old = timezone.now() - reporting.ADDRESSES_KEPT - reporting.REPORTS_WITHIN
    Report.objects.update(created_at=old)
    assert reporting.forget_addresses() == 1
    report.refresh_from_db()
    assert (report.email, report.email_key, report.state) == ("", "", "waiting")


def test_of_what_is_decided_no_address_stays_in_the_outbox(petition):
    first, other = (
        reporting.take(petition, category="untrue", email=f"{name}@example.org")
        for name in ("rae", "sam")
    )
    OutgoingMail.objects.update(sent_at=timezone.now())
    reporting.decide(first, by=UserFactory(), uphold=False, answer="No.")
    assert sent() == [("sam@example.org", "report_received"), ("rae@example.org", "report_decided")]
    reporting.forget_addresses()
    assert len(sent()) == 2  # the answer was not sent yet
    OutgoingMail.objects.filter(recipient="rae@example.org").update(sent_at=timezone.now())
    reporting.forget_addresses()
    assert sent() == [("sam@example.org", "report_received")]
    assert Report.objects.get(pk=other.pk).email == "sam@example.org"


def test_the_choice_of_a_huge_petition_is_short(client, petition, count_queries):
    for number in range(40):
        UpdateFactory(petition=petition, title=f"News {number}")
    with count_queries() as queries:
        page = text_of(client.get(REPORT))
    assert len(re.findall('value="update-', page)) == 30
    assert len(queries) == 3
