"""A worker is killed in the middle of a batch and of a fold; the other goes on."""

import os
import signal

from tests.faults.reckoning import message_id, reckon
from tests.threads import PATIENCE, wait_until

TAIL = 40_000  # signatures: what takes a fold a moment

_LONG_TAIL = """
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at,
    confirmed_at, language, source
)
SELECT 2, version_id, 'Sam', '', number || '@example.org', number || '@example.org', '', '',
    '', '', 'initial', FALSE, 'confirmed', 'online', FALSE, 0, now(), now(), 'en', ''
FROM petitions_petition, generate_series(1, %s) AS number WHERE id = 2
"""
_FOLDING = """
SELECT application_name FROM pg_stat_activity
WHERE state = 'active' AND query LIKE '%%UPDATE supporters_signature SET position%%'
    AND application_name LIKE 'worker%%' AND datname = current_database()
"""
_SESSIONS = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"


def test_workers_are_killed_in_the_middle_of_a_batch(world):
    web = world.processes.web()
    # Who sent a mail is seen by its sender.
    workers = {
        f"worker-{letter}@example.org": world.processes.worker(
            f"worker-{letter}", DEFAULT_FROM_EMAIL=f"worker-{letter}@example.org"
        )
        for letter in "abc"
    }
    world.inbox.delay = 0.02  # seconds a mail, so that batches are long
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 10)
        for number in range(1, 3):
            caught: list[str] = []
            wait_until(lambda caught=caught: _caught(world, workers, caught), "a batch is caught")
            workers.pop(caught[0]).kill()
            world.inbox.let_go()
            crowd.wait_for("confirm", 10 * number)
        world.inbox.delay = 0
    [survivor] = workers.values()
    assert survivor.is_alive
    reckon(world, crowd.journal, repeats=2)


def _caught(world, workers, caught: list[str]) -> bool:
    """Stop a worker whose mail the server has taken without a word, if it holds another one too."""
    world.inbox.hold_next()
    wait_until(lambda: world.inbox.held, "a mail is on its way")
    if (mail := world.inbox.held) is None:
        return False
    process = workers[mail.sender].process
    os.kill(process.pid, signal.SIGSTOP)
    # It still waits for the answer: nobody let go, and it did not give up before it was stopped.
    if _of_one_claim(world, mail) > 1 and world.inbox.held is mail:
        caught.append(mail.sender)
        return True
    os.kill(process.pid, signal.SIGCONT)
    world.inbox.let_go()
    wait_until(lambda: world.inbox.held is not mail, "it goes on")
    return False


def test_a_worker_is_killed_in_the_middle_of_a_fold(world):
    web = world.processes.web()
    workers = {name: world.processes.worker(name) for name in ("worker-a", "worker-b")}
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 5)
        world.ask(_LONG_TAIL, TAIL)
        folding: list[tuple] = []
        wait_until(lambda: folding.extend(world.ask(_FOLDING)) or folding, "a fold is under way")
        killed = workers.pop(folding[0][0])
        [survivor] = workers.values()
        os.kill(survivor.process.pid, signal.SIGSTOP)  # or it might be done before we look
        killed.kill()
        wait_until(lambda: not world.ask(_SESSIONS, killed.name), "PostgreSQL has noticed")
        # Nothing of it was committed: it was in the middle.
        assert _folded(world) == (0, None, 0)
        os.kill(survivor.process.pid, signal.SIGCONT)
        crowd.wait_for("confirm", 10)
        wait_until(lambda: _folded(world) == (TAIL, TAIL, TAIL), "the other folded it", PATIENCE)
    assert survivor.is_alive
    reckon(world, crowd.journal, repeats=1)


def _of_one_claim(world, mail) -> int:
    """How many mails whoever sends this one has claimed with it and not sent yet."""
    [(number,)] = world.ask(
        "SELECT COUNT(*) FROM supporters_outgoingmail WHERE sent_at IS NULL AND leased_until ="
        " (SELECT leased_until FROM supporters_outgoingmail WHERE id = %s)",
        message_id(mail),
    )
    return number


def _folded(world) -> tuple[int, int, int]:
    """Positions given, the last of them, and the petition's number."""
    [found] = world.ask(
        "SELECT COUNT(position), MAX(position),"
        " (SELECT supporter_count FROM petitions_petition WHERE id = 2)"
        " FROM supporters_signature WHERE petition_id = 2"
    )
    return found
