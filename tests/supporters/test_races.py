"""Many at once, with real connections: the number is right at every instant and at the end."""

import random
import threading
from contextlib import suppress
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.db.models import Count, F

from petitions.models import ModerationEvent, Petition
from petitions.states import StateConflict
from supporters.confirming import Answer, confirm
from supporters.count import live_count
from supporters.fold import fold, fold_all, fold_at_once
from supporters.models import CountAdjustment, OutgoingMail, Signature
from supporters.signing import NotSignable, ask_again, sign
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.race_world import Bustle, Sampler, assert_books_balance, noor, pending
from tests.threads import in_background, spread, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


# One thing at a time, many times at once


def test_200_confirms_of_40_signatures_count_40(petition):
    ids = pending(petition, 40)
    presses = ids * 5
    random.Random(41).shuffle(presses)
    with in_background(sampler := Sampler(petition)):
        answers = spread(confirm, presses)
    assert sampler.differences == []
    assert answers.count(Answer.CONFIRMED) == 40
    assert answers.count(Answer.BEFORE) == 160
    assert live_count(petition.pk) == 40
    assert fold(petition.pk) == 40
    assert_books_balance(petition)


def test_40_signs_of_one_address_make_one_row_and_five_mails(petition):
    spellings = ["noor@example.org", "Noor@Example.ORG", "noor+a@example.org", "NOOR@example.org"]
    assert spread(lambda email: sign(petition.pk, noor(email)), spellings * 10) == [None] * 40
    row = Signature.objects.get()
    assert (row.email_key, row.mails_asked, row.status) == ("noor@example.org", 5, "pending")
    assert OutgoingMail.objects.filter(signature=row).count() == 5
    assert OutgoingMail.objects.count() == 5


def test_signing_and_asking_again_at_once_share_five_mails(petition):
    sign(petition.pk, noor())
    acts = [lambda: sign(petition.pk, noor()), lambda: ask_again(petition.pk, "noor@example.org")]
    spread(lambda act: act(), acts * 10)
    assert Signature.objects.get().mails_asked == 5
    assert OutgoingMail.objects.count() == 5


def test_forty_people_at_once_are_forty_rows(petition):
    spread(lambda n: sign(petition.pk, noor(f"noor{n}@example.org")), range(40))
    assert Signature.objects.count() == OutgoingMail.objects.count() == 40
    assert set(Signature.objects.values_list("mails_asked", flat=True)) == {1}


def test_eight_folds_at_once_give_each_position_once(petition):
    for signature in pending(petition, 60):
        confirm(signature)
    with in_background(sampler := Sampler(petition)):
        taken = together(*[lambda: sum(fold(petition.pk, limit=5) for _ in range(3))] * 8)
    assert sum(taken) == 60
    assert sampler.differences == []
    assert_books_balance(petition)


@pytest.mark.parametrize("folded", [False, True])
def test_of_eight_withdrawals_at_once_one_counts(petition, folded):
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    if folded:
        fold(petition.pk)
    done = together(*[lambda: withdraw(signature.pk), lambda: disown(signature.pk)] * 4)
    assert done.count(True) == 1
    assert live_count(petition.pk) == 0
    assert CountAdjustment.objects.count() == (1 if folded else 0)
    assert_books_balance(petition)


def test_withdrawing_while_it_is_folded(petition):
    ids = pending(petition, 12)
    for signature in ids:
        confirm(signature)
    for signature in ids:
        done = together(lambda: fold(petition.pk), lambda s=signature: withdraw(s))
        assert done[1] is True
    assert live_count(petition.pk) == 0
    assert_books_balance(petition)


