"""PostgreSQL is away for longer than a lease, and has forgotten the last stamps."""

import os
import signal
import time
from collections import Counter

import pytest

from tests.faults.processes import LEASE
from tests.faults.reckoning import message_id
from tests.threads import wait_until

MAILS = 4_000
ROUNDS = 8

_PENDING = """
WITH signed AS (
    INSERT INTO supporters_signature (
        petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
        locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked,
        created_at, language, source
    )
    SELECT 2, version_id, 'Sam', '', number || '@example.org', number || '@example.org', '', '',
        '', '', 'initial', FALSE, 'pending', 'online', FALSE, 1, now(), 'en', ''
    FROM petitions_petition, generate_series(1, %s) AS number WHERE id = 2
    RETURNING id, petition_id, email
)
INSERT INTO supporters_outgoingmail (
    kind, recipient, petition_id, signature_id, payload, created_at, not_before, attempts, failure
)
SELECT 'signature', email, petition_id, id, '{}', now(), now(), 0, '' FROM signed
"""


def test_what_one_sent_is_not_sent_again_by_another_who_is_back_first(world):
    world.ask(_PENDING, MAILS)
    late, early = (world.processes.worker(f"worker-{name}") for name in ("late", "early"))
    for _ in range(ROUNDS):
        before = len(world.inbox.deliveries)
        wait_until(lambda before=before: len(world.inbox.deliveries) > before + 200, "mail goes")
        world.cluster.stop_at_once()
        os.kill(late.process.pid, signal.SIGSTOP)
        came = len(world.inbox.deliveries)
        time.sleep(LEASE + 1)
        world.cluster.start()
        wait_until(lambda came=came: len(world.inbox.deliveries) > came, "the other is back")
        lost = world.ask(
            "SELECT id FROM supporters_outgoingmail WHERE id = ANY(%s) AND sent_at IS NULL",
            list(map(message_id, world.inbox.deliveries[:came])),
        )
        os.kill(late.process.pid, signal.SIGCONT)
        if len(lost) > 1:  # more than the one in flight
            break
    else:
        pytest.fail("the database has not forgotten a stamp")
    world.settle()
    assert late.is_alive
    assert early.is_alive
    came = Counter(map(message_id, world.inbox.deliveries))
    assert len(came) == MAILS
    assert came.total() == MAILS, came.most_common(3)
