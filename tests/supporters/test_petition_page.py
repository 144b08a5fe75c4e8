"""The page of a petition, block by block, in every state."""

import itertools
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from petitions.models import ModerationEvent, Petition, PetitionTarget
from supporters.fold import fold
from supporters.models import CountAdjustment
from tests.factories import (
    ActionStepFactory,
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def words(response) -> str:
    """What a reader sees: the text without tags, white space collapsed."""
    html = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", response.content.decode())
    text = re.sub(r"<[^>]+>", " ", html)
    for entity, sign in {"&amp;": "&", "&#x27;": "'", "&quot;": '"', "&lt;": "<"}.items():
        text = text.replace(entity, sign)
    return re.sub(r"\s+([.,])", r"\1", " ".join(text.split()))


def opened(**changes):
    petition = PetitionFactory(in_review=True, **changes)
    petition.publish(by=None)
    return petition


def test_open_petition_counts_and_asks(client):
    petition = opened(title="Mend the bridge", slug="mend", goal=2000)
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    SignatureFactory(petition=petition)
    text = words(client.get("/petitions/mend/"))
    assert "This petition has 4 supporters" in text
    assert "Goal: 2,000, 1,996 to go" in text
    assert "Petition closed" not in text
    assert (
        "Ana is counting on you. Ana Ferreira needs your help with “Mend the bridge”."
        " Join Ana and 3 supporters today." in text
    )


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        (40, "Join Ana and 40 supporters today."),
        (1, "Join Ana and 1 supporter today."),
        (0, "Join Ana today."),
    ],
)
def test_appeal_counts_who_else_signed(client, others, sentence):
    petition = opened(slug="mend")
    SignatureFactory.create_batch(others, petition=petition, is_confirmed=True)
    fold(petition.pk)
    assert sentence in words(client.get("/petitions/mend/"))


def test_appeal_without_the_organizers_signature_counts_everybody(client):
    petition = PetitionFactory(
        is_open=True, slug="mend", organizer=None, organizer_name="Weir Club"
    )
    assert "Be the first to sign." in words(client.get("/petitions/mend/"))
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    text = words(client.get("/petitions/mend/"))
    assert "Join Weir Club and 2 supporters today." in text


def test_no_appeal_without_a_name(client):
    PetitionFactory(is_open=True, slug="mend", organizer=None)
    text = words(client.get("/petitions/mend/"))
    assert "counting on you" not in text
    assert "Started by" not in text


def test_closed_petition_says_so_first_and_in_the_past_tense(client):
    petition = opened(title="Let us use the footpath", slug="footpath")
    SignatureFactory.create_batch(40, petition=petition, is_confirmed=True)
    ActionStepFactory(
        petition=petition,
        contact="the Drainage Office",
        phone="01632 960 147",
        script="Hello, I am calling about the footpath.",
    )
    UpdateFactory(petition=petition, title="", body="A letter came.", happened_on=date(2012, 8, 17))
    petition.close(by=UserFactory())
    response = client.get("/petitions/footpath/")
    text = words(response)
    main = text[text.index("Petition closed") :]
    order = [
        "Petition closed",
        "Let us use the footpath",
        "This petition had 41 supporters",
        "What supporters were asked to do next",
        "01632 960 147",
        "Hello, I am calling about the footpath.",
        "17 August 2012",
        "A letter came.",
    ]
    assert [main.find(part) for part in order] == sorted(main.find(part) for part in order)
    assert all(part in main for part in order)
    assert "counting on you" not in text
    assert "This petition has" not in text
    html = response.content.decode()
    assert "<form" not in html
    assert "tel:" not in html
    assert "data-count-url" not in html


def test_one_supporter_is_singular(client):
    opened(slug="mend")
    assert "This petition has 1 supporter " in words(client.get("/petitions/mend/")) + " "


def test_nobody_yet(client):
    PetitionFactory(is_open=True, slug="mend", organizer=None)
    assert "Be the first to sign" in words(client.get("/petitions/mend/"))


