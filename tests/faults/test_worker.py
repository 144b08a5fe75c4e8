"""A worker is killed in the middle of a batch and of a fold; the other goes on."""

from tests.faults.processes import PATIENCE, wait_until
from tests.faults.reckoning import reckon

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


def test_workers_are_killed_in_the_middle_of_a_batch(world):
    web = world.processes.web()
    workers = [world.processes.worker(f"worker-{letter}") for letter in "abc"]
    world.inbox.delay = 0.02  # seconds a mail, so that batches are long
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 10)
        for number, victim in enumerate(workers[:2], start=1):
            # It, and no other, holds mails: its session is the one that asks for the next.
            wait_until(lambda: _leased(world) >= 2, "a batch is on its way")
            before = len(world.inbox.deliveries)
            wait_until(lambda before=before: len(world.inbox.deliveries) > before, "one more left")
            victim.kill()
            crowd.wait_for("confirm", 10 * number)
        world.inbox.delay = 0
    assert workers[2].is_alive
    reckon(world, crowd.journal, repeats=2)


def test_a_worker_is_killed_in_the_middle_of_a_fold(world):
    web = world.processes.web()
    workers = {name: world.processes.worker(name) for name in ("worker-a", "worker-b")}
    with world.crowd(web) as crowd:
        crowd.wait_for("confirm", 5)
        world.ask(_LONG_TAIL, TAIL)
        folding: list[tuple] = []
        wait_until(lambda: folding.extend(world.ask(_FOLDING)) or folding, "a fold is under way")
        killed = workers.pop(folding[0][0])
        killed.kill()
        crowd.wait_for("confirm", 10)
        wait_until(lambda: _folded(world) == (TAIL, TAIL, TAIL), "the other folded it", PATIENCE)
    [survivor] = workers.values()
    assert survivor.is_alive
    reckon(world, crowd.journal, repeats=1)


def _leased(world) -> int:
    [(number,)] = world.ask(
        "SELECT COUNT(*) FROM supporters_outgoingmail"
        " WHERE sent_at IS NULL AND leased_until > now()"
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
