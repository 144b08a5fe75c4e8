"""Who waits for a page that another makes: how many, for how long, and who goes first."""

import pytest

from config.onlookers import Onlookers
from tests.looking_on import LONG, LookingOn


@pytest.fixture
def crowd():
    with LookingOn(Onlookers(3)) as crowd:
        yield crowd


def test_all_go_when_it_is_there(crowd):
    waiting = crowd.add(3)
    assert not any(each.done() for each in waiting)
    crowd.arrival.set()
    for each in waiting:
        each.result(LONG)
    assert not crowd.onlookers._waiting


def test_where_there_is_no_room_nobody_waits(crowd):
    waiting = crowd.add(3)
    assert crowd.turns_away()
    assert not any(each.done() for each in waiting)


def test_who_has_waited_for_longest_is_sent_on_first(crowd):
    waiting = crowd.add(3)
    crowd.onlookers.allow(2)
    waiting[0].result(LONG)
    assert [each.done() for each in waiting] == [True, False, False]
    crowd.onlookers.allow(-1)  # a crowd that signs has more than there are
    for each in waiting:
        each.result(LONG)
    assert crowd.turns_away()
    crowd.onlookers.allow(1)
    assert not crowd.add()[0].done()


@pytest.mark.parametrize("seconds", [0.01, 0.0, -1.0])
def test_nobody_waits_for_longer_than_their_time(crowd, seconds):
    crowd.onlookers.wait(crowd.arrival, seconds)
    assert not crowd.onlookers._waiting


def test_for_what_is_there_nobody_waits(crowd):
    crowd.arrival.set()
    assert crowd.arrival.is_set()
    assert crowd.turns_away()
