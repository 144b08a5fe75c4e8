"""Turns: what the functions of PostgreSQL read is what the models say."""

import itertools

import pytest
from django.db import connection
from django.utils import timezone

from petitions.models import Petition
from supporters import outbox, turns
from supporters.models import OutgoingMail, Signature
from tests.supporters.outbox_rows import signature_mail, signature_mails

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize(
    ("model", "names"), [(Signature, turns.SIGNATURE), (Petition, turns.PETITION)]
)
def test_the_columns_are_in_the_order_of_the_model(model, names):
    order = [field.attname for field in model._meta.concrete_fields]
    assert list(names) == [name for name in order if name in names]


def test_what_is_read_is_what_the_rows_hold(django_assert_num_queries):
    signature_mails(1)
    now = timezone.now()
    Signature.objects.update(given_name="Noor", language="es", confirmed_at=now, status="confirmed")
    Petition.objects.update(title="Otro", closes_at=now, closed_at=now, status="closed")
    [mail] = outbox.claim()
    signature = Signature.objects.select_related("petition").get()
    _, state = turns.turn(None, mail, waits=False)
    _, row = turns.turn_as_row(None, mail, waits=False)
    assert turns.readings([mail]) == {mail.pk: (state, row)}
    with django_assert_num_queries(0):
        for read in (turns.as_read(mail, state).signature, turns.unconfirmed(state)):
            for name in turns.SIGNATURE:
                assert getattr(read, name) == getattr(signature, name)
            for name in turns.PETITION:
                assert getattr(read.petition, name) == getattr(signature.petition, name)


def test_a_petition_that_changed_is_not_the_one_that_was_kept():
    signature_mails(2)
    first, second = outbox.claim()
    _, state = turns.turn(None, first, waits=False)
    assert turns.as_read(first, state).signature.petition.title != "Another"
    Petition.objects.update(title="Another")
    _, state = turns.turn(None, second, waits=False)
    assert turns.as_read(second, state).signature.petition.title == "Another"


CHANGES = [
    (Signature, {"given_name": "Noor"}),
    (Signature, {"given_name": ""}),
    (Signature, {"given_name": ',"quoted",(t),'}),
    (Signature, {"status": "confirmed", "confirmed_at": timezone.now()}),
    (Signature, {"language": "es"}),
    (Petition, {"title": "Another"}),
    (Petition, {"slug": "another"}),
    (Petition, {"closes_at": timezone.now()}),
    (Petition, {"read_only": True}),
    (OutgoingMail, {"signature": None}),
]


@pytest.mark.parametrize(("model", "values"), CHANGES)
def test_the_row_is_another_when_anything_has_changed_that_the_mail_is_made_of(model, values):
    signature_mails(1)
    [mail] = outbox.claim()
    before = turns.readings([mail])[mail.pk]
    assert turns.turn_as_row(None, mail, waits=False) == (False, before.row)
    model.objects.update(**values)
    _, row = turns.turn_as_row(None, mail, waits=False)
    after = turns.readings([mail])[mail.pk]
    assert before.row != row == after.row
    assert before.state != after.state


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize(("way", "part"), [(turns.turn, "state"), (turns.turn_as_row, "row")])
def test_one_is_stamped_and_another_is_read(way, part, waits):
    signature_mails(2)
    first, second = outbox.claim()
    was_ours, found = way(first, second, waits=waits)
    assert was_ours
    reading = turns.readings([second])[second.pk]
    assert found == getattr(reading, part)
    assert reading.state[0] == second.signature_id
    stamped = OutgoingMail.objects.exclude(sent_at=None).get()
    assert (stamped.pk, stamped.leased_until, stamped.failure) == (first.pk, None, "")
    assert way(first, second, waits=waits)[0] is False
    assert way(first, None, waits=waits) == (False, None)


def test_what_is_not_ours_has_no_state():
    signature_mails(4)
    sent, failed, leased, gone = batch = outbox.claim()
    now = timezone.now()
    OutgoingMail.objects.filter(pk=sent.pk).update(sent_at=now)
    OutgoingMail.objects.filter(pk=failed.pk).update(failed_at=now)
    OutgoingMail.objects.filter(pk=leased.pk).update(leased_until=now)
    OutgoingMail.objects.filter(pk=gone.pk).delete()
    for mail, way in itertools.product(batch, [turns.turn, turns.turn_as_row]):
        assert way(None, mail, waits=False) == (False, None)
        assert way(mail, mail, waits=False) == (False, None)
    assert turns.readings(batch) == {}
    assert not OutgoingMail.objects.filter(pk=leased.pk).exclude(sent_at=None).exists()


def test_many_are_read_at_once(django_assert_num_queries):
    signature_mails(3)
    batch = outbox.claim()
    with django_assert_num_queries(1):
        read = turns.readings(batch)
    assert {pk: reading.state[0] for pk, reading in read.items()} == {
        mail.pk: mail.signature_id for mail in batch
    }


def test_a_mail_without_its_signature_has_a_state_and_nothing_to_say():
    mail = signature_mail()
    OutgoingMail.objects.filter(pk=mail.pk).update(signature=None)
    [mail] = outbox.claim()
    _, state = turns.turn(None, mail, waits=False)
    assert not turns.is_pending(state)
    assert turns.as_read(mail, state).signature is None


@pytest.mark.parametrize("waits", [False, True])
def test_a_stamp_waits_for_the_disk_when_it_is_asked_to(waits):
    signature_mails(2)
    first, second = outbox.claim()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        turns.turn(first, second, waits=waits)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on" if waits else "off",)


def reads(*names):
    """How many rows or entries this transaction has read of tables from end to end, or indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class"
            " WHERE relname = ANY(%s)",
            [list(names)],
        )
        return int(cursor.fetchone()[0])


def test_nothing_is_read_but_by_its_id_although_there_were_few_rows_once():
    """The plans are kept from when there were ten."""
    signature_mails(10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    early = outbox.claim()
    for mail, follower in itertools.pairwise(early):
        turns.turn(mail, follower, waits=False)
    turns.readings(early)
    signature_mails(300)
    batch = outbox.claim(300)
    waiting = "supporters_mail_waiting", "supporters_mail_by_mailing"
    whole = "supporters_outgoingmail", "supporters_signature", "petitions_petition"
    keys = [f"{name}_pkey" for name in whole]
    before, by_key = reads(*waiting, *whole), reads(*keys)
    assert len(turns.readings(batch[:20])) == 20
    for mail, follower in itertools.pairwise(batch[:21]):
        was_ours, state = turns.turn(mail, follower, waits=False)
        assert was_ours
        assert state is not None
    assert reads(*waiting, *whole) == before
    assert reads(*keys) - by_key <= 20 * 10
