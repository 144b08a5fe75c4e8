"""An organizer asks for another look at a decision; another moderator takes it."""

from datetime import timedelta

import pytest

from petitions.models import Appeal, ModerationEvent, Petition, StaffAct
from petitions.models.appeal import AlreadyDecided, NotAppealable, NotTheirs
from petitions.states import NotReady
from tests.factories import PetitionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana")


@pytest.fixture
def mo():
    return UserFactory(username="mo")


@pytest.fixture
def lu():
    return UserFactory(username="lu")


DECISIONS = {
    "rejected": ("in_review", lambda petition, by: petition.reject(by=by, reason="unclear")),
    "draft": ("in_review", lambda petition, by: petition.send_back(by=by, note="x")),
    "closed": ("open", lambda petition, by: petition.close(by=by)),
    "hidden": ("open", lambda petition, by: petition.hide(by=by, note="x")),
}


def decided(what: str, ana, by) -> ModerationEvent:
    start, decide = DECISIONS[what]
    return decide(PetitionFactory(status=start, organizer=ana), by)


@pytest.mark.parametrize(
    ("what", "after"),
    [("rejected", "in_review"), ("draft", "in_review"), ("closed", "open"), ("hidden", "open")],
)
def test_granting_reverses_the_decision(ana, mo, lu, what, after):
    appeal = Appeal.file(decided(what, ana, mo), by=ana, text="It is clear.")
    assert appeal.due_at - appeal.created_at == timedelta(days=14)
    event = appeal.grant(by=lu, answer="You are right.")
    assert (event.from_status, event.to_status, event.actor) == (what, after, lu)
    assert Petition.objects.get().status == after
    stored = Appeal.objects.get()
    assert (stored.state, stored.decided_by, stored.answer) == ("granted", lu, "You are right.")
    act = StaffAct.objects.get()
    assert (act.verb, act.actor, act.subject_id) == ("granted", lu, str(appeal.pk))


def test_refusing_lets_it_stand(ana, mo, lu):
    appeal = Appeal.file(decided("rejected", ana, mo), by=ana, text="x")
    appeal.refuse(by=lu, answer="No.")
    assert Petition.objects.get().status == "rejected"
    assert Appeal.objects.get().state == "refused"
    assert StaffAct.objects.get().verb == "refused"


def test_not_by_who_took_the_decision_nor_by_its_organizer(ana, mo):
    mo.is_superuser = True  # no exception
    mo.save()
    appeal = Appeal.file(decided("rejected", ana, mo), by=ana, text="x")
    for judge in (mo, ana):
        with pytest.raises(NotTheirs):
            appeal.grant(by=judge, answer="x")
        with pytest.raises(NotTheirs):
            appeal.refuse(by=judge, answer="x")
    stored = Appeal.objects.get()
    stored.decided_by = mo
    with pytest.raises(NotTheirs):
        stored.save()
    assert Appeal.objects.get().state == "waiting"
    assert not StaffAct.objects.exists()


def test_once(ana, mo, lu):
    decision = decided("rejected", ana, mo)
    appeal = Appeal.file(decision, by=ana, text="x")
    with pytest.raises(NotAppealable):
        Appeal.file(decision, by=ana, text="again")
    again = Appeal.objects.get()
    appeal.refuse(by=lu, answer="No.")
    with pytest.raises(AlreadyDecided) as late:
        again.grant(by=UserFactory(), answer="Yes.")
    assert late.value.state == "refused"
    assert Petition.objects.get().status == "rejected"


@pytest.mark.parametrize(
    "decide",
    [
        lambda petition, ana: petition.close(by=None),  # its closing date
        # Who appeals did it; the moves refuse that by now.
        lambda petition, ana: ModerationEvent.objects.create(
            petition=petition, actor=ana, from_status="open", to_status="closed"
        ),
    ],
)
def test_what_is_no_decision_of_moderators(ana, decide):
    event = decide(PetitionFactory(is_open=True, organizer=ana), ana)
    with pytest.raises(NotAppealable):
        Appeal.file(event, by=ana, text="x")


def test_what_went_for_the_petition(ana, mo):
    event = PetitionFactory(in_review=True, organizer=ana).publish(by=mo)
    with pytest.raises(NotAppealable):
        Appeal.file(event, by=ana, text="x")


def test_a_decision_that_does_not_stand_any_more(ana, mo, lu):
    decision = decided("hidden", ana, mo)
    appeal = Appeal.file(decision, by=ana, text="x")
    Petition.objects.get().restore(by=mo)
    assert appeal.grant(by=lu, answer="It is shown again.") is None
    assert Petition.objects.get().status == "open"
    with pytest.raises(NotAppealable):
        Appeal.file(decision, by=ana, text="x")


def test_what_is_not_ready_is_not_granted(ana, mo, lu):
    appeal = Appeal.file(decided("draft", ana, mo), by=ana, text="x")
    Petition.objects.update(picture="pictures/x.jpg")
    with pytest.raises(NotReady):
        appeal.grant(by=lu, answer="x")
    assert Appeal.objects.get().state == "waiting"
    assert not StaffAct.objects.exists()
