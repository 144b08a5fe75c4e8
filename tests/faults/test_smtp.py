"""The mail server is slow, refuses, and dies in the middle of a dialogue."""

import pytest

from tests.faults.reckoning import reckon
from tests.threads import wait_until


def test_a_slow_mail_server_keeps_nobody_from_signing_or_a_position(world):
    web = world.processes.web()
    world.processes.worker()
    world.inbox.delay = 0.5
    with world.crowd(web) as crowd:
        crowd.wait_for("sign", 60)
        wait_until(lambda: world.waiting_mails() > 10, "mails wait")
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


@pytest.mark.parametrize("word", ["EHLO", "MAIL", "DATA"])
def test_a_mail_server_that_says_nothing_for_longer_than_anybody_waits(world, word):
    web = world.processes.web()
    # Long enough for one mail on the old connection and on a new one, and for another.
    world.processes.worker(PETITIONS_OUTBOX_LEASE="20")
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 5)
        world.inbox.silent = word
        if word == "EHLO":  # heard only by who connects
            world.inbox.fail_connections()
            wait_until(lambda: world.inbox.dropped, "the connection was lost")
            world.inbox.mend_connections()
        crowd.wait_for("sign", 20)
        last = world.inbox.deliveries[-1]
        wait_until(lambda: world.waiting_mails() > 10, "mails wait")
        wait_until(lambda: "timed out" in _worker(world).log(), "the worker has given up")
        assert world.inbox.deliveries[-1] is last
        world.inbox.silent = ""
        wait_until(
            lambda: world.a_while_passes() or world.inbox.deliveries[-1] is not last, "mails come"
        )
        crowd.wait_for("confirm", 10)
    reckon(world, crowd.journal)


def test_nothing_listens(world):
    web = world.processes.web()
    world.processes.worker()
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 5)
        world.smtp.close()
        crowd.wait_for("sign", 20)
        wait_until(lambda: world.waiting_mails() > 10, "mails wait")
        wait_until(lambda: "refused" in _worker(world).log(), "the worker was refused")
        world.smtp.reopen()
        crowd.wait_for("confirm", 10)
    reckon(world, crowd.journal, repeats=1)  # it closed in the middle of a dialogue


@pytest.mark.parametrize("at", ["RCPT", "354"], ids=["after a recipient", "within a text"])
def test_a_mail_server_that_dies_in_the_middle_of_a_mail(world, at):
    web = world.processes.web()
    world.processes.worker()
    with world.crowd(web) as crowd:
        for _ in range(3):
            crowd.wait_for("confirm", 10)
            world.inbox.die(at)
            wait_until(lambda: world.inbox.has_died, "it died")
            world.a_while_passes()
    reckon(world, crowd.journal)


def _worker(world):
    [worker] = [each for each in world.processes.running if each.name == "worker"]
    return worker


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
