"""One machine's clock is an hour behind the others'."""

import datetime as dt

from tests.faults.reckoning import reckon

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
