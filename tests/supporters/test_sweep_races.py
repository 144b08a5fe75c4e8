"""Sweeps while people sign, confirm, withdraw and are folded: the number is right at every instant."""

import os
import signal
import time

import pytest
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from petitions.models import Petition
from supporters.addresses import email_key
from supporters.confirming import confirm
from supporters.count import with_live_count
from supporters.fold import fold_all
from supporters.fraud import decisions, looking, restoring, sweeping
from supporters.fraud.rules import Rule, sweepable
from supporters.models import CountAdjustment, Signature, Sweep, SweptSignature
from supporters.signing import Signer
from supporters.signing import sign as sign_once
from supporters.withdrawing import withdraw
from tests.supporters.fraud_world import check, make_petition, moderator, propose, sign, work
from tests.supporters.outbox_rows import start_worker
from tests.threads import in_background, together

pytestmark = pytest.mark.django_db(transaction=True)

State = Sweep.State
PATIENCE = 120  # seconds, for a busy machine


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 10)
    monkeypatch.setattr(restoring, "BATCHES", (10, 3, 1, 1))
    monkeypatch.setattr(looking, "STEP", 40)


@pytest.fixture
def petition():
    petition = make_petition(organizer=None)
    sign(petition, 150)
    sign(petition, 60, domain="example.org")
    fold_all()
    sign(petition, 20)
    sign(petition, 20, status="pending")
    return petition


@pytest.fixture
def sweep(petition):
    sweep = propose(petition, moderator("mo"))
    assert decisions.approve(sweep, by=moderator("lee"))
    return sweep


def _sums(rows, value):
    counted = rows.order_by().values("petition").annotate(sum=value).values("sum")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def sample() -> None:
    """One statement, so one snapshot: by what is shown, by rows, by positions and the ledger."""
    mine = Signature.objects.filter(petition=OuterRef("pk"))
    entries = CountAdjustment.objects.filter(petition=OuterRef("pk"))
    ended = entries.filter(kind__in=["withdrawn", "removed", "restored"])
    standing = Q(status="confirmed", position__isnull=False)
    found = with_live_count(Petition.objects.all()).annotate(
        rows=_sums(mine.filter(status="confirmed"), Count("pk")),
        given=_sums(mine.filter(position__isnull=False), Count("pk")),
        standing=_sums(mine.filter(standing), Count("pk")),
        ledger=_sums(entries, Sum("quantity")),
        ended=_sums(ended, Sum("quantity")),
    )
    values = ("live_count", "rows", "supporter_count", "given", "ledger", "standing", "ended")
    for live, rows, counted, given, ledger, still, over in found.values_list(*values):
        assert live == rows
        assert counted == given + ledger
        assert still == given + over


class Crowd:
    """Signs and confirms, newcomers and those who were swept, and withdraws now and then."""

    def __init__(self, petition) -> None:
        self.petition, self.number = petition, 0

    def __call__(self) -> None:
        self.number += 1
        n = self.number
        again = f"bot{n % 150}@wave.example" if n % 2 else f"new{n}@example.org"
        signer = Signer(given_name="A", family_name="B", email=again, email_key=email_key(again))
        sign_once(self.petition.pk, signer)
        mine = Signature.objects.filter(petition=self.petition, email_key=again)
        newest = mine.filter(status="pending").order_by("-pk").first()
        if newest and n % 5:
            confirm(newest.pk)
        if n % 7 == 0:
            one = Signature.objects.filter(petition=self.petition, status="confirmed")
            withdraw(one.order_by("?").values_list("pk", flat=True)[0])
        time.sleep(0.005)


