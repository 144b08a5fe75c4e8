"""The mail that a decision sends is shown before, word by word; and the last mail to supporters."""

import html
import re

import pytest

from petitions.models import ModerationEvent, Petition, Update
from supporters import mails
from supporters.models import Mailing, OutgoingMail
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.admin.test_moves import EVERY_MOVE, LIST, move_of

pytestmark = pytest.mark.django_db

PREVIEW = {"preview": "yes"}


def said(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(text).split())


def as_words(mail: mails.Mail) -> str:
    return " ".join(f"{mail.subject} {mail.body}".split())


@pytest.mark.parametrize(("move", "start", "typed", "end"), EVERY_MOVE)
def test_what_is_shown_is_what_is_sent(as_user, mo, ana, move, start, typed, end):
    petition = PetitionFactory(status=start, title="Mend it & soon", organizer=ana, language="es")
    client = as_user(mo)
    shown = said(client.post(move_of(petition, move), typed | PREVIEW))
    assert not ModerationEvent.objects.exists()
    assert Petition.objects.get().status == start
    client.post(move_of(petition, move), typed)
    sent = OutgoingMail.objects.filter(kind="decision").first()
    if sent is None:
        assert move == "submit"
        assert "No mail is sent: that it is in review is no decision." in shown
        return
    assert as_words(mails.compose(sent)) in shown
    assert "in this language: Spanish" in shown


def test_it_is_shown_before_anything_is_typed(as_user, mo, ana):
    petition = PetitionFactory(in_review=True, title="Mend it", organizer=ana)
    page = said(as_user(mo).get(move_of(petition, "publish")))
    assert "Your petition is open: “Mend it”" in page
    assert "Hello Ana," in page


def test_what_is_typed_is_kept_and_what_is_wrong_is_said(as_user, mo, ana):
    petition = PetitionFactory(in_review=True, organizer=ana)
    answer = as_user(mo).post(move_of(petition, "reject"), {"note": "See the rules."} | PREVIEW)
    assert "See the rules.</textarea>" in answer.content.decode()
    assert 'class="errorlist"' in answer.content.decode()
    assert said(answer).count("See the rules.") == 2


@pytest.mark.parametrize(
    ("organizer", "why"),
    [
        ("nobody", "the petition has no organizer"),
        ("no address", "its organizer has no email address that can be used"),
    ],
)
def test_where_no_mail_is_sent_it_says_why(as_user, mo, ana, organizer, why):
    ana.email = ""
    ana.save()
    who = {"nobody": None, "no address": ana}[organizer]
    petition = PetitionFactory(in_review=True, organizer=who)
    assert f"No mail is sent: {why}." in said(as_user(mo).get(move_of(petition, "publish")))
    as_user(mo).post(move_of(petition, "publish"))
    assert not OutgoingMail.objects.filter(kind="decision").exists()


def test_many_at_once_show_one_as_an_example(as_user, mo, ana):
    without = PetitionFactory(in_review=True, organizer=None, title="No organizer")
    petition = PetitionFactory(in_review=True, organizer=ana, title="Mend it")
    both = {"action": "publish_selected", "_selected_action": [without.pk, petition.pk]}
    page = said(as_user(mo).post(LIST, both))
    assert "One of them, as an example: Mend it" in page
    assert "Your petition is open: “Mend it”" in page


def test_hiding_with_a_reason_alone(as_user, mo, ana):
    petition = PetitionFactory(is_open=True, organizer=ana)
    as_user(mo).post(move_of(petition, "hide"), {"reason": "private_person"})
    event = ModerationEvent.objects.get()
    assert (event.reason, event.to_status) == ("private_person", "hidden")
    mail = mails.compose(OutgoingMail.objects.get(kind="decision"))
    assert "It is about a private person who has not agreed to be named." in mail.body
    assert f"/admin/petitions/petition/{petition.pk}/appeal/" in mail.body


# Closing with a last mailing

WON = {
    "outcome": "victory",
    "note": "The board will mend it.",
    "source": "https://board.example/7",
    "happened_on": "2026-01-02",
    "tells_supporters": "on",
    "news_title": "We won",
    "news_text": "The bridge is **mended** in May.",
}


def test_close_as_a_victory_and_tell_everybody(as_user, mo, ana):
    petition = PetitionFactory(is_open=True, organizer=ana)
    SignatureFactory(petition=petition, is_confirmed=True, wants_updates=True)
    SignatureFactory(petition=petition, is_confirmed=True)
    client = as_user(mo)
    shown = said(client.post(move_of(petition, "close"), WON | PREVIEW))
    assert "It goes to 1 supporter who wants updates." in shown
    assert "The bridge is mended in May." in shown
    assert not Update.objects.exists()
    client.post(move_of(petition, "close"), WON)
    closed = Petition.objects.get()
    assert (closed.outcome, str(closed.outcome_on)) == ("victory", "2026-01-02")
    update = Update.objects.get()
    assert (update.kind, update.title, update.author) == ("victory", "We won", mo)
    assert update.email_supporters
    assert update.published_at
    assert Mailing.objects.get().update == update


@pytest.mark.parametrize(
    ("typed", "said_in_place"),
    [
        ({"happened_on": "2999-01-01"}, "This day has not come yet."),
        ({"news_title": ""}, "Say it to supporters."),
        ({"news_text": " "}, "Say it to supporters."),
    ],
)
def test_what_is_wrong_closes_nothing(as_user, mo, typed, said_in_place):
    petition = PetitionFactory(is_open=True)
    answer = as_user(mo).post(move_of(petition, "close"), WON | typed)
    assert said_in_place in said(answer)
    assert "The board will mend it." in answer.content.decode()
    assert Petition.objects.get().status == "open"
    assert not Update.objects.exists()


def test_the_day_of_the_outcome_is_today_unless_said(as_user, mo):
    petition = PetitionFactory(is_open=True)
    typed = {"outcome": "declined", "note": "No.", "happened_on": ""}
    as_user(mo).post(move_of(petition, "close"), typed)
    closed = Petition.objects.get()
    assert closed.outcome_on == closed.closed_at.date()
    closed.reopen(by=mo)
    assert Petition.objects.get().outcome_on is None


def test_many_at_once_are_not_told_the_same(as_user, mo):
    petition = PetitionFactory(is_open=True)
    chosen = {"action": "close_selected", "_selected_action": [petition.pk]}
    assert "tells_supporters" not in as_user(mo).post(LIST, chosen).content.decode()


def test_whoever_comes_second_tells_nobody(as_user, mo):
    petition = PetitionFactory(is_open=True)
    petition.close(by=None)
    as_user(mo).post(move_of(petition, "close"), WON)
    assert not Update.objects.exists()
