"""Erasing by steps: it stops in the middle, goes on at the next tick, and is shared by workers."""

import signal
from datetime import timedelta
from itertools import groupby

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from petitions.models import Invitation, PetitionDraft
from supporters import erasure, recalls, reporting, steps
from supporters import worker as worker_module
from supporters.accounts import sessions
from supporters.fraud import erasing
from supporters.models import Mailing, OutgoingMail, PageRecall, Signature, Suspicion
from supporters.worker import Worker
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.outbox_rows import mailing, signature_mail, supporter
from tests.supporters.starting.flow import draft
from tests.supporters.worker_tasks import do_instead, only
from tests.threads import together

pytestmark = pytest.mark.django_db
STEP = 2
_LONG_AGO = timedelta(days=100)


def long_ago():
    return timezone.now() - _LONG_AGO


def old_signatures(how_many: int) -> None:
    petition = PetitionFactory(is_open=True)
    for _ in range(how_many):
        signature_mail(signature=SignatureFactory(petition=petition, created_at=long_ago()))
    OutgoingMail.objects.update(created_at=long_ago())


def old_drafts(how_many: int) -> None:
    for _ in range(how_many):
        draft()
    PetitionDraft.objects.update(changed_at=long_ago())


def old_mails(how_many: int) -> None:
    """As many of one mailing, of which the last failed."""
    news = mailing()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind="update",
            recipient=f"sam{number}@example.org",
            signature=supporter(news.update.petition),
            mailing=news,
            sent_at=long_ago() if number else None,
            failed_at=None if number else long_ago(),
        )
        for number in range(how_many)
    )
    Mailing.objects.update(finished_at=timezone.now())


def old_sessions(how_many: int) -> None:
    for number in range(how_many):
        Session.objects.create(session_key=f"old{number}", expire_date=long_ago())


def old_suspicions(how_many: int) -> None:
    petition = PetitionFactory(is_open=True)
    for number in range(how_many):
        Suspicion.objects.create(
            petition=petition, kind="domain", value=f"{number}.example", number=9, looked_at=9,
            noted_at=long_ago(),
        )  # fmt: skip


def old_invitations(how_many: int) -> None:
    petition = PetitionFactory()
    for number in range(how_many):
        Invitation.objects.create(
            petition=petition, address=f"bo{number}@example.org", expires_at=long_ago()
        )


def sent_answers(how_many: int) -> None:
    for _ in range(how_many):
        OutgoingMail.objects.create(
            kind="report", recipient="rae@example.org", payload={"letter": "report_decided"},
            sent_at=timezone.now(),
        )  # fmt: skip


def old_recalls(how_many: int) -> None:
    petition = PetitionFactory(is_open=True)
    for _ in range(how_many):
        PageRecall.objects.create(petition=petition, created_at=long_ago())


WORK = {
    "erasure": (old_signatures, Signature.objects, erasure.erase_unconfirmed),
    "drafts": (old_drafts, PetitionDraft.objects, erasure.erase_stale_drafts),
    "old mails": (old_mails, OutgoingMail.objects, erasure.forget_mails),
    "sessions": (old_sessions, Session.objects, sessions.forget),
    "suspicions": (old_suspicions, Suspicion.objects, erasing.forget_suspicions),
    "invitations": (old_invitations, Invitation.objects, erasure.forget_invitations),
    "reports": (sent_answers, OutgoingMail.objects, reporting.forget_addresses),
    "recalled pages": (old_recalls, PageRecall.objects, recalls.forget),
}
each = pytest.mark.parametrize("name", WORK)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", STEP)
    monkeypatch.setattr(steps, "SOME", STEP)


@each
def test_it_ends_when_the_worker_is_to_stop_and_the_rest_is_for_the_next_turn(name):
    make, rows, erase = WORK[name]
    make(7)
    asked: list[int] = []

    def twice() -> bool:
        asked.append(rows.count())
        return len(asked) <= 2

    assert erase(go_on=twice) == 2 * STEP
    assert asked == [7, 5, 3]
    assert erase(go_on=lambda: False) == 0
    assert erase() == 3
    assert not rows.exists()


@each
def test_a_turn_ends_when_it_is_told(name):
    make, rows, erase = WORK[name]
    make(5)
    assert [erase(go_on=only(1)) for _ in range(4)] == [2, 2, 1, 0]
    assert not rows.exists()


@each
def test_cron_finishes_all_of_it(name, monkeypatch):
    make, rows, _erase = WORK[name]
    make(5)
    monkeypatch.setattr(worker_module, "SHARE", 0)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("work", "--once")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert not rows.filter(**_old(name)).exists()


def _old(name: str) -> dict[str, object]:
    return {"mailing__isnull": False} if name == "old mails" else {}


@each
def test_a_worker_that_is_stopped_in_the_middle_begins_no_other_step(name):
    make, rows, _erase = WORK[name]
    make(9)
    worker, table = Worker(), rows.model._meta.db_table
    deleted: list[str] = []

    def stop_at_the_second(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(f'DELETE FROM "{table}"') and context["cursor"].rowcount:
            deleted.append(sql)
            if len(deleted) == 2:
                worker.stop()
        return result

    with connection.execute_wrapper(stop_at_the_second):
        worker.once()
    assert worker.stopping
    assert rows.filter(**_old(name)).count() == 9 - 2 * STEP


@each
@pytest.mark.django_db(transaction=True)
def test_what_is_left_comes_at_the_next_tick_and_positions_before_it(name, monkeypatch):
    make, rows, erase = WORK[name]
    make(5)
    monkeypatch.setattr(worker_module, "SHARE", 0)  # one step a tick, of whoever has its turn
    worker, done = Worker(), []

    def folded() -> int:
        done.append("fold")
        if len(done) > 100:  # what is left does not come
            worker.stop()
        return 0

    def erased(*, go_on) -> int:
        done.append("step")
        if not (number := erase(go_on=go_on)):
            worker.stop()
        return number

    do_instead(monkeypatch, **{"fold": folded, name: erased})
    monkeypatch.setattr(worker_module, "TICK", 0)
    worker.run()
    assert [key for key, _same in groupby(done)] == ["fold", "step"] * 4
    assert done.count("step") == 4
    assert not rows.filter(**_old(name)).exists()


@each
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_each_row_once(name):
    make, rows, erase = WORK[name]
    make(40)
    assert sum(together(erase, erase)) == 40
    assert not rows.exists()
    if name == "old mails":
        news = Mailing.objects.get()
        assert (news.forgotten_sent, news.forgotten_failed) == (39, 1)


@each
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_at_is_passed_by(name):
    make, rows, erase = WORK[name]
    make(6)
    with transaction.atomic():
        # As it holds them, the very first in every order.
        held = [row.pk for row in rows.select_for_update().order_by("pk")[:STEP]]
        assert together(erase) == [6 - STEP]  # it would wait for us, and we do for it
    assert set(rows.values_list("pk", flat=True)) == set(held)
    assert erase() == STEP
