"""Every move of a petition by a moderator, one by one and many at once."""

import pytest
from django.test import Client

from petitions.models import (
    ModerationEvent,
    Petition,
)
from petitions.states import Status
from supporters.models import OutgoingMail, Signature
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"
MOVES = ("submit", "publish", "send-back", "reject", "close", "reopen", "hide", "restore")

# Each move: where it starts, what is typed, where it ends.
EVERY_MOVE = [
    ("submit", "draft", {}, "in_review"),
    ("publish", "in_review", {}, "open"),
    ("send-back", "in_review", {"note": "Whom do you ask?"}, "draft"),
    ("reject", "in_review", {"reason": "duplicate", "note": "See the other one."}, "rejected"),
    ("close", "open", {"outcome": "victory", "note": "Mended.", "source": "board.example/7",
                       "private_note": "Rang them."}, "closed"),
    ("reopen", "closed", {"note": "Closed too early."}, "open"),
    ("hide", "open", {"note": "Under dispute.", "private_note": "Letter of 3 May."}, "hidden"),
    ("hide", "rejected", {"note": "Names a person."}, "hidden"),
    ("restore", "hidden", {"note": "Settled."}, "closed"),
]  # fmt: skip


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


def move_of(petition: Petition, move: str) -> str:
    return f"{LIST}{petition.pk}/move/{move}/"


@pytest.mark.parametrize(("move", "start", "typed", "end"), EVERY_MOVE)
def test_each_move_asks_acts_and_is_recorded(as_user, mo, move, start, typed, end):
    petition = PetitionFactory(status=start, title="Mend it & soon")
    client = as_user(mo)
    assert move_of(petition, move) in client.get(page(petition)).content.decode()
    asked = client.get(move_of(petition, move))
    assert asked.status_code == 200
    assert "Mend it &amp; soon" in asked.content.decode()
    assert Petition.objects.get().status == start
    assert not ModerationEvent.objects.exists()

    answer = client.post(move_of(petition, move), typed, follow=True)
    assert answer.redirect_chain == [(page(petition), 302)]
    assert f"is now: {Status(end).label}" in answer.content.decode()
    event = ModerationEvent.objects.get()
    assert (event.actor, event.from_status, event.to_status) == (mo, start, end)
    assert event.public_note == typed.get("note", "")
    assert event.private_note == typed.get("private_note", "")
    assert event.reason == typed.get("reason", "")
    assert Petition.objects.get().status == end
    if typed.get("note"):
        assert typed["note"] in client.get(page(petition)).content.decode()


@pytest.mark.parametrize(("move", "start", "typed", "end"), EVERY_MOVE)
def test_whoever_comes_second_is_told_and_changes_nothing(as_user, mo, move, start, typed, end):
    petition = PetitionFactory(status=start)
    client = as_user(mo)
    client.post(move_of(petition, move), typed)
    before = Petition.objects.values().get()
    answers = [client.post(move_of(petition, move), typed, follow=True)]
    if move not in {"hide", "restore"}:  # what was hidden or restored may be so again
        answers.append(client.get(move_of(petition, move), follow=True))
    for answer in answers:
        text = answer.content.decode()
        assert "Somebody else got there first" in text
        assert f"it is now “{Status(end).label}”" in text
    assert Petition.objects.values().get() == before
    assert ModerationEvent.objects.count() == 1


def test_a_conflict_between_the_check_and_the_move_is_told_too(as_user, mo, monkeypatch):
    petition = PetitionFactory(is_open=True)
    really_close = Petition.close

    def closed_meanwhile(self, **values):
        really_close(Petition.objects.get(pk=self.pk), by=None)
        return really_close(self, **values)

    monkeypatch.setattr(Petition, "close", closed_meanwhile)
    answer = as_user(mo).post(move_of(petition, "close"), {"outcome": "victory"}, follow=True)
    assert "it is now “Closed”" in answer.content.decode()
    assert Petition.objects.get().outcome == "none"
    assert not OutgoingMail.objects.exists()


def test_moves_that_the_state_does_not_allow_have_no_button(as_user, mo):
    for status, moves in {
        "draft": {"submit"}, "in_review": {"publish", "send-back", "reject"},
        "open": {"close", "hide"}, "closed": {"reopen", "hide"}, "rejected": {"hide"},
        "hidden": {"restore"},
    }.items():  # fmt: skip
        petition = PetitionFactory(status=status)
        text = as_user(mo).get(page(petition)).content.decode()
        assert {move for move in MOVES if f"/move/{move}/" in text} == moves


