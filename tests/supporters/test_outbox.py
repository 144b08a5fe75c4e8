"""Claims, leases and stamps of the outbox; what the organizer is told."""

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from petitions.models import ModerationEvent
from supporters import outbox
from supporters.models import OutgoingMail
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.outbox_rows import mailing, signature_mail, signature_mails, supporter

pytestmark = pytest.mark.django_db
EVER = timedelta(hours=1)


def test_what_was_written_a_moment_ago_is_due():
    mail = signature_mail()
    assert [claimed.pk for claimed in outbox.claim()] == [mail.pk]


def test_nothing_is_claimed_twice_before_its_lease_ends():
    first, second, third = signature_mails(3)
    assert [mail.pk for mail in outbox.claim(2)] == [first.pk, second.pk]
    assert [mail.pk for mail in outbox.claim(2)] == [third.pk]
    assert outbox.claim() == []
    OutgoingMail.objects.filter(pk=first.pk).update(leased_until=timezone.now() - EVER)
    assert [mail.pk for mail in outbox.claim()] == [first.pk]


def test_the_lease_is_as_long_as_the_setting_says(settings):
    settings.PETITIONS_OUTBOX_LEASE = 300
    signature_mail()
    before = timezone.now()
    [mail] = outbox.claim()
    assert timedelta(seconds=295) < mail.leased_until - before < timedelta(seconds=360)


@pytest.mark.parametrize("when", ["sent_at", "failed_at"])
def test_what_is_done_is_not_claimed(when):
    signature_mail(**{when: timezone.now()})
    assert outbox.claim() == []


def test_what_is_put_off_is_not_claimed():
    signature_mail(not_before=timezone.now() + EVER)
    assert outbox.claim() == []


def test_people_who_wait_go_before_a_mailing():
    news = mailing()
    petition = news.update.petition
    earlier = timezone.now() - EVER
    updates = [
        OutgoingMail.objects.create(
            kind="update",
            recipient=signature.email,
            petition=petition,
            signature=signature,
            mailing=news,
            not_before=earlier,
        ).pk
        for signature in (supporter(petition), supporter(petition))
    ]
    asked = signature_mail().pk
    assert [mail.pk for mail in outbox.claim(2)] == [asked, updates[0]]


@pytest.mark.parametrize("mailing_known", [True, False])
def test_a_claim_reads_an_index(mailing_known):
    signature_mails(50)
    due = outbox._due().filter(mailing__isnull=not mailing_known).order_by("not_before", "pk")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE supporters_outgoingmail")
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = due.values("pk")[:10].explain()
    assert "supporters_mail_" in plan, plan


def test_a_lost_lease_changes_nothing():
    signature_mail()
    [mine] = outbox.claim()
    OutgoingMail.objects.update(leased_until=timezone.now() - EVER)
    [theirs] = outbox.claim()
    assert outbox.current(mine) is None
    assert not outbox.sent(mine)
    outbox.fail(mine, "no")
    outbox.put_off(mine, "no")
    outbox.drop(mine)
    outbox.release([mine])
    row = OutgoingMail.objects.get()
    assert (row.sent_at, row.failed_at, row.attempts) == (None, None, 0)
    assert row.leased_until == theirs.leased_until
    assert outbox.sent(theirs)


def test_released_mails_are_due_at_once():
    signature_mails(3)
    batch = outbox.claim()
    outbox.release(batch[1:])
    assert [mail.pk for mail in outbox.claim()] == [mail.pk for mail in batch[1:]]


def test_a_mail_is_tried_for_about_two_days_and_then_given_up():
    signature_mail()
    tries, delays = 0, []
    while mails := outbox.claim():
        [mail] = mails
        outbox.put_off(mail, "451 later")
        tries += 1
        row = OutgoingMail.objects.get()
        delays.append(row.not_before - timezone.now())
        OutgoingMail.objects.update(not_before=timezone.now() - EVER)
    assert row.failed_at
    assert (row.failure, row.attempts, tries) == ("451 later", outbox.MAX_ATTEMPTS, 19)
    waited = delays[:-1]
    assert all(
        earlier < later + timedelta(seconds=30) for earlier, later in itertools.pairwise(waited)
    )
    assert timedelta(seconds=30) < waited[0] <= timedelta(minutes=1)
    assert waited[-1] <= timedelta(hours=4)
    assert timedelta(days=1, hours=20) < sum(waited, timedelta()) < timedelta(days=2, hours=6)