def test_a_closing_date_in_the_past_closes_before_any_worker(client):
    petition = opened(slug="mend", closes_at=timezone.now() - timedelta(minutes=1))
    text = words(client.get("/petitions/mend/"))
    assert "Petition closed" in text
    assert "This petition had 1 supporter" in text
    assert client.get("/petitions/mend/count.json").json()["status"] == "closed"
    petition.refresh_from_db()
    assert petition.status == "open"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("victory", "Victory"),
        ("partial", "Partly agreed"),
        ("declined", "Declined"),
        ("withdrawn", "Withdrawn"),
    ],
)
def test_outcomes_are_said_in_words(client, outcome, said):
    petition = opened(slug="mend")
    petition.close(by=None, outcome=outcome, note="The board voted on Monday.")
    text = words(client.get("/petitions/mend/"))
    assert said in text
    assert "The board voted on Monday." in text
    assert "This petition had 1 supporter" in text


def test_rejected_petition_is_public_with_its_reason(client):
    petition = PetitionFactory(in_review=True, slug="mend")
    petition.reject(by=UserFactory(), reason="unclear", note="Whom do you ask?")
    text = words(client.get("/petitions/mend/"))
    assert "Not published" in text
    assert "It is not clear what the petition asks for, or of whom." in text
    assert "Whom do you ask?" in text
    assert "supporters" not in text


def test_targets_steps_and_carried_over(client):
    petition = opened(slug="mend", source="The old site")
    PetitionTarget.objects.create(petition=petition, target=TargetFactory(name="Bridges Board"))
    ActionStepFactory(petition=petition, contact="Bridges Board", phone="01632 960 147")
    CountAdjustment.objects.create(
        petition=petition, kind="carried_over", quantity=1200, source="The old site"
    )
    response = client.get("/petitions/mend/")
    text = words(response)
    assert "Addressed to Bridges Board" in text
    assert 'href="tel:01632960147"' in response.content.decode()
    assert "1,200 of them carried over from The old site" in text
    assert "This petition has 1,201 supporters" in text


def test_a_copy_names_its_source_whatever_was_counted_there(client):
    PetitionFactory(is_open=True, slug="mend", source="The old site", source_id="1")
    assert "Copied from The old site." in words(client.get("/petitions/mend/"))


def test_who_is_only_to_be_called_is_not_who_decides(client):
    petition = opened(slug="mend")
    decides, called = TargetFactory(name="Bridges Board"), TargetFactory(name="The switchboard")
    PetitionTarget.objects.create(petition=petition, target=decides)
    PetitionTarget.objects.create(petition=petition, target=called, relation="called")
    text = words(client.get("/petitions/mend/"))
    assert "Addressed to Bridges Board." in text
    assert "switchboard" not in text


def test_drafts_of_updates_are_not_shown(client):
    petition = opened(slug="mend")
    UpdateFactory(petition=petition, body="Not yet.", published_at=None)
    UpdateFactory(
        petition=petition, body="Later.", published_at=timezone.now() + timedelta(hours=1)
    )
    text = words(client.get("/petitions/mend/"))
    assert "Not yet." not in text
    assert "Later." not in text
    assert "Updates" not in text


@pytest.mark.parametrize(("trend", "said"), [(1_041, True), (5, True), (4, False), (0, False)])
def test_the_last_day_is_told_where_it_is_news(client, trend, said):
    petition = opened(slug="mend")
    Petition.objects.filter(pk=petition.pk).update(trend=trend)
    assert (f"{trend:,} in the last day." in words(client.get("/petitions/mend/"))) is said


def test_kinds_of_updates_are_words(client):
    petition = opened(slug="mend")
    for kind in ("news", "response", "milestone", "victory", "correction"):
        UpdateFactory(petition=petition, kind=kind)
    html = client.get("/petitions/mend/").content.decode()
    tags = re.findall(r'<span class="tag [^"]*">(.*?)</span>', html)
    assert tags == ["Correction", "Victory", "Milestone", "Response"]


def test_an_update_has_an_address(client):
    update = UpdateFactory(petition=opened(slug="mend"), happened_on=date(2026, 8, 17))
    html = client.get("/petitions/mend/").content.decode()
    assert f'<li id="update-{update.pk}">' in html
    link = f'<a href="#update-{update.pk}"><time datetime="2026-08-17">'
    assert link in html


