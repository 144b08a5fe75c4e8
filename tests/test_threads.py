"""What the threads of a process are for comes to all of them, and not to one more."""

import pytest

from config.threads import FREE, MACHINES, Shares


@pytest.mark.parametrize("threads", range(8, 129))
def test_the_sum(threads):
    shares = Shares.of(threads)
    at_accounts = shares.strangers + shares.strangers_waiting
    assert shares.making + shares.waiting + at_accounts + MACHINES + FREE == threads
    assert shares.waiting >= shares.making >= 2
    assert shares.strangers >= 1
    assert 0 <= shares.organizers < shares.waiting // 2
    assert FREE >= 1


def test_as_the_manual_says():
    assert Shares.of(32) == Shares(
        making=8, waiting=17, organizers=3, strangers=2, strangers_waiting=2
    )
    assert Shares.of(8) == Shares(
        making=2, waiting=2, organizers=0, strangers=1, strangers_waiting=0
    )
