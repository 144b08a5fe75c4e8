"""What the figures of the transparency page are made of, move by move."""

import pytest
from django.utils import timezone

from petitions.models import Appeal, Petition
from supporters import transparency
from supporters.fold import fold
from supporters.fraud import decisions, sweeping
from supporters.models import CountAdjustment
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.fraud_world import make_petition, moderator, propose, sign, work

from .test_transparency import NOW, PAGE, event, flat

pytestmark = pytest.mark.django_db


def test_what_petitions_and_moderators_did_is_seen_through_the_moves(client):
    mo = UserFactory()
    petition = PetitionFactory(title="Mend the bridge")
    petition.submit(by=None)
    petition.publish(by=mo)
    petition.close(by=mo, outcome="victory")
    petition.reopen(by=mo)
    petition.close(by=mo, outcome="declined")
    petition.hide(by=mo)
    petition.restore(by=mo)
    [month] = client.get("/transparency.json").json()["months"]
    assert flat(month) == {
        "submitted": 1, "published": 1, "hours_to_decision": 0.0, "closed": 2, "reopened": 1,
        ("closed_by_outcome", "victory"): 1, ("closed_by_outcome", "declined"): 1,
        "hidden": 1, "shown_again": 1,
    }  # fmt: skip
    html = client.get(PAGE).content.decode()
    assert "One petition submitted, one published, one hidden." in html


def test_an_appeal_that_is_granted_submits_nothing_again():
    mo, lu = UserFactory(), UserFactory()
    rejected, sent_back = PetitionFactory(), PetitionFactory()
    for petition, decide in ((rejected, "reject"), (sent_back, "send_back")):
        petition.submit(by=petition.organizer)
        more = {"reason": "unclear"} if decide == "reject" else {}
        decision = getattr(petition, decide)(by=mo, note="Whom do you ask?", **more)
        appeal = Appeal.file(decision, by=petition.organizer, text="The board.")
        assert appeal.grant(by=lu, answer="So it is.").to_status == "in_review"
        Petition.objects.get(pk=petition.pk).publish(by=lu)
    again = PetitionFactory()
    again.submit(by=again.organizer)
    appeal = Appeal.file(again.send_back(by=mo, note="x"), by=again.organizer, text="No.")
    again.submit(by=lu)  # before the appeal is decided: submitted indeed
    assert appeal.grant(by=lu, answer="So it is.") is None
    for since in (None, timezone.localdate().replace(day=1)):
        [month] = transparency.count(since=since)
        assert (month.submitted, month.rejected, month.sent_back) == (4, 1, 2)
        assert (month.published, month.appeals_granted) == (2, 3)


def test_what_a_sweep_takes_in_many_entries_is_one_correction(client, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 5)
    petition = make_petition(slug="mend")
    sign(petition, 20)
    sign(petition, 31, domain="example.org")
    fold(petition.pk)
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    CountAdjustment.objects.create(
        petition=petition,
        kind="removed",
        quantity=-1,
        reason="One more.",
        recorded_by=sweep.asked_by,
    )
    assert CountAdjustment.objects.count() > 2
    said = client.get("/transparency.json").json()
    assert [(each["quantity"], each["reason"]) for each in said["corrections"]] == [
        (-1, "One more."), (-20, "A wave."),
    ]  # fmt: skip
    [month] = said["months"]
    assert (month["corrections"], month["signatures_removed"]) == (2, 21)


def test_closings_older_than_the_field_have_the_petitions_outcome(client):
    petition = PetitionFactory(is_closed=True, outcome="partial")
    event(petition, "open", "closed", NOW)
    [month] = client.get("/transparency.json").json()["months"]
    assert month["closed_by_outcome"] == {"partial": 1}


def test_corrections_are_listed_with_their_reason(client):
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend <it>")
    hidden = PetitionFactory(status="hidden", title="Nobody may read this")
    Petition.objects.update(supporter_count=10)
    mo = UserFactory(username="mo-the-moderator")
    for row in (petition, hidden):
        CountAdjustment.objects.create(
            petition=row, kind="removed", quantity=-3, reason="One <network>.", recorded_by=mo
        )
    html = client.get(PAGE).content.decode()
    assert "−</strong>" not in html
    assert "One &lt;network&gt;." in html
    assert 'href="/petitions/mend/count/"' in html
    said = client.get("/transparency.json")
    [entry] = said.json()["corrections"]
    assert (entry["quantity"], entry["reason"]) == (-3, "One <network>.")
    assert entry["petition"].endswith("/petitions/mend/")
    for text in (html, said.content.decode()):
        assert "Nobody may read this" not in text
        assert "mo-the-moderator" not in text