def test_the_number_is_exact_at_every_instant(petition, sweep):
    with in_background(sample), in_background(Crowd(petition)), in_background(fold_all):
        assert sweeping.remove_some(sweep.pk)
        assert decisions.cancel(sweep, by=moderator("kim"))
        sweeping.run()
        assert decisions.resume(sweep, by=moderator("ed"))
        work(sweep)
        assert sweep.state == State.FINISHED
        assert decisions.undo(sweep, by=moderator("al"))
        work(sweep)
    assert sweep.state == State.UNDONE
    assert sweep.taken == sweep.restored + sweep.left_out
    fold_all()
    check(petition)
    live = Signature.objects.filter(status__in=["pending", "confirmed"])
    keys = live.values("email_key").annotate(number=Count("pk"))
    assert set(keys.values_list("number", flat=True)) == {1}  # nobody twice


def test_two_workers_take_each_once(petition, sweep):
    def turns():
        for _turn in range(40):
            sweeping.run()

    together(turns, turns, fold_all)
    work(sweep)
    assert sweep.state == State.FINISHED
    assert sweep.taken == SweptSignature.objects.count() == 190
    assert check(petition) == 60

    decisions.undo(sweep, by=moderator("kim"))
    together(turns, turns, fold_all)
    work(sweep)
    assert (sweep.state, sweep.restored, sweep.left_out) == (State.UNDONE, 190, 0)
    fold_all()
    assert check(petition) == 230


def test_two_moderators_decide_at_once(petition):
    sweep = propose(petition, moderator("mo"))
    lee, kim = moderator("lee"), moderator("kim")
    answers = together(
        lambda: decisions.approve(sweep, by=lee), lambda: decisions.decline(sweep, by=kim)
    )
    assert sorted(answers) == [False, True]
    work(sweep)
    assert sweep.state == (State.FINISHED if answers[0] else State.DECLINED)


def test_cancel_and_undo_against_the_worker(petition, sweep):
    kim = moderator("kim")

    def cancel_and_undo():
        while not (decisions.cancel(sweep, by=kim) or finished()):
            time.sleep(0.001)
        return decisions.undo(sweep, by=kim)

    def finished():
        return Sweep.objects.filter(pk=sweep.pk, state=State.FINISHED).exists()

    def turns():
        for _turn in range(60):
            sweeping.run()

    with in_background(sample):
        together(cancel_and_undo, turns)
    work(sweep)
    check(petition)
    if sweep.taken:
        assert sweep.state == State.UNDONE
    assert check(petition) == 230


@pytest.mark.journeys
@pytest.mark.parametrize("act", ["removing", "bringing back"])
def test_kill_9_in_the_middle(petition, sweep, smtp_server, act):
    """What is there is whole batches, and the next worker goes on."""
    if act == "bringing back":
        work(sweep)
        decisions.undo(sweep, by=moderator("kim"))
    sign(petition, 12_000, domain="example.com")  # something to look at, so that it takes a while
    killed = start_worker(smtp_server.port)
    try:
        until = time.monotonic() + PATIENCE
        moved = F("taken") if act == "removing" else F("restored")
        while not Sweep.objects.filter(pk=sweep.pk).exclude(**{moved.name: 0}).exists():
            assert time.monotonic() < until
            assert killed.poll() is None
            time.sleep(0.002)
    finally:
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    sample()
    sweep.refresh_from_db()
    swept = SweptSignature.objects.filter(sweep=sweep)
    assert sweep.taken == swept.count()
    assert sweep.restored == swept.filter(is_restored=True).count()
    work(sweep)
    assert sweep.taken == 190
    fold_all()
    assert check(petition) == (60 if act == "removing" else 230) + 12_000


def test_the_index_is_read(petition):
    """Only this petition's rows are read, in the order of the key."""
    rows = sweepable(petition.pk).filter(email_key__gt="a").order_by("email_key")[:5]
    assert "supporters_signature_once" in rows.explain()


def test_of_many_proposed_at_once_one_needs_no_second(petition):
    """In as many windows: together they are much."""
    sign(petition, 8, domain="few.example")
    mo = moderator("mo")
    done = together(*[lambda: propose(petition, mo, Rule(domain="few.example"))] * 6)
    assert sorted(sweep.needs_second for sweep in done) == [False] + 5 * [True]
