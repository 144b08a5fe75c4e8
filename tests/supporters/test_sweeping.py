"""Sweeps: what a rule means is removed batch by batch, and can be brought back; the count is exact."""

from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from petitions.models import StaffAct
from supporters.confirming import confirm
from supporters.fold import fold
from supporters.fraud import decisions, looking, sweeping
from supporters.fraud.rules import Rule
from supporters.models import (
    BlockedAddress,
    CountAdjustment,
    OutgoingMail,
    Signature,
    Sweep,
    SweptSignature,
)
from supporters.withdrawing import disown, withdraw
from tests.factories import SignatureFactory
from tests.supporters.fraud_world import check, make_petition, moderator, propose, sign, work
from tests.supporters.sweep_world import make_wave, positions, small_batches, swept_whole
from tests.supporters.worker_tasks import only

pytestmark = pytest.mark.django_db

State = Sweep.State


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    small_batches(monkeypatch)


@pytest.fixture
def petition():
    return make_wave()


def test_a_preview_changes_nothing(petition):
    before = list(Signature.objects.order_by("pk").values())
    preview = looking.preview(petition.pk, Rule(domain="wave.example"))
    assert (preview.found, preview.counted, preview.is_whole) == (25, 23, True)
    assert preview.looked_at == 56
    assert len(preview.sample) == 20
    assert {each.email.partition("@")[2] for each in preview.sample} == {"wave.example"}
    assert list(Signature.objects.order_by("pk").values()) == before
    assert (CountAdjustment.objects.count(), Sweep.objects.count()) == (0, 0)


def test_from_proposal_to_restore(petition):
    mo, lee = moderator("mo"), moderator("lee")
    assert check(petition) == 54
    old = positions(petition)
    sweep = propose(petition, mo)
    assert (sweep.state, sweep.needs_second) == (State.PROPOSED, True)
    sweeping.run()
    assert check(petition) == 54
    assert decisions.approve(sweep, by=lee)
    work(sweep)
    assert (sweep.state, sweep.taken, sweep.taken_counted) == (State.FINISHED, 25, 23)
    assert sweep.cursor == ""
    assert check(petition) == 31
    entries = CountAdjustment.objects.filter(petition=petition)
    assert {entry.kind for entry in entries} == {"removed"}
    assert sum(entry.quantity for entry in entries) == -20  # the tail needs no entry
    assert entries.count() >= 4
    assert {(entry.reason, entry.recorded_by, entry.sweep) for entry in entries} == {
        ("A wave.", lee, sweep)
    }
    gone = Signature.objects.filter(status="removed")
    assert gone.count() == 25
    assert not gone.filter(email="").exists()  # until nobody can bring it back
    assert not gone.filter(ended_at=None).exists()

    assert decisions.undo(sweep, by=mo)
    work(sweep)
    assert (sweep.state, sweep.restored, sweep.restored_counted) == (State.UNDONE, 25, 23)
    assert check(petition) == 54
    assert positions(petition) == old
    assert Signature.objects.filter(status="pending").count() == 2
    assert not Signature.objects.exclude(ended_at=None).exists()
    fold(petition.pk)
    assert check(petition) == 54


def test_pages_are_recalled_at_the_end_of_each_batch(petition):
    sweep, recall = propose(petition, moderator("mo")), 'INSERT INTO "supporters_pagerecall"'
    decisions.approve(sweep, by=moderator("lee"))
    with CaptureQueriesContext(connection) as asked:
        work(sweep)
    said = [each["sql"] for each in asked.captured_queries]
    after = [then for sql, then in pairwise(said) if sql.startswith(recall)]
    assert len(after) >= 5
    assert {sql.split()[0] for sql in after} == {"RELEASE"}  # the transaction's end


def test_every_act_is_written_down(petition):
    mo, lee = moderator("mo"), moderator("lee")
    sweep = propose(petition, mo)
    decisions.approve(sweep, by=lee)
    decisions.cancel(sweep, by=mo)
    decisions.resume(sweep, by=lee)
    work(sweep)
    decisions.undo(sweep, by=mo)
    acts = StaffAct.objects.order_by("pk").values_list("actor__username", "verb", "petition_id")
    assert list(acts) == [
        (who, verb, petition.pk)
        for who, verb in [
            ("mo", "proposed"),
            ("lee", "approved"),
            ("mo", "cancelled"),
            ("lee", "resumed"),
            ("mo", "undid"),
        ]
    ]


