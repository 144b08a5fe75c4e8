"""What goes on around a petition, and what its number must be. For the races."""

import threading
import time
from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from petitions.models import Petition
from supporters.addresses import email_key
from supporters.confirming import Answer, confirm
from supporters.count import live_count, with_live_count
from supporters.fold import fold_all
from supporters.models import CountAdjustment, Signature
from supporters.signing import Signer
from supporters.withdrawing import disown, withdraw
from tests.threads import together


def noor(email="noor@example.org"):
    return Signer(given_name="Noor", family_name="Haddad", email=email, email_key=email_key(email))


def pending(petition, number):
    """Pending signatures, some time before now; their ids."""
    signed_at = timezone.now() - timedelta(hours=1)
    rows = [
        Signature(
            petition=petition,
            version=petition.version,
            given_name="Sam",
            email=f"sam{n}@example.org",
            email_key=f"sam{n}@example.org",
            created_at=signed_at,
        )
        for n in range(number)
    ]
    return [row.pk for row in Signature.objects.bulk_create(rows)]


def by_rows():
    """The number by its definition: a subselect for each part, none of the code under test."""
    confirmed = (
        Signature.objects.filter(petition=OuterRef("pk"), status="confirmed")
        .order_by()
        .values("petition")
        .annotate(number=Count("pk"))
        .values("number")
    )
    batches = (
        CountAdjustment.objects.filter(petition=OuterRef("pk"), kind__in=["paper", "carried_over"])
        .order_by()
        .values("petition")
        .annotate(number=Sum("quantity"))
        .values("number")
    )
    return Coalesce(Subquery(confirmed), 0, output_field=IntegerField()) + Coalesce(
        Subquery(batches), 0, output_field=IntegerField()
    )


class Sampler:
    """Compares, in one statement, the live count with the rows."""

    def __init__(self, petition):
        self.rows = (
            with_live_count(Petition.objects.filter(pk=petition.pk))
            .annotate(by_rows=by_rows())
            .values_list("live_count", "by_rows")
        )
        self.seen = []

    def __call__(self):
        self.seen.append(self.rows.get())
        time.sleep(0.001)  # the others have two processors

    @property
    def differences(self):
        return [pair for pair in self.seen if pair[0] != pair[1]]


def assert_books_balance(petition):
    """What `recount` checks, from the rows alone."""
    fold_all()
    rows = Signature.objects.filter(petition=petition)
    given = sorted(rows.filter(position__isnull=False).values_list("position", flat=True))
    assert given == list(range(1, len(given) + 1))
    entries = CountAdjustment.objects.filter(petition=petition)
    total = sum(entries.values_list("quantity", flat=True))
    stored = Petition.objects.get(pk=petition.pk).supporter_count
    assert stored == len(given) + total
    corrections = sum(
        entries.exclude(kind__in=["paper", "carried_over"]).values_list("quantity", flat=True)
    )
    counted = rows.filter(status="confirmed", position__isnull=False).count()
    assert counted == len(given) + corrections
    assert not rows.tail().exists()
    assert live_count(petition.pk) == stored


class Bustle:
    """What goes on around a petition until its signers, leavers and book-keeper are done."""

    def __init__(self, petition):
        self.pk = petition.pk
        self.stop = threading.Event()

    def run(self, *workers, beside):
        working = threading.Barrier(len(workers), action=self.stop.set)
        together(*[self._whole(worker, working) for worker in workers], *map(self._again, beside))

    def _whole(self, worker, working):
        def run():
            try:
                worker()
                working.wait(timeout=60)
            except BaseException:
                working.abort()
                self.stop.set()
                raise

        return run

    def _again(self, act):
        def run():
            while not self.stop.wait(0.02):
                act()

        return run

    def confirm_all(self, ids):
        left, until = list(ids), time.monotonic() + 30
        while left and time.monotonic() < until:
            # Hidden for a moment: it answers GONE, and is pressed again.
            left = [pk for pk in left if self._press(pk) == Answer.GONE]
        assert left == []

    @staticmethod
    def _press(pk):
        time.sleep(0.005)  # all at once would be over before anybody has looked
        return confirm(pk)

    def leave(self, ids):
        for place, pk in enumerate(ids):
            assert (disown if place % 4 == 0 else withdraw)(pk) is True

    def adjust(self):
        for quantity in (3, 40, -2, 5, 1):
            kind = "carried_over" if quantity == 40 else "paper"
            CountAdjustment.objects.create(petition_id=self.pk, kind=kind, quantity=quantity)

    def move(self):
        copy = Petition.objects.get(pk=self.pk)
        copy.hide(by=None)
        copy.restore(by=None)
        copy.close(by=None)
        copy.reopen(by=None)

    def save_a_stale_copy(self):
        stale = Petition.objects.get(pk=self.pk)
        time.sleep(0.01)
        stale.goal = (stale.goal or 0) + 1
        stale.save()