def test_confirming_while_it_is_withdrawn_ends_withdrawn(petition):
    for signature in pending(petition, 12):
        answer, ended = together(lambda s=signature: confirm(s), lambda s=signature: withdraw(s))
        assert answer in {Answer.CONFIRMED, Answer.ENDED}
        assert ended is True
    assert set(Signature.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert live_count(petition.pk) == 0
    assert_books_balance(petition)


def test_signing_while_it_closes_is_told_or_stored(petition):
    def try_to_sign(n):
        try:
            sign(petition.pk, noor(f"noor{n}@example.org"))
        except NotSignable:
            return False
        return True

    def act(n):
        if n == 20:
            Petition.objects.get(pk=petition.pk).close(by=None)
            return None
        return try_to_sign(n)

    told = spread(act, range(41))
    assert Signature.objects.count() == OutgoingMail.objects.count() == told.count(True)
    assert try_to_sign(99) is False
    assert_books_balance(petition)


def test_adjusting_at_once_adds_up(petition):
    quantities = [1, 2, 3, 4, 5, -1] * 5

    def adjust(quantity):
        CountAdjustment.objects.create(petition=petition, kind="paper", quantity=quantity)

    CountAdjustment.objects.create(petition=petition, kind="carried_over", quantity=100)
    with in_background(sampler := Sampler(petition)):
        spread(adjust, quantities)
    assert sampler.differences == []
    assert live_count(petition.pk) == 170


# Everything at once


def test_the_number_is_right_at_every_instant(petition):
    """Confirms, withdrawals, folds, entries, closing, hiding and stale saves, all at once."""
    ids = pending(petition, 60)
    leaving = random.Random(2026).sample(ids, 20)
    bustle, sampler = Bustle(petition), Sampler(petition)
    bustle.run(
        lambda: bustle.confirm_all(ids),
        lambda: bustle.confirm_all(ids[::-1]),
        lambda: bustle.leave(leaving),
        bustle.adjust,
        beside=[
            lambda: fold(petition.pk, limit=7),
            lambda: fold(petition.pk),
            fold_all,
            bustle.move,
            bustle.save_a_stale_copy,
            sampler,
            sampler,
        ],
    )
    assert sampler.differences == []
    assert len(sampler.seen) > 10
    statuses = Signature.objects.filter(pk__in=ids).values("status").annotate(n=Count("pk"))
    assert {row["status"]: row["n"] for row in statuses} == {
        "confirmed": 40,
        "withdrawn": 15,
        "removed": 5,
    }
    assert_books_balance(petition)
    assert live_count(petition.pk) == 40 + 47
    assert Petition.objects.get().status == "open"
    moves = ModerationEvent.objects.order_by("id").values_list("from_status", "to_status")
    assert all(before[1] == after[0] for before, after in pairwise(moves))


def test_two_petitions_do_not_wait_on_each_other_in_a_circle():
    first, second = PetitionFactory(is_open=True), PetitionFactory(is_open=True)
    mine, theirs = pending(first, 20), pending(second, 20)
    for pk in mine + theirs:
        confirm(pk)
    together(
        fold_all,
        fold_all,
        lambda: [withdraw(pk) for pk in mine[:10]],
        lambda: [withdraw(pk) for pk in theirs[:10]],
        lambda: [withdraw(pk) for pair in zip(mine[10:], theirs[10:], strict=True) for pk in pair],
    )
    for petition in (first, second):
        assert live_count(petition.pk) == 0
        assert_books_balance(petition)


def test_closing_once_while_everybody_confirms(petition):
    """The grace lets all of them in: who signed before the closing is counted."""
    ids = pending(petition, 40)

    def close(_):
        with suppress(StateConflict):
            Petition.objects.get(pk=petition.pk).close(by=None)

    with in_background(sampler := Sampler(petition)):
        spread(lambda act: act[0](act[1]), [(confirm, pk) for pk in ids] + [(close, 0)] * 3)
    assert sampler.differences == []
    assert live_count(petition.pk) == 40
    assert ModerationEvent.objects.count() == 1
    assert_books_balance(petition)


# Who waits for whom


@pytest.mark.postgresql
def test_signing_and_confirming_wait_for_no_fold(petition):
    """With the petition's row locked as a fold locks it; SQLite has one writer anyway."""
    [signature] = pending(petition, 1)

    def impatiently(act):
        def run():
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return act()

        return run

    with transaction.atomic():
        Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
        Petition.objects.filter(pk=petition.pk).update(supporter_count=F("supporter_count") + 1)
        answers = together(
            impatiently(lambda: confirm(signature)),
            impatiently(lambda: sign(petition.pk, noor())),
        )
        transaction.set_rollback(True)
    assert answers == [Answer.CONFIRMED, None]
    assert live_count(petition.pk) == 1
    assert Signature.objects.count() == 2


def test_signers_who_look_for_their_positions_at_once_get_each_their_own(petition):
    ids = pending(petition, 60)

    def confirm_and_look(signature_id):
        assert confirm(signature_id) is Answer.CONFIRMED
        fold_at_once(petition.pk)

    spread(confirm_and_look, ids)
    assert_books_balance(petition)
    assert Petition.objects.get(pk=petition.pk).supporter_count == 60


@pytest.mark.postgresql
def test_who_looks_for_a_position_waits_for_nobody(petition):
    """Another folds, closes or withdraws: the page comes at once, without the position."""
    [signature_id] = pending(petition, 1)
    confirm(signature_id)
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
            held.set()
            assert done.wait(timeout=30)

    def look():
        try:
            assert held.wait(timeout=30)
            return fold_at_once(petition.pk)
        finally:
            done.set()

    assert together(hold, look) == [None, False]
    assert Signature.objects.get(pk=signature_id).position is None
    assert fold_at_once(petition.pk) is True
    assert Signature.objects.get(pk=signature_id).position == 1
