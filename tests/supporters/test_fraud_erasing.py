"""After 30 days: who was swept is erased, networks and suspicions are forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from supporters import reasons, signature_acts
from supporters.fold import fold
from supporters.fraud import decisions, erasing
from supporters.fraud.rules import Rule
from supporters.models import (
    OutgoingMail,
    ReasonChoice,
    Signature,
    Suspicion,
    Sweep,
    SweptSignature,
    Watch,
)
from tests.supporters.fraud_world import check, make_petition, moderator, propose, sign, work
from tests.supporters.worker_tasks import only

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


@pytest.mark.parametrize("decide", ["decline", None])
def test_what_never_began_names_nobody_after_a_month(petition, decide):
    rule = Rule(domain="wave.example", address="bot#", name="sam okoye", country="FR")
    sign(petition, 12, domain="wave.example", country="FR")
    sweep = propose(petition, moderator("mo"), rule)
    assert sweep.state == "proposed"
    if decide:
        decisions.decline(sweep, by=moderator("lee"))
    age(sweep, MONTH - timedelta(days=1))
    erasing.erase_swept()
    sweep.refresh_from_db()
    assert Rule.read(sweep.rule) == rule
    age(sweep, MONTH)
    erasing.erase_swept()
    sweep.refresh_from_db()
    assert sweep.state == "declined"
    assert sweep.rule == {"domain": "wave.example", "country": "FR"}
    assert not decisions.approve(sweep, by=moderator("kim"))


def test_nor_does_one_that_was_cancelled_before_it_took_anything(petition):
    sweep = propose(petition, moderator("mo"), Rule(name="sam okoye", address="bot1"))
    Sweep.objects.update(state="cancelled", taken=0)
    age(sweep, MONTH)
    erasing.erase_swept()
    sweep.refresh_from_db()
    assert sweep.rule == {}
    assert sweep.erased_at


def test_who_was_brought_back_is_not_erased(petition, swept):
    decisions.undo(swept, by=moderator("kim"))
    work(swept)
    age(swept, MONTH)
    assert erasing.erase_swept() == 14
    assert not SweptSignature.objects.exists()
    assert Signature.objects.filter(email__endswith="@wave.example").count() == 14
    check(petition)


def test_who_was_restored_by_hand_keeps_their_mails_and_a_hidden_reason(petition):
    """What moderators hid does not show again when the sweep's time is over."""
    kim = moderator("kim")
    row = Signature.objects.filter(petition=petition, position=1).get()
    Signature.objects.filter(pk=row.pk).update(reason="Names a child.", display="full")
    reasons.choose(petition, row.pk, ReasonChoice.Kind.HIDDEN, by=kim, by_moderators=True)
    sweep = propose(petition, moderator("mo"))
    decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    assert signature_acts.restore(row, by=kim, reason="A real person.")
    OutgoingMail.objects.create(kind="signature", recipient=row.email, signature=row)
    for is_marked in (True, False):  # and what was restored before it was marked
        SweptSignature.objects.filter(signature=row).update(is_restored=is_marked)
        age(sweep, MONTH)
        erasing.erase_swept()
        row.refresh_from_db()
        assert (row.status, row.reason) == ("confirmed", "Names a child.")
        assert ReasonChoice.objects.filter(pk=row.pk).exists()
        assert OutgoingMail.objects.filter(signature=row).exists()
        SweptSignature.objects.create(sweep=sweep, signature=row, was="counted")


def test_what_a_newer_sweep_took_has_its_time(petition, swept):
    row = SweptSignature.objects.filter(was="counted").first().signature
    signature_acts.restore(row, by=moderator("kim"), reason="A real person.")
    newer = propose(petition, moderator("al"), Rule(address=row.email.partition("@")[0]))
    SweptSignature.objects.filter(sweep=swept).update(is_restored=False)  # as before it was marked
    assert work(newer).taken == 1
    age(swept, MONTH)
    assert erasing.erase_swept() == 14
    row.refresh_from_db()
    assert row.email
    assert decisions.undo(newer, by=moderator("ed"))
    assert work(newer).restored == 1
    check(petition)


def test_the_rule_names_nobody_any_more(petition, swept):
    rule = Rule(
        domain="wave.example", address="bot#", name="Sam Okoye", country="FR", network="0123"
    )
    Sweep.objects.update(rule=rule.as_stored())
    age(swept, MONTH)
    erasing.erase_swept()
    swept.refresh_from_db()
    assert swept.rule == {"domain": "wave.example", "country": "FR"}


def test_what_takes_longer_goes_on_at_the_next_turn(petition, swept, monkeypatch):
    age(swept, MONTH)
    monkeypatch.setattr(erasing, "BATCH", 5)
    assert erasing.erase_swept(go_on=lambda: False) == 0
    swept.refresh_from_db()
    assert swept.erased_at
    assert [erasing.erase_swept(go_on=only(1)) for _ in range(4)] == [5, 5, 4, 0]
    gone = Signature.objects.filter(status="removed")
    assert set(gone.values_list("email", flat=True)) == {""}


def test_networks_too_go_on_at_the_next_turn(petition, monkeypatch):
    """Also where a turn passed only those that have none."""
    monkeypatch.setattr(erasing, "SPAN", 4)
    ids = list(Signature.objects.order_by("pk").values_list("pk", flat=True))
    Signature.objects.filter(pk__in=ids[-3:]).update(network="0123456789abcdef")
    Signature.objects.update(created_at=timezone.now() - MONTH - timedelta(minutes=1))
    assert erasing.forget_networks(go_on=lambda: False) == 0
    turns = 0
    while erasing.forget_networks(go_on=only(1)):
        turns += 1
    assert turns == -(-len(ids) // 4)
    assert not Signature.objects.exclude(network=None).exists()


def test_those_without_a_network_are_passed_by(petition, monkeypatch):
    """In spans of ids, with holes between them."""
    monkeypatch.setattr(erasing, "SPAN", 3)
    monkeypatch.setattr(erasing, "BATCH", 2)
    ids = list(Signature.objects.order_by("pk").values_list("pk", flat=True))
    Signature.objects.filter(pk__in=ids[2:9]).delete()
    Signature.objects.filter(pk__in=ids[10:]).update(network="0123456789abcdef")
    Signature.objects.update(created_at=timezone.now() - MONTH - timedelta(minutes=1))
    assert erasing.forget_networks() == ids[-1]
    assert not Signature.objects.exclude(network=None).exists()
    assert Watch.objects.get().networks_forgotten_to == ids[-1]


def test_networks_are_forgotten_in_order(petition, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 4)
    ids = list(Signature.objects.order_by("pk").values_list("pk", flat=True))
    Signature.objects.update(network="0123456789abcdef")
    old = timezone.now() - MONTH - timedelta(minutes=1)
    Signature.objects.filter(pk__in=[*ids[:10], ids[12]]).update(created_at=old)
    assert erasing.forget_networks() == ids[9]
    assert Signature.objects.filter(network=None).count() == 10
    assert Watch.objects.get().networks_forgotten_to == ids[9]
    assert erasing.forget_networks() == 0
    Signature.objects.update(created_at=old)
    assert erasing.forget_networks() == ids[-1] - ids[9]
    assert not Signature.objects.exclude(network=None).exists()


def test_suspicions_are_forgotten(petition):
    for days in (29, 31):
        Suspicion.objects.create(
            petition=petition, kind="rate", value=str(days), number=1, looked_at=1,
            noted_at=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    assert erasing.forget_suspicions() == 1
    assert Suspicion.objects.get().value == "29"
