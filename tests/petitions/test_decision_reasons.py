"""Why petitions are rejected or hidden: the codes, their words, and what they hide."""

import pytest
from django.utils import translation

from petitions.models import DecisionReason, ModerationEvent, Petition
from petitions.models.decision_reason import StillNeeded
from petitions.states import RejectionReason
from tests.factories import PetitionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def election() -> DecisionReason:
    """A reason of the site's own."""
    reason = DecisionReason.objects.create(code="election", rank=5)
    reason.wordings.create(language="en", text="It is about an election.")
    reason.wordings.create(language="es", text="Trata de unas elecciones.")
    return reason


def rejected(reason: str, **changes) -> Petition:
    petition = PetitionFactory(in_review=True, **changes)
    petition.reject(by=UserFactory(), reason=reason)
    return petition


def text_of(petition: Petition) -> str:
    return petition.events.first().reason_text


def test_what_is_shipped_is_there_in_its_order():
    codes = DecisionReason.objects.values_list("code", flat=True)
    assert list(codes) == RejectionReason.values


def test_words_are_those_of_the_readers_language(election, count_queries):
    petition = rejected("election")
    with count_queries() as queries:
        assert text_of(petition) == "It is about an election."
    assert len(queries) == 2  # the event, its words
    with translation.override("es"):
        assert text_of(petition) == "Trata de unas elecciones."
    with translation.override("de"):  # nobody wrote any: the site's own
        assert text_of(petition) == "It is about an election."


def test_a_sites_words_go_before_those_that_are_shipped():
    petition = rejected("duplicate")
    reason = DecisionReason.objects.get(code="duplicate")
    reason.wordings.create(language="en", text="We have this one.")
    assert text_of(petition) == "We have this one."
    with translation.override("es"):
        assert text_of(petition) == "Ya hay una petición abierta que pide lo mismo."


def test_an_unknown_code_has_no_words():
    assert text_of(rejected("code of another release")) == ""


def test_the_words_of_many_events_come_with_them(election, count_queries):
    for _number in range(3):
        rejected("election")
    rejected("unclear")
    with count_queries() as queries:
        words = [each.reason_text for each in ModerationEvent.objects.with_words()]
    assert len(queries) == 1
    assert set(words) == {
        "It is about an election.",
        "It is not clear what the petition asks for, or of whom.",
    }


def test_what_is_offered_in_one_statement(election, count_queries):
    DecisionReason.objects.filter(code="unclear").update(is_offered=False)
    with count_queries() as queries:
        offered = DecisionReason.objects.offered_words()
    assert len(queries) == 1
    assert offered[0] == ("election", "It is about an election.")
    assert "unclear" not in dict(offered)


@pytest.mark.parametrize("delete", [lambda row: row.delete(), lambda row: row_of(row).delete()])
def test_what_a_decision_names_is_never_deleted(election, delete):
    rejected("election")
    with pytest.raises(StillNeeded, match="“election” was given for a decision"):
        delete(election)
    assert DecisionReason.objects.filter(code="election").exists()


def row_of(reason: DecisionReason):
    return DecisionReason.objects.filter(pk=reason.pk)


def test_what_is_shipped_is_never_deleted():
    with pytest.raises(StillNeeded, match="comes with the site"):
        DecisionReason.objects.all().delete()
    assert DecisionReason.objects.count() == len(RejectionReason)


def test_what_nobody_used_goes(election):
    election.delete()
    assert not DecisionReason.objects.filter(code="election").exists()


# Hiding the text


def test_a_reason_that_hides_the_text():
    assert rejected("private_person").is_text_withheld
    assert not rejected("unclear").is_text_withheld
    assert Petition.objects.filter(is_text_withheld=True).count() == 1


def test_what_is_reviewed_again_has_its_text(election):
    petition = rejected("private_person")
    petition.review_again(by=UserFactory())
    assert (petition.status, petition.is_text_withheld) == ("in_review", False)
    petition.reject(by=UserFactory(), reason="unclear")
    assert not Petition.objects.get().is_text_withheld


def test_the_flag_of_a_reason_is_followed(election):
    petition = rejected("election")
    assert not petition.withhold_text_as_told()
    DecisionReason.objects.filter(code="election").update(hides_text=True)
    assert list(Petition.objects.rejected_for("election")) == [petition]
    assert petition.withhold_text_as_told()
    assert Petition.objects.get().is_text_withheld


def test_what_is_restored_follows_it_too(election):
    petition = rejected("election")
    petition.hide(by=UserFactory(), note="x")
    DecisionReason.objects.filter(code="election").update(hides_text=True)
    petition.restore(by=UserFactory())
    assert Petition.objects.get().is_text_withheld
