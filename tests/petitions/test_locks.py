"""What two people do at once to petitions and accounts ends, and as if one came after the other."""

import threading

import pytest
from django.db import connection, transaction

from petitions import search
from petitions.models import Petition, User
from tests.factories import PetitionFactory
from tests.threads import together, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def test_a_new_name_and_an_opening_do_not_wait_in_a_circle() -> None:
    """Both come from the petition to its organizer. SQLite has one writer anyway."""
    petition = PetitionFactory(in_review=True)
    ana = User.objects.get(pk=petition.organizer_id)
    ana.last_name = "Costa"
    locked = threading.Event()

    def publish() -> None:
        with transaction.atomic():
            Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
            locked.set()
            wait_until(somebody_waits_for_a_lock)
            petition.publish(by=None)  # claims the address: a write to the organizer's row

    def rename() -> None:
        locked.wait(timeout=30)
        with transaction.atomic():  # as in the admin
            ana.save()

    together(publish, rename)
    ana.refresh_from_db()
    assert (ana.last_name, ana.slug) == ("Costa", "ana-ferreira")
    assert list(search.matching(Petition.objects.all(), "costa")) == [petition]
