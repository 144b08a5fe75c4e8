"""Which reasons of supporters everybody sees, and in which order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from petitions.models import PetitionEvent
from supporters import reasons, tokens
from supporters.fold import fold
from supporters.models import ReasonChoice
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory
from tests.supporters.test_petition_page import words
from tests.threads import together

FIRST, HIDDEN = ReasonChoice.Kind.HIGHLIGHTED, ReasonChoice.Kind.HIDDEN


@pytest.fixture
def petition(db):
    return PetitionFactory(is_open=True, slug="mend")


def give(petition, *texts: str, **values):
    """One reason each, the last the newest."""
    now = timezone.now()
    return [
        SignatureFactory(petition=petition, reason=text, is_confirmed=True,
                         confirmed_at=now - timedelta(minutes=60 - n), **values)
        for n, text in enumerate(texts)
    ]  # fmt: skip


def choose(petition, signature, kind, *, by_moderators=False):
    by = UserFactory() if by_moderators else petition.organizer
    reasons.choose(petition, signature.pk, kind, by=by, by_moderators=by_moderators)


def shown(petition) -> list[str]:
    with connection.cursor() as cursor:
        return [each.reason for each in reasons.of_page(cursor, petition.pk, limit=6)]


def test_one_put_first_stands_first(petition):
    given = give(petition, *(f"reason {n}" for n in range(9)))
    assert shown(petition) == [f"reason {n}" for n in (8, 7, 6, 5, 4, 3)]
    choose(petition, given[0], FIRST)
    choose(petition, given[7], FIRST)
    assert shown(petition) == [f"reason {n}" for n in (7, 0, 8, 6, 5, 4)]
    choose(petition, given[0], None)
    assert shown(petition) == [f"reason {n}" for n in (7, 8, 6, 5, 4, 3)]


def test_one_taken_off_is_nowhere_and_still_counts(petition, client):
    bad, _good = give(petition, "An ugly word.", "My children cross it.")
    fold(petition.pk)
    choose(petition, bad, HIDDEN)
    for path in ("/petitions/mend/", "/petitions/mend/supporters/"):
        text = words(client.get(path))
        assert "My children cross it." in text
        assert "An ugly word." not in text
    assert "2 supporters" in words(client.get("/petitions/mend/"))
    own = f"/signature/{tokens.make(tokens.Purpose.SIGNATURE, bad.pk)}/"
    text = words(client.get(own))
    assert "An ugly word." in text
    assert "It is not shown on the petition's page" in text.replace("’", "'")
    assert client.get(own + "?download").json()["reason_hidden"] is True
    choose(petition, bad, None)
    assert "not shown on the petition" not in words(client.get(own))


def test_a_change_by_its_signer_ends_what_was_put_first(petition, client):
    first, off = give(petition, "I cross it.", "An ugly word.")
    choose(petition, first, FIRST)
    choose(petition, off, HIDDEN)
    for signature in (first, off):
        own = f"/signature/{tokens.make(tokens.Purpose.SIGNATURE, signature.pk)}/"
        typed = {"given_name": "Sam", "family_name": "Okoye", "display": "initial"}
        client.post(own, {**typed, "action": "save", "reason": f"Another {signature.pk}."})
    assert shown(petition) == [f"Another {first.pk}."]
    assert list(ReasonChoice.objects.values_list("pk", "kind")) == [(off.pk, "hidden")]


def test_the_same_reason_saved_again_stays_first(petition, client):
    [first] = give(petition, "I cross it.")
    choose(petition, first, FIRST)
    own = f"/signature/{tokens.make(tokens.Purpose.SIGNATURE, first.pk)}/"
    client.post(own, {"given_name": "Sam", "family_name": "O", "reason": "I cross it.",
                      "display": "full", "action": "save"})  # fmt: skip
    assert ReasonChoice.objects.filter(pk=first.pk, kind=FIRST).exists()


def test_who_withdraws_or_hides_is_not_put_first(petition):
    gone, quiet = give(petition, "I cross it.", "I walk.")
    choose(petition, gone, FIRST)
    choose(petition, quiet, FIRST)
    withdraw(gone.pk)
    type(quiet).objects.filter(pk=quiet.pk).update(display="hidden")
    assert shown(petition) == []
    assert not ReasonChoice.objects.filter(pk=gone.pk).exists()


def test_only_so_many_first(petition):
    given = give(petition, "a", "b", "c", "d")
    for each in given[:3]:
        choose(petition, each, FIRST)
    with pytest.raises(reasons.TooMany):
        choose(petition, given[3], FIRST)
    choose(petition, given[0], FIRST)  # as it is
    choose(petition, given[0], HIDDEN)
    choose(petition, given[3], FIRST)
    assert PetitionEvent.objects.count() == 5


def test_what_cannot_be_chosen(petition):
    [elsewhere] = give(PetitionFactory(is_open=True), "a")
    [quiet] = give(petition, "b", display="hidden")
    pending = SignatureFactory(petition=petition, reason="c")
    silent = SignatureFactory(petition=petition, is_confirmed=True)
    for each in (elsewhere, quiet, pending, silent):
        with pytest.raises(reasons.NotToBeChosen):
            choose(petition, each, FIRST)
    assert not PetitionEvent.objects.exists()


def test_what_moderators_took_off_only_they_show_again(petition):
    [bad] = give(petition, "An ugly word.")
    choose(petition, bad, HIDDEN, by_moderators=True)
    for kind in (None, FIRST):
        with pytest.raises(reasons.NotToBeChosen):
            choose(petition, bad, kind)
    choose(petition, bad, None, by_moderators=True)
    choose(petition, bad, FIRST)
    kinds = PetitionEvent.objects.order_by("id").values_list("kind", "by_moderators")
    assert list(kinds) == [("hid", True), ("as_others", True), ("highlighted", False)]


@pytest.mark.django_db(transaction=True)
def test_two_choose_the_last_place_at_once():
    petition = PetitionFactory(is_open=True)
    given = give(petition, "a", "b", "c", "d")
    for each in given[:2]:
        choose(petition, each, FIRST)

    def last(signature):
        try:
            choose(petition, signature, FIRST)
        except reasons.TooMany:
            return 0
        return 1

    assert sum(together(lambda: last(given[2]), lambda: last(given[3]))) == 1
    assert ReasonChoice.objects.filter(kind=FIRST).count() == 3