def test_the_second_moderator_is_another_one(petition):
    mo, lee = moderator("mo"), moderator("lee")
    sweep = propose(petition, mo)
    assert not decisions.approve(sweep, by=mo)
    assert decisions.approve(sweep, by=lee)
    assert not decisions.approve(sweep, by=moderator("kim"))
    assert not decisions.decline(sweep, by=mo)


def test_what_is_not_approved_takes_nothing(petition):
    sweep = propose(petition, moderator("mo"))
    assert decisions.decline(sweep, by=moderator("lee"))
    assert not decisions.approve(sweep, by=moderator("kim"))
    work(sweep)
    assert sweep.state == State.DECLINED
    assert check(petition) == 54


def test_a_few_need_no_second_but_many_times_a_few_do(petition):
    mo = moderator("mo")
    first = propose(petition, mo, Rule(address="bot#", domain="wave.example", country="FR"))
    assert (first.state, first.found) == (State.RUNNING, 0)
    sign(petition, 10, domain="few.example")
    second = propose(petition, mo, Rule(domain="few.example"))
    assert (second.state, second.found) == (State.RUNNING, 10)
    sign(petition, 1, domain="more.example")
    assert propose(petition, mo, Rule(domain="more.example")).state == State.PROPOSED
    assert propose(petition, moderator("lee"), Rule(domain="more.example")).state == State.RUNNING
    work(second)
    assert second.taken == 10
    check(petition)


def test_the_organizers_own_is_never_taken(petition):
    own = Signature.objects.filter(petition=petition)
    own.filter(pk=own.earliest("pk").pk).update(is_organizer=True)
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    assert own.get(is_organizer=True).status == "confirmed"
    assert sweep.taken == 24
    check(petition)


def test_who_signs_after_the_proposal_is_not_looked_at(petition):
    sweep = propose(petition, moderator("mo"))
    sign(petition, 7)
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    assert sweep.taken == 25
    assert check(petition) == 38


def test_one_that_ended_meanwhile_is_left_alone(petition):
    wave = Signature.objects.filter(email_key__endswith="@wave.example").order_by("pk")
    first, last = wave.first(), wave.filter(status="confirmed").last()
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    withdraw(first.pk)
    disown(last.pk)
    work(sweep)
    assert sweep.taken == 23
    assert check(petition) == 31
    decisions.undo(sweep, by=moderator("kim"))
    work(sweep)
    assert check(petition) == 52


def test_one_that_is_removed_cannot_confirm(petition):
    pending = Signature.objects.filter(status="pending").first()
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    assert str(confirm(pending.pk)) == "ended"
    assert check(petition) == 31


@pytest.mark.parametrize(("end", "blocked"), [(withdraw, 0), (disown, 1)])
@pytest.mark.parametrize("was", ["counted", "confirmed", "pending"])
def test_who_withdraws_while_removed_is_erased_at_once(petition, end, blocked, was):
    sweep = swept_whole(petition)
    gone = SweptSignature.objects.filter(sweep=sweep, was=was).first().signature
    OutgoingMail.objects.create(kind="signature", recipient=gone.email, signature=gone)
    entries = CountAdjustment.objects.count()
    assert end(gone.pk)
    assert not end(gone.pk)
    gone.refresh_from_db()
    assert (gone.status, gone.given_name, gone.email, gone.email_key) == ("removed", "", "", None)
    assert not OutgoingMail.objects.filter(signature=gone).exists()
    assert BlockedAddress.objects.count() == blocked
    assert CountAdjustment.objects.count() == entries
    assert check(petition) == 31
    decisions.undo(sweep, by=moderator("kim"))
    work(sweep)
    gone.refresh_from_db()
    assert (gone.status, sweep.restored, sweep.left_out) == ("removed", 24, 1)
    assert check(petition) == (54 if was == "pending" else 53)