@pytest.mark.parametrize(
    ("move", "start", "typed"),
    [
        ("send-back", "in_review", {}),
        ("reject", "in_review", {}),
        ("reject", "in_review", {"reason": "nonsense"}),
        ("reject", "in_review", {"reason": "other"}),
        ("close", "open", {"outcome": "nonsense"}),
        ("close", "open", {"outcome": "victory", "source": "javascript:alert(1)"}),
        ("close", "open", {"outcome": "victory", "note": "a\x00b"}),
        ("hide", "open", {}),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_place(as_user, mo, move, start, typed):
    petition = PetitionFactory(status=start)
    answer = as_user(mo).post(move_of(petition, move), typed)
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert Petition.objects.get().status == start


def test_the_source_of_an_outcome_gets_https_and_is_kept(as_user, mo):
    petition = PetitionFactory(is_open=True)
    as_user(mo).post(move_of(petition, "close"), {"outcome": "partial", "source": "board.example"})
    after = Petition.objects.get()
    assert (after.outcome, after.outcome_source) == ("partial", "https://board.example")


def test_the_organizer_is_told_in_the_same_transaction(as_user, ana, mo):
    petition = PetitionFactory(organizer=ana, in_review=True)
    as_user(mo).post(move_of(petition, "publish"))
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient, mail.petition) == ("decision", ana.email, petition)
    assert Signature.objects.get().is_organizer


def test_no_such_move_or_petition(as_user, mo):
    petition = PetitionFactory()
    client = as_user(mo)
    for address in (move_of(petition, "elect"), f"{LIST}999/move/close/", f"{LIST}x/move/close/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


def test_a_stranger_is_asked_to_log_in(client, db):
    petition = PetitionFactory(in_review=True)
    for answer in (
        client.get(move_of(petition, "publish")),
        client.post(move_of(petition, "publish")),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")
    assert Petition.objects.get().status == "in_review"


def test_moves_need_the_token_of_the_form(mo):
    petition = PetitionFactory(in_review=True)
    client = Client(enforce_csrf_checks=True)
    client.force_login(mo)
    assert client.post(move_of(petition, "publish")).status_code == 403
    assert Petition.objects.get().status == "in_review"


# Many at once


def test_several_are_published_after_a_page_that_names_them(as_user, mo):
    petitions = PetitionFactory.create_batch(3, in_review=True)
    ids = [petition.pk for petition in petitions]
    client = as_user(mo)
    asked = client.post(LIST, {"action": "publish_selected", "_selected_action": ids})
    assert asked.status_code == 200
    assert all(petition.title in asked.content.decode() for petition in petitions)
    assert not Petition.objects.filter(status="open").exists()

    petitions[0].publish(by=None)  # somebody else got there first
    answer = client.post(
        LIST,
        {"action": "publish_selected", "_selected_action": ids, "confirmed": "yes"},
        follow=True,
    )
    text = answer.content.decode()
    assert "2 petitions were changed." in text
    assert "1 petition is no longer in a state that allows this" in text
    assert Petition.objects.filter(status="open").count() == 3
    assert ModerationEvent.objects.filter(actor=mo).count() == 2


def test_several_are_closed_with_one_outcome(as_user, mo):
    petitions = PetitionFactory.create_batch(2, is_open=True)
    chosen = {"action": "close_selected", "_selected_action": [row.pk for row in petitions]}
    client = as_user(mo)
    wrong = client.post(f"{LIST}?status=open", {**chosen, "confirmed": "yes", "outcome": "x"})
    assert "errorlist" in wrong.content.decode()
    typed = {"confirmed": "yes", "outcome": "declined", "note": "The board said no."}
    client.post(f"{LIST}?status=open", {**chosen, **typed})
    assert set(Petition.objects.values_list("status", "outcome", "outcome_note")) == {
        ("closed", "declined", "The board said no.")
    }


def test_not_more_than_a_hundred_at_once(as_user, mo):
    petitions = PetitionFactory.create_batch(101, in_review=True, organizer=mo)
    ids = [petition.pk for petition in petitions]
    answer = as_user(mo).post(
        LIST, {"action": "publish_selected", "_selected_action": ids, "confirmed": "yes"},
        follow=True,
    )  # fmt: skip
    assert "Choose 100 petitions at most" in answer.content.decode()
    assert not Petition.objects.filter(status="open").exists()


@pytest.mark.parametrize("pk", ["x", "1 OR 1=1", "\x00", "9" * 40, "-1", "٣"])
def test_a_selection_of_nonsense_is_refused(as_user, mo, pk):
    answer = as_user(mo).post(LIST, {"action": "publish_selected", "_selected_action": pk})
    assert answer.status_code == 400


def test_nothing_is_deleted_in_bulk(as_user, mo):
    petition = PetitionFactory()
    client = as_user(mo)
    chosen = {"action": "delete_selected", "_selected_action": petition.pk, "post": "yes"}
    client.post(f"{LIST}?status=all", chosen)
    assert Petition.objects.exists()
    assert "delete_selected" not in client.get(f"{LIST}?status=all").content.decode()