def test_a_reason_fits_its_column():
    signature_mail()
    [mail] = outbox.claim()
    outbox.fail(mail, "550 no\x00such\nuser " + "x" * 600)
    row = OutgoingMail.objects.get()
    assert row.failure.startswith("550 no such user xxx")
    assert len(row.failure) == 500
    assert row.leased_until is None


def test_the_age_of_the_oldest():
    assert outbox.oldest_age() is None
    signature_mail(not_before=timezone.now() - EVER)
    signature_mail()
    assert outbox.oldest_age() >= EVER


def test_the_backlog_by_kind():
    hour = timedelta(hours=1)
    nothing = (0, timedelta(0))
    assert outbox.backlog() == dict.fromkeys(
        [
            "signature", "update", "decision", "account", "start", "team", "test", "growth",
            "report", "moderators",
        ],
        nothing,
    )  # fmt: skip
    petition = PetitionFactory(is_open=True)
    news = mailing(petition=petition)
    for hours in (1, 2, 3):
        OutgoingMail.objects.create(
            kind="update", recipient="sam@example.org", petition=petition, mailing=news,
            signature=supporter(petition), not_before=timezone.now() - hours * hour,
        )  # fmt: skip
    signature_mail(not_before=timezone.now() - 5 * hour)
    signature_mail(not_before=timezone.now() + hour)
    for given_up in ({"sent_at": timezone.now()}, {"failed_at": timezone.now()}):
        signature_mail(not_before=timezone.now() - 9 * hour, **given_up)
    backlog = outbox.backlog()
    assert {kind: number for kind, (number, _) in backlog.items()} == {
        "signature": 2, "update": 3, "decision": 0, "account": 0, "start": 0, "team": 0, "test": 0,
        "growth": 0, "report": 0, "moderators": 0,
    }  # fmt: skip
    assert 5 * hour <= backlog["signature"][1] < 6 * hour
    assert 3 * hour <= backlog["update"][1] < 4 * hour


def test_the_backlog_is_counted_so_far_and_no_further(monkeypatch):
    monkeypatch.setattr(outbox, "COUNTED_UP_TO", 3)
    signature_mails(5)
    number, age = outbox.backlog()["signature"]
    assert number == 3
    assert age >= timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_without_overlap():
    rows = {mail.pk for mail in signature_mails(120)}
    claimed: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            while batch := outbox.claim(10):
                claimed.extend(mail.pk for mail in batch)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(rows)


# What the organizer is told


@pytest.fixture
def mo():
    return UserFactory(username="mo", first_name="Mo")


def told() -> list[str]:
    return list(OutgoingMail.objects.filter(kind="decision").values_list("recipient", flat=True))


def test_the_organizer_is_told_of_a_moderators_decision(mo):
    petition = PetitionFactory(in_review=True, organizer__email="Ana@example.org")
    event = petition.publish(by=mo)
    outbox.decision(event)
    mail = OutgoingMail.objects.get(kind="decision")
    assert (mail.recipient, mail.petition) == ("Ana@example.org", petition)
    assert mail.payload == {"event": event.pk, "language": petition.language}


def test_nobody_is_told_what_they_did_themselves():
    petition = PetitionFactory()
    outbox.decision(petition.submit(by=petition.organizer))
    petition.publish(by=None)
    closed = ModerationEvent(petition=petition, from_status="open", to_status="closed")
    closed.actor = petition.organizer
    closed.save()
    outbox.decision(closed)
    assert told() == []


@pytest.mark.parametrize("address", ["", "ana", "ana@@example.org", "Ana <ana@example.org>"])
def test_no_mail_where_there_is_no_address(mo, address):
    petition = PetitionFactory(in_review=True, organizer__email=address)
    outbox.decision(petition.publish(by=mo))
    assert told() == []


def test_no_mail_where_there_is_no_organizer(mo):
    petition = PetitionFactory(in_review=True, organizer=None)
    outbox.decision(petition.publish(by=mo))
    assert told() == []
