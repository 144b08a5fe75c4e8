"""The organizer's appeal: its arithmetic and its words, as DESIGN.md says them."""

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from supporters.appeal import appeal
from tests.factories import PetitionFactory, UserFactory

pytestmark = pytest.mark.django_db


def words(petition, *, total, has_organizer):
    """What a reader reads of the appeal."""
    found = appeal(petition, total=total, has_organizer=has_organizer)
    html = render_to_string("petitions/_appeal.html", {"appeal": found, "petition": petition})
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, title="Mend the bridge")


NEEDS = "Ana is counting on you. Ana Ferreira needs your help with “Mend the bridge”."


@pytest.mark.parametrize(
    ("total", "has_organizer", "last"),
    [
        (0, False, "Be the first to sign."),
        (1, True, "Join Ana today."),
        (2, True, "Join Ana and 1 supporter today."),
        (3, True, "Join Ana and 2 supporters today."),
        (41, True, "Join Ana and 40 supporters today."),
        (1, False, "Join Ana and 1 supporter today."),
        (2, False, "Join Ana and 2 supporters today."),
        (40, False, "Join Ana and 40 supporters today."),
        (1_250_001, True, "Join Ana and 1,250,000 supporters today."),
    ],
)
def test_the_words(petition, total, has_organizer, last):
    text = words(petition, total=total, has_organizer=has_organizer)
    assert text == f"{NEEDS} {last} Sign this petition"


def test_others_are_never_fewer_than_none(petition):
    found = appeal(petition, total=0, has_organizer=True)
    assert (found.others, found.has_organizer) == (0, False)


@pytest.mark.parametrize(
    ("first_name", "last_name", "organizer_name", "first", "full"),
    [
        ("Ana", "Ferreira", "", "Ana", "Ana Ferreira"),
        ("Ana", "", "", "Ana", "Ana"),
        ("", "", "Weir Lane Parents", "Weir Lane Parents", "Weir Lane Parents"),
        ("", "Ferreira", "Weir Lane Parents", "Weir Lane Parents", "Weir Lane Parents"),
    ],
)
def test_the_names(first_name, last_name, organizer_name, first, full):
    petition = PetitionFactory(
        is_open=True,
        organizer=UserFactory(first_name=first_name, last_name=last_name),
        organizer_name=organizer_name,
    )
    found = appeal(petition, total=41, has_organizer=True)
    assert (found.first, found.full_name) == (first, full)


def test_without_a_name_there_is_no_appeal():
    nameless = UserFactory(first_name="", last_name="")
    for organizer in (nameless, None):
        petition = PetitionFactory(is_open=True, organizer=organizer)
        assert appeal(petition, total=41, has_organizer=False) is None


@pytest.mark.parametrize(
    "state",
    [
        {"is_closed": True},
        {"status": "draft"},
        {"status": "hidden"},
        {"is_open": True, "closes_at": timezone.now() - timedelta(seconds=1)},
        {"is_open": True, "read_only": True},
    ],
)
def test_only_a_petition_that_can_be_signed_appeals(state):
    assert appeal(PetitionFactory(**state), total=41, has_organizer=True) is None


def test_what_a_title_and_a_name_hold_is_text():
    petition = PetitionFactory(
        is_open=True, title="<b>Mend</b> it", organizer=None, organizer_name="<i>Ana</i>"
    )
    found = appeal(petition, total=1, has_organizer=False)
    html = render_to_string("petitions/_appeal.html", {"appeal": found, "petition": petition})
    assert "“&lt;b&gt;Mend&lt;/b&gt; it”" in html
    assert "<i>" not in html
