"""After 30 days: who was swept is erased, networks and suspicions are forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from supporters.fold import fold
from supporters.fraud import decisions, erasing
from supporters.models import OutgoingMail, Signature, Suspicion, Sweep, SweptSignature, Watch
from tests.supporters.fraud_world import check, make_petition, moderator, propose, sign, work

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


@pytest.fixture
def petition():
    petition = make_petition(slug="mend")
    sign(petition, 12)
    sign(petition, 5, domain="example.org")
    fold(petition.pk)
    sign(petition, 2, status="pending")
    return petition


@pytest.fixture
def swept(petition):
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    return work(sweep)


def age(sweep: Sweep, by: timedelta) -> None:
    Sweep.objects.filter(pk=sweep.pk).update(changed_at=timezone.now() - by)


def test_not_a_day_before(petition, swept):
    age(swept, MONTH - timedelta(days=1))
    assert erasing.erase_swept() == 0
    assert decisions.undo(swept, by=moderator("kim"))
    assert work(swept).restored == 14


def test_persons_go_and_the_count_stays(petition, swept, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 4)
    OutgoingMail.objects.create(
        kind="signature",
        recipient="x@y.example",
        signature_id=SweptSignature.objects.first().signature_id,
    )
    number = check(petition)
    age(swept, MONTH)
    assert erasing.erase_swept() == 14
    gone = Signature.objects.filter(status="removed")
    assert gone.count() == 14
    assert set(gone.values_list("email", "email_key", "given_name", "network")) == {
        ("", None, "", None)
    }
    assert gone.exclude(position=None).count() == 12
    assert not SweptSignature.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert check(petition) == number
    assert erasing.erase_swept() == 0
    swept.refresh_from_db()
    assert swept.erased_at
    assert not decisions.undo(swept, by=moderator("kim"))


def test_what_was_cancelled_cannot_be_resumed_then(petition, swept):
    Sweep.objects.update(state="cancelled")
    age(swept, MONTH)
    erasing.erase_swept()
    assert not decisions.resume(swept, by=moderator("kim"))


def test_who_was_brought_back_is_not_erased(petition, swept):
    decisions.undo(swept, by=moderator("kim"))
    work(swept)
    age(swept, MONTH)
    assert erasing.erase_swept() == 0
    assert not SweptSignature.objects.exists()
    assert Signature.objects.filter(email__endswith="@wave.example").count() == 14
    check(petition)


def test_networks_are_forgotten_in_order(petition, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 4)
    ids = list(Signature.objects.order_by("pk").values_list("pk", flat=True))
    Signature.objects.update(network="0123456789abcdef")
    old = timezone.now() - MONTH - timedelta(minutes=1)
    Signature.objects.filter(pk__in=[*ids[:10], ids[12]]).update(created_at=old)
    assert erasing.forget_networks() == 10
    assert Signature.objects.filter(network=None).count() == 10
    assert Watch.objects.get().networks_forgotten_to == ids[9]
    assert erasing.forget_networks() == 0
    Signature.objects.update(created_at=old)
    assert erasing.forget_networks() == len(ids) - 10
    assert not Signature.objects.exclude(network=None).exists()


def test_suspicions_are_forgotten(petition):
    for days in (29, 31):
        Suspicion.objects.create(
            petition=petition, kind="rate", value=str(days), number=1, looked_at=1,
            noted_at=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    assert erasing.forget_suspicions() == 1
    assert Suspicion.objects.get().value == "29"