def test_who_signed_again_stays_counted_once(petition):
    """One confirmed again, one who has yet to confirm, and one who had never confirmed."""
    wave = Signature.objects.filter(email_key__endswith="@wave.example").order_by("pk")
    confirmed, waiting = wave.filter(position__isnull=False)[:2]
    never = wave.filter(status="pending")[0]
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    again = SignatureFactory(petition=petition, email=confirmed.email, is_confirmed=True)
    yet = SignatureFactory(petition=petition, email=waiting.email)
    third = SignatureFactory(petition=petition, email=never.email)
    assert check(petition) == 32
    decisions.undo(sweep, by=moderator("kim"))
    work(sweep)
    assert (sweep.restored, sweep.left_out) == (23, 2)
    assert check(petition) == 54
    states = dict(Signature.objects.values_list("pk", "status"))
    assert (states[again.pk], states[confirmed.pk]) == ("confirmed", "removed")
    assert (states[yet.pk], states[waiting.pk]) == ("removed", "confirmed")
    assert (states[third.pk], states[never.pk]) == ("pending", "removed")
    yet.refresh_from_db()
    assert (yet.email, yet.email_key) == ("", None)
    fold(petition.pk)
    assert check(petition) == 54


def test_a_pending_one_that_no_mail_reached_gets_it_after_all(petition):
    reached, not_yet = Signature.objects.filter(status="pending").order_by("pk")
    OutgoingMail.objects.create(
        kind="signature", recipient=reached.email, signature=reached, sent_at=timezone.now()
    )
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    decisions.undo(sweep, by=moderator("kim"))
    work(sweep)
    assert OutgoingMail.objects.filter(signature=not_yet).get().recipient == not_yet.email
    assert OutgoingMail.objects.filter(signature=reached).count() == 1


def test_other_petitions_are_left_alone(petition):
    other = make_petition(slug="other")
    sign(other, 6)
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    assert check(other) == 6


def test_what_was_not_looked_at_needs_a_second(petition, monkeypatch):
    """A preview that had no time for all of them says so."""
    monkeypatch.setattr(looking, "_at_once", lambda *_arguments: None)  # as after its timeout
    found = looking.preview(petition.pk, Rule(domain="wave.example"))
    assert (found.found, found.counted, found.is_whole) == (25, 23, True)
    monkeypatch.setattr(looking, "LONGEST", 0)
    monkeypatch.setattr(looking, "AFTERWARDS", 0)
    found = looking.preview(petition.pk, Rule(domain="wave.example"))
    assert (found.found, found.is_whole) == (0, False)
    assert decisions.needs_second(petition, found, by=moderator("mo"))


def test_one_that_fails_stops_no_other(petition, caplog):
    other = make_petition(slug="other")
    sign(other, 15)
    broken, well = propose(petition, moderator("mo")), propose(other, moderator("mo2"))
    for sweep in (broken, well):
        decisions.approve(sweep, by=moderator(f"lee{sweep.pk}"))
    Sweep.objects.filter(pk=broken.pk).update(rule={"name": 1, "address": "sam@x.example"})
    for _turn in range(3):
        with pytest.raises(sweeping.Failed, match=str(broken.pk)):
            sweeping.run()
    well.refresh_from_db()
    assert (well.state, well.taken) == (State.FINISHED, 15)
    assert f"Sweep {broken.pk} failed: TypeError" in caplog.text
    assert "x.example" not in caplog.text


def test_all_together_have_a_bound_and_each_has_its_turn(petition):
    other = make_petition(slug="other")
    sign(other, 15)
    sweeps = [propose(petition, moderator("mo")), propose(other, moderator("mo2"))]
    for sweep in sweeps:
        decisions.approve(sweep, by=moderator(f"lee{sweep.pk}"))
    assert sweeping.run(go_on=lambda: False) == 2
    assert not SweptSignature.objects.exists()
    assert sweeping.run(go_on=only(1)) == 2
    assert SweptSignature.objects.values("sweep").distinct().count() == 1
    for sweep in sweeps:
        assert work(sweep).state == State.FINISHED


@pytest.mark.postgresql
def test_a_rare_domain_is_found_by_the_index_of_searches(petition, monkeypatch):
    """With or without a position; and a common one, by reading the petition, finds the same."""
    found = []
    for rare in ("wave.example", "mail.wave.example"):
        sign(petition, 2, domain=rare, status="pending")
    sign(make_petition(slug="other"), 3)
    for few in (looking.FEW, 1):
        monkeypatch.setattr(looking, "FEW", few)
        with CaptureQueriesContext(connection) as asked:
            found.append(looking.preview(petition.pk, Rule(domain="wave.example")))
        sql = next(each["sql"] for each in asked.captured_queries if "WITH meant" in each["sql"])
        assert ("reverse(email_key)" in sql) == (few > 1)
    for each in found:
        assert (each.found, each.counted, each.is_whole) == (29, 23, True)
        assert each.looked_at == 60
        assert {row.petition_id for row in each.sample} == {petition.pk}
