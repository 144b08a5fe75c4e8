"""What the worker looks for again and again is found by an index, however much else there is."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from supporters import erasure, trend
from supporters.models import CountAdjustment, HourlyCount, OutgoingMail
from tests.factories import PetitionFactory
from tests.supporters.test_plans import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def analyzed():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_old_mails_are_found_without_reading_those_of_a_month(petition):
    now = timezone.now()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind="signature", recipient="sam@example.org", petition=petition,
            sent_at=now - dt.timedelta(minutes=7 * each),
        )
        for each in range(5_000)
    )  # fmt: skip
    old = OutgoingMail(kind="signature", recipient="sam@example.org", petition=petition)
    OutgoingMail.objects.bulk_create([old])
    OutgoingMail.objects.filter(pk=old.pk).update(sent_at=now - dt.timedelta(days=31))
    analyzed()
    [read, *_others] = plans(erasure.forget_mails, 'ORDER BY "supporters_outgoingmail"."sent_at"')
    assert "supporters_mail_sent" in read, read
    assert "Sort" not in read, read
    assert "TEMP B-TREE" not in read, read
    assert erasure.forget_mails() == 1
    assert not OutgoingMail.objects.filter(pk=old.pk).exists()
    assert OutgoingMail.objects.count() == 5_000


def test_who_left_in_the_last_day_is_found_without_reading_who_ever_did(petition):
    now = timezone.now()
    CountAdjustment.objects.bulk_create(
        CountAdjustment(
            petition=petition, kind="withdrawn", quantity=-1,
            recorded_at=now - dt.timedelta(hours=2 * each + 1),
        )
        for each in range(5_000)
    )  # fmt: skip
    HourlyCount.objects.create(petition=petition, hour=now - dt.timedelta(hours=1), quantity=20)
    analyzed()
    [read] = plans(trend.refresh, "recorded_at")
    assert "supporters_adjustment_recorded" in read, read
    trend.refresh()
    petition.refresh_from_db()
    assert petition.trend == 20 - 12
