"""The mail server is slow, refuses, and dies in the middle of a dialogue."""

import pytest

from tests.faults.processes import wait_until
from tests.faults.reckoning import reckon


def test_a_slow_mail_server_keeps_nobody_from_signing_or_a_position(world):
    web = world.processes.web()
    world.processes.worker()
    world.inbox.delay = 0.5
    with world.crowd(web) as crowd:
        crowd.wait_for("sign", 60)
        assert world.waiting_mails() > 10
        # Confirmed by who got a mail; folded by the same worker that waits for the mail server.
        wait_until(
            lambda: world.ask("SELECT 1 FROM supporters_signature WHERE position IS NOT NULL"),
            "positions are given",
        )
        world.inbox.delay = 0
    reckon(world, crowd.journal)


def test_a_mail_server_that_refuses(world):
    web = world.processes.web()
    world.processes.worker()
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 5)
        world.inbox.fail_connections()
        crowd.wait_for("sign", 20)
        world.inbox.mend_connections()
        crowd.wait_for("confirm", 20)
        world.inbox.refuse_all(451)
        crowd.wait_for("sign", 20)
        told = crowd.journal.acknowledged("sign").keys()
        world.inbox.refuse_all(0)
        # Theirs was no fault of the server's: each waits for a minute.
        wait_until(lambda: world.a_while_passes() or crowd.have_mail(told), "mails came")
        crowd.wait_for("confirm", 10)
    reckon(world, crowd.journal)


@pytest.mark.parametrize("keeping", [False, True], ids=["forgetting it", "keeping it"])
def test_a_mail_server_that_dies_after_a_mail(world, keeping):
    deaths = 3
    web = world.processes.web()
    world.processes.worker()
    with world.crowd(web) as crowd:
        for _ in range(deaths):
            crowd.wait_for("confirm", 10)
            world.inbox.die(keeping=keeping)
            wait_until(lambda: world.inbox.has_died, "it died")
            world.a_while_passes()
    reckon(world, crowd.journal, repeats=deaths if keeping else 0)
