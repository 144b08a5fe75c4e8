"""What every process hears of, and what it takes that for."""

import pytest

from petitions.models import ModerationEvent, StaffAct
from petitions.states import Status
from supporters.takings import Effect, News, between, every_slug, newest
from tests.factories import PetitionFactory, UserFactory

NOTHING: dict[tuple[str, int], str] = {}


def test_who_has_read_nothing_yet_may_have_missed_anything():
    assert between(None, NOTHING) == News(is_gone=True)
    assert between(None, {("recall", 1): "mend"}) == News(is_gone=True)


def test_what_was_known_is_no_news():
    known = {("act", 1): "mend", ("log", 1): Effect.OLD}
    assert between(known, known) == News()
    assert between(known, {}) == News()


@pytest.mark.parametrize(
    ("act", "news"),
    [
        ({("log", 2): Effect.OLD}, News(is_old=True)),
        ({("decision", 2): Effect.GONE}, News(is_old=True, is_gone=True)),
        ({("act", 2): "mend"}, News(is_old=True, slugs=frozenset({"mend"}))),
        ({("recall", 2): "mend"}, News(slugs=frozenset({"mend"}))),
        ({("recall", 2): "-"}, News(slugs=frozenset({"-"}))),  # so may a petition be called
        ({("act", 2): Effect.NONE}, News()),
    ],
)
def test_what_an_act_does_to_pages(act, news):
    assert between({("act", 1): Effect.OLD}, act) == news


@pytest.mark.parametrize(
    ("kind", "many"), [("decision", 100), ("act", 100), ("log", 100), ("recall", 500)]
)
def test_behind_many_new_ones_others_may_lie(kind, many):
    acts = {(kind, pk): "other" for pk in range(many)}
    assert between(NOTHING, acts).is_gone
    known = {(kind, 0): "other"}
    assert not between(known, acts).is_gone


@pytest.mark.django_db
def test_decisions_take_what_leaves_the_public():
    petition, by = PetitionFactory(is_open=True), UserFactory()
    did = {}
    for before, after in [
        (Status.DRAFT, Status.IN_REVIEW), (Status.IN_REVIEW, Status.REJECTED),
        (Status.IN_REVIEW, Status.OPEN), (Status.OPEN, Status.CLOSED),
        (Status.CLOSED, Status.OPEN), (Status.OPEN, Status.HIDDEN), (Status.CLOSED, Status.HIDDEN),
        (Status.HIDDEN, Status.OPEN), (Status.REJECTED, Status.IN_REVIEW),
    ]:  # fmt: skip
        event = ModerationEvent.objects.create(
            petition=petition, actor=by, from_status=before, to_status=after
        )
        did[before, after] = newest()["decision", event.pk]
    assert {moves for moves, what in did.items() if what == Effect.GONE} == {
        (Status.OPEN, Status.HIDDEN), (Status.CLOSED, Status.HIDDEN),
        (Status.REJECTED, Status.IN_REVIEW),
    }  # fmt: skip


@pytest.mark.django_db
def test_acts_of_the_staff_take_from_their_petition_alone():
    petition, by = PetitionFactory(is_open=True, slug="mend"), UserFactory()

    def did(verb, **values):
        act = StaffAct.record(by=by, verb=verb, **values)
        return newest()["act", act.pk]

    assert did("changed", petition_id=petition.pk) == "mend"
    assert did("removed", petition_id=petition.pk) == "mend"
    assert did("changed") == did("deleted") == Effect.GONE
    assert did("added", petition_id=petition.pk) == did("blocked") == Effect.OLD
    assert did("deleted", subject=petition) == Effect.OLD  # drafts alone are deleted
    assert did("searched", petition_id=petition.pk) == Effect.NONE


@pytest.mark.django_db
def test_a_hundred_searches_hide_no_removal():
    petition = PetitionFactory(is_open=True, slug="mend")
    before = newest()
    StaffAct.record(by=None, verb="removed", petition_id=petition.pk)
    for _ in range(99):
        StaffAct.record(by=None, verb="searched")
    assert "mend" in between(before, newest()).slugs
    StaffAct.record(by=None, verb="searched")
    assert between(before, newest()).is_gone


@pytest.mark.django_db
def test_a_petition_is_known_by_each_address_that_it_had():
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.slug = "mended"
    petition.save()
    assert every_slug({"mended"}) == {"mend", "mended"}
