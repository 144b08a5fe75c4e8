"""Milestones: which numbers, when they were reached, and that each is noted once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from petitions.models import Petition
from supporters.growth import milestones
from supporters.models import CountAdjustment, HourlyCount, MilestoneReached
from tests.factories import PetitionFactory
from tests.supporters.test_paused_mailings import switch

pytestmark = pytest.mark.django_db


def grow(petition, number: int, *, hours_ago: float = 0) -> None:
    """As the fold notes it."""
    hour = timezone.now() - timedelta(hours=hours_ago)
    HourlyCount.objects.create(petition=petition, hour=hour, quantity=number)
    row = Petition.objects.filter(pk=petition.pk)
    row.update(supporter_count=row.values_list("supporter_count", flat=True)[0] + number)


def note(petition) -> list[int]:
    with transaction.atomic():
        found = milestones.note(Petition.objects.lock().get(pk=petition.pk))
    return [each.number for each in found]


def test_which_numbers_are_worth_a_word():
    assert milestones.numbers(0) == milestones.numbers(24) == []
    assert milestones.numbers(25) == [25]
    assert milestones.numbers(3_000) == [25, 50, 100, 250, 500, 1_000, 2_500]
    assert milestones.numbers(1_000_000)[-3:] == [250_000, 500_000, 1_000_000]
    for number, following in {0: 25, 24: 25, 25: 50, 99: 100, 100: 250, 1_000: 2_500}.items():
        assert milestones.next_after(number) == following


def test_each_is_noted_once_with_its_moment():
    petition = PetitionFactory(is_open=True, goal=40)
    grow(petition, 30, hours_ago=50)
    grow(petition, 25, hours_ago=3)
    assert note(petition) == [25, 40, 50]
    assert note(petition) == []
    found = {each.number: each for each in MilestoneReached.objects.all()}
    ago = {number: timezone.now() - each.reached_at for number, each in found.items()}
    assert timedelta(hours=48) < ago[25] < timedelta(hours=50)
    assert timedelta(hours=1) < ago[50] < timedelta(hours=3)
    assert [number for number, each in found.items() if each.was_goal] == [40]


def test_one_stays_when_the_number_falls_and_rises_again():
    petition = PetitionFactory(is_open=True)
    grow(petition, 26)
    assert note(petition) == [25]
    CountAdjustment.objects.create(petition=petition, kind="removed", quantity=-4)
    assert note(petition) == []
    grow(petition, 5, hours_ago=-1)
    assert note(petition) == []


def test_what_was_carried_over_has_no_moment():
    petition = PetitionFactory(is_open=True)
    CountAdjustment.objects.create(petition=petition, kind="carried_over", quantity=240)
    grow(petition, 12, hours_ago=-1)
    assert note(petition) == [25, 50, 100, 250]
    dated = MilestoneReached.objects.exclude(reached_at=None)
    assert list(dated.values_list("number", flat=True)) == [250]


def test_a_number_without_any_rows():
    petition = PetitionFactory(is_closed=True)
    Petition.objects.update(supporter_count=41)
    assert note(petition) == [25]
    assert MilestoneReached.objects.get().reached_at is None


def test_not_while_the_site_pauses_or_the_petition_is_hidden():
    petition = PetitionFactory(is_open=True)
    grow(petition, 26)
    switch(mailings_paused=True)
    assert note(petition) == []
    switch(mailings_paused=False)
    Petition.objects.update(status="hidden")
    assert note(petition) == []
    Petition.objects.update(status="open")
    assert note(petition) == [25]
