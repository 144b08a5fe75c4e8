"""A web process is killed: under load, and between COMMIT and the answer."""

import os
import signal
import time

from tests.faults.crowd import PAUSE
from tests.faults.dying import HEADER
from tests.faults.reckoning import reckon
from tests.threads import PATIENCE, wait_until

DIES = {HEADER.replace("-", "_"): "1"}


def test_web_processes_are_killed_under_load(world):
    web = world.processes.web()
    world.processes.worker()
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 10)
        first = set(crowd.journal.processes)
        assert len(first) == 2
        for victim in first:
            os.kill(victim, signal.SIGKILL)
            crowd.wait_for("confirm", 10)
        # Both are there again: granian has replaced them, nobody else has.
        wait_until(lambda: len(crowd.journal.processes) == 4, "two new processes serve")
        crowd.wait_for("confirm", 10)
    assert web.is_alive
    assert web.log().count("Unexpected exit") == 2
    reckon(world, crowd.journal)


def test_a_web_process_dies_between_commit_and_answer(world):
    # granian itself gives up when a process dies again within seconds: systemd starts it anew.
    web = world.processes.web(managed=True)
    world.processes.worker()
    address = "noor@example.org"

    def stored() -> list[tuple]:
        return world.ask(
            "SELECT status, mails_asked FROM supporters_signature WHERE given_name = 'Noor'"
            " AND email = %s",
            address,
        )

    with world.crowd(web) as crowd:
        dies_of(crowd.sign, address, lambda: stored() == [("pending", 1)])
        crowd.insist(crowd.sign, address)
        assert stored() == [("pending", 2)]

        wait_until(lambda: crowd.letters_to(address), "the mail came")
        confirm, signature = crowd.letters_to(address)[0]
        dies_of(crowd.confirm, confirm, lambda: stored() == [("confirmed", 2)])
        crowd.insist(crowd.confirm, confirm)
        assert stored() == [("confirmed", 2)]

        dies_of(crowd.withdraw, signature, lambda: stored() == [])
        crowd.insist(crowd.withdraw, signature)
    reckon(world, crowd.journal)


def dies_of(act, argument, done) -> None:
    """Ask until it has been done; nobody is ever told so."""
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until
        assert not act(argument, **DIES)
        time.sleep(PAUSE)
