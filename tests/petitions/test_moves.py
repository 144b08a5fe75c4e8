"""Moves between the states of a petition: each guarded, each recorded."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from petitions.models import ModerationEvent, Petition
from petitions.signals import petition_opened
from petitions.states import StateConflict
from tests.factories import PetitionFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana")


@pytest.fixture
def mo():
    return UserFactory(username="mo", first_name="Mo", last_name="Lindqvist")


@pytest.fixture
def opened():
    """The petitions that were announced, in order, with who opened them."""
    heard = []

    def hear(petition, by, **kwargs):
        heard.append((petition.pk, by))

    petition_opened.connect(hear)
    yield heard
    petition_opened.disconnect(hear)


def stored(petition):
    return Petition.objects.get(pk=petition.pk)


def events(petition):
    rows = ModerationEvent.objects.filter(petition=petition).order_by("id")
    return [(row.from_status, row.to_status, row.actor_id) for row in rows]


def test_from_a_draft_to_a_victory(ana, mo, opened):
    petition = PetitionFactory(organizer=ana)
    petition.submit(by=ana)
    assert stored(petition).status == "in_review"
    assert stored(petition).submitted_at is not None
    petition.publish(by=mo)
    assert stored(petition).status == "open"
    assert stored(petition).opened_at is not None
    petition.close(by=mo, outcome="victory", note="It opens in May.", source="https://board.test/9")
    after = stored(petition)
    assert (after.status, after.outcome) == ("closed", "victory")
    assert (after.outcome_note, after.outcome_source) == (
        "It opens in May.",
        "https://board.test/9",
    )
    assert after.closed_at is not None
    assert events(petition) == [
        ("draft", "in_review", ana.pk),
        ("in_review", "open", mo.pk),
        ("open", "closed", mo.pk),
    ]


def test_the_copy_in_hand_says_what_was_stored(mo):
    petition = PetitionFactory(in_review=True)
    petition.publish(by=mo)
    petition.close(by=mo, outcome="declined")
    after = stored(petition)
    for name in ("status", "opened_at", "closed_at", "outcome", "outcome_note"):
        assert getattr(petition, name) == getattr(after, name), name


def test_a_petition_is_sent_back_and_comes_again(ana, mo):
    petition = PetitionFactory(organizer=ana)
    petition.submit(by=ana)
    event = petition.send_back(by=mo, note="Who is asked?")
    assert stored(petition).status == "draft"
    assert stored(petition).submitted_at is None
    assert event.public_note == "Who is asked?"
    petition.submit(by=ana)
    assert stored(petition).status == "in_review"


def test_a_rejection_has_a_coded_reason_and_a_note(mo):
    petition = PetitionFactory(in_review=True)
    petition.reject(by=mo, reason="duplicate", note="See /petitions/bridge/.")
    assert stored(petition).status == "rejected"
    event = ModerationEvent.objects.get(petition=petition)
    assert event.reason == "duplicate"
    assert event.reason_text == "There is already an open petition with the same request."
    assert event.public_note == "See /petitions/bridge/."


def test_the_site_itself_closes(mo):
    petition = PetitionFactory(is_open=True)
    petition.close(by=None)
    assert events(petition) == [("open", "closed", None)]
    assert stored(petition).outcome == "none"


def test_private_notes_are_kept_apart(mo):
    petition = PetitionFactory(is_open=True)
    event = petition.hide(by=mo, reason="other", note="Under review.", private_note="Phoned Ana.")
    event.refresh_from_db()
    assert (event.reason, event.public_note) == ("other", "Under review.")
    assert event.private_note == "Phoned Ana."


STATUSES = ["draft", "in_review", "open", "closed", "rejected", "hidden"]
ALLOWED = {
    "submit": ["draft"],
    "publish": ["in_review"],
    "send_back": ["in_review"],
    "reject": ["in_review"],
    "close": ["open"],
    "reopen": ["closed"],
    "hide": ["open", "closed", "rejected"],
    "restore": ["hidden"],
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("move", ALLOWED)
def test_every_move_from_every_status(move, status, mo, opened):
    petition = PetitionFactory(status=status)
    arguments = {"reason": "unclear"} if move == "reject" else {}
    if status in ALLOWED[move]:
        event = getattr(petition, move)(by=mo, **arguments)
        assert event.from_status == status
        assert stored(petition).status == event.to_status != status
        return
    with pytest.raises(StateConflict) as conflict:
        getattr(petition, move)(by=mo, **arguments)
    assert conflict.value.found == status
    assert conflict.value.petition_id == petition.pk
    assert stored(petition).status == status
    assert stored(petition).outcome == "none"
    assert events(petition) == []
    assert opened == []


def test_an_outcome_that_is_none_of_ours_closes_nothing(mo):
    petition = PetitionFactory(is_open=True)
    with pytest.raises(ValueError, match="triumph"):
        petition.close(by=mo, outcome="triumph")
    assert stored(petition).status == "open"
    assert events(petition) == []


# Opening is announced once


def test_publishing_is_announced_once(mo, opened):
    petition = PetitionFactory(in_review=True)
    stale = stored(petition)
    petition.publish(by=mo)
    with pytest.raises(StateConflict):
        petition.publish(by=mo)
    with pytest.raises(StateConflict):
        stale.publish(by=mo)
    petition.hide(by=mo)
    petition.restore(by=mo)
    petition.close(by=mo)
    petition.reopen(by=mo)
    assert opened == [(petition.pk, mo)]


def test_a_receiver_that_fails_undoes_the_opening(mo):
    petition = PetitionFactory(in_review=True)

    def fail(**kwargs):
        raise RuntimeError("no")

    petition_opened.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            petition.publish(by=mo)
    finally:
        petition_opened.disconnect(fail)
    assert stored(petition).status == "in_review"
    assert stored(petition).opened_at is None
    assert events(petition) == []


def test_the_first_opening_keeps_its_date(mo):
    petition = PetitionFactory(in_review=True)
    petition.publish(by=mo)
    first = stored(petition).opened_at
    petition.close(by=mo)
    petition.reopen(by=mo)
    assert stored(petition).opened_at == first


# Hiding and restoring


@pytest.mark.parametrize("status", ["open", "closed", "rejected"])
def test_a_restored_petition_is_what_it_was(status, mo):
    petition = PetitionFactory(status=status)
    petition.hide(by=mo)
    assert stored(petition).status == "hidden"
    petition.restore(by=mo)
    assert stored(petition).status == status


def test_a_hidden_petition_keeps_its_dates_and_outcome(mo):
    petition = PetitionFactory(in_review=True)
    petition.publish(by=mo)
    petition.close(by=mo, outcome="partial", note="Half of it.")
    before = stored(petition)
    petition.hide(by=mo)
    petition.restore(by=mo)
    after = stored(petition)
    for name in ("submitted_at", "opened_at", "closed_at", "outcome", "outcome_note"):
        assert getattr(after, name) == getattr(before, name), name


def test_the_last_hiding_decides_where_it_goes_back_to(mo):
    petition = PetitionFactory(is_open=True)
    petition.hide(by=mo)
    petition.restore(by=mo)
    petition.close(by=mo)
    petition.hide(by=mo)
    petition.restore(by=mo)
    assert stored(petition).status == "closed"


def test_hidden_without_a_record_comes_back_closed(mo):
    petition = PetitionFactory(status="hidden")
    petition.restore(by=mo)
    assert stored(petition).status == "closed"


# Closing and reopening


def test_a_closing_date_that_has_passed_is_the_date_of_closing(mo):
    date = timezone.now() - timedelta(hours=5)
    petition = PetitionFactory(is_open=True, closes_at=date)
    petition.close(by=None)
    assert stored(petition).closed_at == date


def test_a_closing_date_to_come_is_not(mo):
    petition = PetitionFactory(is_open=True, closes_at=timezone.now() + timedelta(days=5))
    before = timezone.now()
    petition.close(by=mo)
    assert before <= stored(petition).closed_at <= timezone.now()


def test_the_date_of_closing_can_be_given(mo):
    petition = PetitionFactory(is_open=True)
    petition.close(by=mo, at=datetime(2012, 8, 17, 12, tzinfo=UTC))
    assert stored(petition).closed_at == datetime(2012, 8, 17, 12, tzinfo=UTC)


def test_reopening_takes_back_the_outcome_and_a_passed_date(mo):
    petition = PetitionFactory(is_open=True, closes_at=timezone.now() - timedelta(days=1))
    petition.close(by=mo, outcome="declined", note="No.", source="https://board.test/9")
    event = petition.reopen(by=mo, note="The board will vote again.")
    after = stored(petition)
    assert after.is_signable
    assert (after.closed_at, after.closes_at) == (None, None)
    assert (after.outcome, after.outcome_note, after.outcome_source) == ("none", "", "")
    assert event.public_note == "The board will vote again."


def test_reopening_keeps_a_date_to_come(mo):
    date = timezone.now() + timedelta(days=5)
    petition = PetitionFactory(is_open=True, closes_at=date)
    petition.close(by=mo)
    petition.reopen(by=mo)
    assert stored(petition).closes_at == date


# Two at the same move


def test_of_two_stale_copies_one_closes(ana, mo):
    petition = PetitionFactory(is_open=True)
    first, second = stored(petition), stored(petition)
    first.close(by=mo, outcome="victory")
    with pytest.raises(StateConflict) as conflict:
        second.close(by=UserFactory(), outcome="declined")
    assert (conflict.value.found, conflict.value.wanted) == ("closed", "closed")
    assert stored(petition).outcome == "victory"
    assert second.status == "open"
    assert events(petition) == [("open", "closed", mo.pk)]


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_closes(mo):
    petition = PetitionFactory(is_open=True)
    outcomes = ["victory", "declined", "partial", "withdrawn"] * 2

    def closing(outcome):
        copy = stored(petition)

        def close():
            try:
                copy.close(by=mo, outcome=outcome)
            except StateConflict:
                return None
            return outcome

        return close

    done = [outcome for outcome in together(*map(closing, outcomes)) if outcome]
    assert len(done) == 1
    assert stored(petition).outcome == done[0]
    assert events(petition) == [("open", "closed", mo.pk)]


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_publishes(mo, opened):
    petition = PetitionFactory(in_review=True)
    copies = [stored(petition) for _ in range(8)]

    def publishing(copy):
        def publish():
            try:
                copy.publish(by=mo)
            except StateConflict:
                return False
            return True

        return publish

    assert sum(together(*map(publishing, copies))) == 1
    assert opened == [(petition.pk, mo)]
    assert events(petition) == [("in_review", "open", mo.pk)]


@pytest.mark.django_db(transaction=True)
def test_closing_and_hiding_at_once_leave_a_line_of_events(mo):
    petition = PetitionFactory(is_open=True)

    def close():
        with suppress(StateConflict):
            stored(petition).close(by=mo)

    together(close, lambda: stored(petition).hide(by=mo))
    line = events(petition)
    assert stored(petition).status == "hidden"
    assert [move[:2] for move in line] in (
        [("open", "hidden")],
        [("open", "closed"), ("closed", "hidden")],
    )


# Events are append-only


def test_an_event_is_not_changed_and_not_removed(mo):
    petition = PetitionFactory(is_open=True)
    event = petition.close(by=mo, note="Too late.")
    event.public_note = "Something else."
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    assert ModerationEvent.objects.get(pk=event.pk).public_note == "Too late."


def test_an_unknown_code_has_no_words(mo):
    petition = PetitionFactory(is_open=True)
    assert petition.hide(by=mo, reason="code of another release").reason_text == ""
