"""Sweeps that are cancelled, resumed or brought back; the count is exact throughout."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from supporters import signature_acts
from supporters.fold import fold
from supporters.fraud import decisions, restoring, sweeping
from supporters.fraud.rules import Rule
from supporters.models import Signature, Sweep, SweptSignature
from tests.factories import SignatureFactory
from tests.supporters.fraud_world import check, moderator, propose, sign, work
from tests.supporters.sweep_world import make_wave, small_batches, swept_whole

pytestmark = pytest.mark.django_db

State = Sweep.State


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    small_batches(monkeypatch)


@pytest.fixture
def petition():
    return make_wave()


def test_cancelled_half_way_and_resumed(petition):
    mo, lee = moderator("mo"), moderator("lee")
    sweep = propose(petition, mo)
    decisions.approve(sweep, by=lee)
    assert sweeping.remove_some(sweep.pk)
    assert decisions.cancel(sweep, by=mo)
    assert not decisions.cancel(sweep, by=lee)
    work(sweep)
    assert sweep.state == State.CANCELLED
    taken = sweep.taken
    assert 0 < taken < 25
    check(petition)
    assert decisions.resume(sweep, by=mo)
    work(sweep)
    assert (sweep.state, sweep.taken) == (State.FINISHED, 25)
    assert check(petition) == 31


def test_where_some_sign_again_all_the_time_it_goes_one_by_one(petition, monkeypatch):
    """Of each five another one has just done so, whoever tries."""
    sweep = swept_whole(petition)
    assert decisions.undo(sweep, by=moderator("kim"))
    bring_back, sizes = restoring._bring_back, []

    def met_by_a_crowd(sweep, swept):
        sizes.append(len(swept))
        if len(swept) > 1:
            raise IntegrityError
        return bring_back(sweep, swept)

    monkeypatch.setattr(restoring, "_bring_back", met_by_a_crowd)
    work(sweep)
    assert (sweep.state, sweep.restored, sweep.left_out) == (State.UNDONE, 25, 0)
    assert set(sizes) == {5, 4, 3, 2, 1}
    fold(petition.pk)
    assert check(petition) == 54


def test_cancelled_half_way_and_brought_back(petition):
    mo = moderator("mo")
    sweep = propose(petition, mo)
    decisions.approve(sweep, by=moderator("lee"))
    sweeping.remove_some(sweep.pk)
    decisions.cancel(sweep, by=mo)
    decisions.undo(sweep, by=mo)
    assert not decisions.resume(sweep, by=mo)
    work(sweep)
    assert sweep.state == State.UNDONE
    assert check(petition) == 54


def test_after_a_month_nothing_is_brought_back(petition):
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    Sweep.objects.update(changed_at=timezone.now() - timedelta(days=31))
    sweep.refresh_from_db()
    assert not sweep.is_restorable
    assert not decisions.undo(sweep, by=moderator("kim"))


def test_swept_twice_and_brought_back_twice(petition):
    mo, lee = moderator("mo"), moderator("lee")
    for _round in range(2):
        sweep = propose(petition, mo)
        decisions.approve(sweep, by=lee)
        work(sweep)
        assert check(petition) == 31
        decisions.undo(sweep, by=mo)
        work(sweep)
        assert check(petition) == 54
        fold(petition.pk)
    assert SweptSignature.objects.filter(is_restored=True).count() == 50


def swept_signature(sweep) -> Signature:
    swept = SweptSignature.objects.filter(sweep=sweep, was="counted").order_by("pk")
    return swept.first().signature


def test_resumed_after_one_was_restored_by_hand(petition):
    """Whoever restored it meant it: the sweep leaves it where it is."""
    mo, lee = moderator("mo"), moderator("lee")
    sweep = propose(petition, mo)
    decisions.approve(sweep, by=lee)
    assert sweeping.remove_some(sweep.pk)
    assert decisions.cancel(sweep, by=mo)
    real = swept_signature(sweep)
    assert signature_acts.restore(real, by=lee, reason="A real person.")
    assert decisions.resume(sweep, by=mo)
    work(sweep)
    assert (sweep.state, sweep.taken) == (State.FINISHED, 25)
    real.refresh_from_db()
    assert real.status == "confirmed"
    assert check(petition) == 32


def test_who_became_the_organizer_stays_counted_once(petition):
    sweep = swept_whole(petition)
    old = swept_signature(sweep)
    own = SignatureFactory(petition=petition, email=old.email, is_confirmed=True, is_organizer=True)
    assert decisions.undo(sweep, by=moderator("kim"))
    work(sweep)
    assert (sweep.state, sweep.restored, sweep.left_out) == (State.UNDONE, 24, 1)
    states = dict(Signature.objects.values_list("pk", "status"))
    assert (states[own.pk], states[old.pk]) == ("confirmed", "removed")
    assert check(petition) == 54


def test_what_was_restored_and_removed_by_hand_is_not_brought_back(petition):
    sweep = swept_whole(petition)
    by_hand = swept_signature(sweep)
    kim = moderator("kim")
    assert signature_acts.restore(by_hand, by=kim, reason="A real person.")
    assert signature_acts.remove(by_hand, by=kim, reason="Not after all.")
    decisions.undo(sweep, by=kim)
    work(sweep)
    by_hand.refresh_from_db()
    assert by_hand.status == "removed"
    assert (sweep.restored, sweep.left_out) == (24, 1)
    assert check(petition) == 53


def test_a_resumed_one_takes_no_more_than_was_found_for_it(petition):
    """What an undone sweep brings back is not for one moderator alone."""
    many = swept_whole(petition)
    al, kim = moderator("al"), moderator("kim")
    sign(petition, 4)
    few = propose(petition, kim)
    assert (few.state, few.found) == (State.RUNNING, 4)
    assert decisions.cancel(few, by=kim)
    assert decisions.undo(many, by=al)
    work(many)
    assert decisions.resume(few, by=kim)
    work(few)
    assert (few.state, few.taken, few.cursor) == (State.CANCELLED, 4, "")
    assert check(petition) == 54
    assert decisions.resume(few, by=kim)
    assert work(few).taken == 4


def test_resuming_asks_again_for_a_second(petition, monkeypatch):
    mo, kim = moderator("mo"), moderator("kim")
    sign(petition, 10, domain="few.example")
    sign(petition, 5, domain="more.example")
    first = propose(petition, mo, Rule(domain="few.example"))
    assert decisions.cancel(first, by=mo)
    Sweep.objects.update(changed_at=timezone.now() - timedelta(days=2))
    second = propose(petition, mo, Rule(domain="more.example"))
    assert second.state == State.RUNNING
    assert not decisions.may_resume(first, by=mo)
    assert not decisions.resume(first, by=mo)
    assert decisions.resume(first, by=kim)
    assert (work(first).taken, work(second).taken) == (10, 5)
    check(petition)
