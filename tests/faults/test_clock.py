"""One machine's clock is an hour behind the others', or is set while everything runs."""

import datetime as dt
import time

from tests.faults.crowd import STRANGERS, Crowd
from tests.faults.reckoning import reckon
from tests.threads import wait_until

HOUR = 3_600


def test_the_clocks_of_a_web_server_and_a_worker_are_an_hour_wrong(world):
    behind = {"FAULTS_CLOCK_SHIFT": str(-HOUR)}
    ahead = {"FAULTS_CLOCK_SHIFT": str(HOUR)}
    right = world.processes.web("web")
    slow = world.processes.web("web-behind", **behind)
    fast = world.processes.web("web-ahead", **ahead)
    world.processes.worker("worker")
    world.processes.worker("worker-behind", **behind)
    world.processes.worker("worker-ahead", **ahead)
    with world.crowd(right, slow, fast) as crowd:
        crowd.wait_for("withdraw", 4)
        crowd.wait_for("confirm", 20)
    now = dt.datetime.now(dt.UTC)
    [stamps] = world.ask(
        "SELECT MAX(created_at), MIN(created_at), MAX(confirmed_at), MIN(confirmed_at)"
        " FROM supporters_signature"
    )
    assert all(now - dt.timedelta(minutes=10) < stamp <= now for stamp in stamps), stamps
    # Who just signed is told so, whoever answers.
    assert {attempt.status for attempt in crowd.journal.everything()} <= {200, 302}
    reckon(world, crowd.journal)


def test_the_clocks_are_set_while_a_petition_closes(world, tmp_path):
    """Back by an hour: by them it closes in an hour. By the database's it has closed."""
    clock = tmp_path / "clock"
    clock.write_text("0")
    web = world.processes.web(FAULTS_CLOCK=str(clock))
    workers = [world.processes.worker(f"worker-{n}", FAULTS_CLOCK=str(clock)) for n in "ab"]
    early, late, never = (f"{STRANGERS}-{n}@example.org" for n in ("early", "late", "never"))
    with world.crowd(web) as crowd:
        others = Crowd(sites=[web], inbox=world.inbox, slug="other")
        for address in (early, late, never):
            others.insist(others.sign, address)
        tokens = {}
        for address in (early, late, never):
            wait_until(lambda address=address: others.letters_to(address), "the mail came")
            tokens[address] = others.letters_to(address)[0][0]

        clock.write_text(str(-HOUR))
        wait_until(lambda: _set_to(-HOUR, web, *workers), "all clocks are set")
        _goes_on(crowd)
        [(closed_at,)] = world.ask(
            "UPDATE petitions_petition SET closes_at = now() WHERE id = 2 RETURNING closes_at"
        )
        assert _status_of_signing(others) == 409
        others.insist(others.confirm, tokens[early])  # signed before it closed
        wait_until(lambda: _closed(world) == ("closed", closed_at), "a worker closes it")
        assert _status_of_signing(others) == 409
        others.insist(others.confirm, tokens[late])
        # A day and a minute later: by the clocks an hour is left.
        world.ask(
            "UPDATE petitions_petition SET closes_at = closes_at - interval '24:01',"
            " closed_at = closed_at - interval '24:01' WHERE id = 2"
        )
        world.ask(
            "UPDATE supporters_signature SET created_at = created_at - interval '2 days'"
            " WHERE petition_id = 2"
        )
        others.insist(others.confirm, tokens[never])  # and the page says that it is too late
        assert _states(world) == {early: "confirmed", late: "confirmed", never: "pending"}

        clock.write_text("0")
        wait_until(lambda: _set_to(0, web, *workers), "all clocks are right again")
        _goes_on(crowd)
    assert {attempt.status for attempt in crowd.journal.everything()} <= {200, 302}
    assert all(worker.is_alive for worker in workers)
    reckon(world, crowd.journal)


def _set_to(seconds: int, web, *workers) -> bool:
    line = f"The clock is {seconds} seconds wrong."
    return web.log().count(line) == 2 and all(line in worker.log() for worker in workers)


def _goes_on(crowd) -> None:
    """Mails, positions, and pages that are made anew."""
    since = time.time()
    crowd.wait_for("confirm", 10)
    crowd.wait_for("withdraw", 1)
    wait_until(lambda: crowd.journal.readings[-1].as_of.timestamp() > since, "the number is new")


def _status_of_signing(others) -> int:
    assert not others.sign(f"{STRANGERS}-after@example.org")
    return others.journal.attempts[-1].status


def _closed(world) -> tuple:
    [found] = world.ask("SELECT status, closed_at FROM petitions_petition WHERE id = 2")
    return found


def _states(world) -> dict[str, str]:
    return dict(world.ask("SELECT email, status FROM supporters_signature WHERE petition_id = 2"))
