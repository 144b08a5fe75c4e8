"""kill -9 in the middle of a batch loses no mail and repeats at most the one in flight."""

from collections import Counter

import pytest
from django.utils import timezone

from supporters import mailings
from supporters.models import OutgoingMail, Signature
from tests.factories import PetitionFactory
from tests.supporters.outbox_rows import mailing, signature_mails, start_worker
from tests.threads import PATIENCE, wait_until

MAILS = 500


def update_mails(how_many: int) -> list[OutgoingMail]:
    petition = PetitionFactory(is_open=True, organizer=None)  # who would get mails, too
    Signature.objects.bulk_create(
        Signature(
            petition=petition,
            version=petition.version,
            given_name="Sam",
            email=f"sam{n}@example.org",
            email_key=f"sam{n}@example.org",
            language="en",
            status="confirmed",
            confirmed_at=timezone.now(),
            wants_updates=True,
        )
        for n in range(how_many)
    )
    mailing(petition=petition)
    mailings.fill()
    return list(OutgoingMail.objects.all())


@pytest.mark.journeys
@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("mails", [signature_mails, update_mails])
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_no_mail(smtp_server, pipelining, mails):
    smtp_server.pipelining = pipelining
    rows = mails(MAILS)
    received = smtp_server.deliveries

    killed = start_worker(smtp_server.port)
    try:
        wait_until(lambda: len(received) >= 150, process=killed)
    finally:
        killed.kill()
        killed.wait()
    before = len(received)
    assert 150 <= before < MAILS
    stamped = OutgoingMail.objects.exclude(sent_at=None).count()
    assert before - 1 <= stamped <= before
    assert OutgoingMail.objects.filter(sent_at=None).exclude(leased_until=None).exists()

    second = start_worker(smtp_server.port)
    try:
        wait_until(lambda: not OutgoingMail.objects.filter(sent_at=None).exists(), process=second)
        second.terminate()
        assert second.wait(PATIENCE) == 0
    finally:
        second.kill()
        second.wait()

    times = Counter(delivery.recipients[0] for delivery in received)
    assert set(times) == {row.recipient for row in rows}
    assert len(received) - MAILS <= 1
    # A mailbox can tell: both copies of the repeated mail have one Message-ID.
    assert len({delivery.message["Message-ID"] for delivery in received}) == MAILS