@pytest.mark.parametrize(
    ("number", "said"), [(5, None), (6, "1 earlier update"), (50, "45 earlier updates")]
)
def test_many_updates_do_not_bury_the_rest(client, number, said):
    petition = opened(slug="mend")
    for n in range(number):
        UpdateFactory(
            petition=petition,
            title=f"Number {n}.",
            happened_on=date(2026, 1, 1) + timedelta(days=n),
        )
    html = client.get("/petitions/mend/").content.decode()
    section = html.partition('aria-labelledby="updates-title"')[2].partition("</section>")[0]
    titles = re.findall(r"<h3>(.*?)</h3>", section)
    assert titles == [f"Number {n}." for n in reversed(range(number))]
    shown = section.partition("<details")[0]
    assert shown.count("<h3>") == 5
    assert re.findall(r"<summary><span>(.*?)</span>", section) == ([said] if said else [])


def test_headings_leave_out_no_level(client):
    petition = opened(slug="mend", body="# One\n\n## Two\n\ntext")
    UpdateFactory(petition=petition, title="", body="# Big\n\ntext")
    UpdateFactory(petition=petition, kind="response", body="## Big\n\ntext")
    ActionStepFactory(petition=petition)
    SignatureFactory(petition=petition, is_confirmed=True, reason="Yes.")
    html = client.get("/petitions/mend/").content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels


def test_who_recorded_the_outcome(client):
    petition = opened(slug="mend")
    petition.close(by=None, outcome="victory", note="The board agreed.")
    ModerationEvent.objects.create(
        petition=petition,
        actor=petition.organizer,
        from_status="open",
        to_status="closed",
        outcome="victory",
    )
    said = "Recorded by Ana Ferreira, who started this petition."
    assert said in words(client.get("/petitions/mend/"))


def test_an_outcome_that_a_moderator_recorded_is_not_the_organizers_word(client):
    petition = opened(slug="mend")
    petition.close(by=UserFactory(), outcome="victory", note="The board agreed.")
    assert "Recorded by" not in words(client.get("/petitions/mend/"))


def test_reasons_of_a_closed_petition_lead_to_its_supporters(client):
    petition = opened(slug="mend")
    SignatureFactory(petition=petition, is_confirmed=True, reason="Yes.")
    petition.close(by=None)
    assert 'href="/petitions/mend/supporters/"' in client.get("/petitions/mend/").content.decode()


def test_names_and_reasons_as_their_signers_want(client):
    petition = opened(slug="mend", organizer=None)
    people = [("full", "Sam Okoye"), ("initial", "Noor H."), ("hidden", "")]
    for display, _shown in people:
        SignatureFactory(
            petition=petition,
            is_confirmed=True,
            given_name="Sam" if display == "full" else "Noor" if display == "initial" else "Pia",
            family_name="Okoye" if display == "full" else "Haddad",
            display=display,
            reason=f"Because of {display}.",
        )
    SignatureFactory(petition=petition, given_name="Unconfirmed", reason="Not yet counted.")
    fold(petition.pk)
    text = words(client.get("/petitions/mend/"))
    assert "Sam Okoye" in text
    assert "Noor H." in text
    assert "Haddad" not in text
    assert "Pia" not in text
    assert "Because of full." in text
    assert "Because of hidden." not in text
    assert "Unconfirmed" not in text
    assert "Not yet counted." not in text


def test_a_copy_cannot_be_signed(client):
    PetitionFactory(is_open=True, slug="mend", read_only=True)
    response = client.get("/petitions/mend/")
    assert response.status_code == 200
    assert b"<form" not in response.content
    assert b"data-count-url" not in response.content


def test_right_to_left_text_carries_its_direction(client):
    PetitionFactory(is_open=True, slug="jisr", title="أصلحوا الجسر", language="ar")
    html = client.get("/petitions/jisr/").content.decode()
    assert '<h1 lang="ar" dir="rtl">أصلحوا الجسر</h1>' in html


@pytest.mark.parametrize("signatures", [0, 60])
@pytest.mark.parametrize("state", ["open", "closed", "rejected"])
def test_budget(client, count_queries, signatures, state):
    petition = (
        opened(slug="mend") if state != "rejected" else PetitionFactory(in_review=True, slug="mend")
    )
    for _ in range(3):
        PetitionTarget.objects.create(petition=petition, target=TargetFactory())
        ActionStepFactory(petition=petition)
        UpdateFactory(petition=petition)
    SignatureFactory.create_batch(signatures, petition=petition, is_confirmed=True, reason="Yes.")
    if state == "closed":
        petition.close(by=None)
    if state == "rejected":
        petition.reject(by=None, reason="other")
    with count_queries() as queries:
        assert client.get("/petitions/mend/").status_code == 200
    assert len(queries) <= 6, queries
