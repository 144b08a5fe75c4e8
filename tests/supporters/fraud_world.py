"""A petition with a wave: what the tests of sweeps begin with."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from petitions.models import Petition, User
from supporters.audit import drifts
from supporters.count import live_count, with_live_count
from supporters.fraud import decisions, looking, sweeping
from supporters.fraud.rules import Rule
from supporters.ledger import ledger_of
from supporters.models import Signature, Sweep
from tests.factories import PetitionFactory, UserFactory

WAVE = Rule(domain="wave.example")


def make_petition(**values: Any) -> Petition:
    petition: Petition = PetitionFactory(is_open=True, **values)
    return petition


def moderator(name: str) -> User:
    user: User = UserFactory(username=name)
    return user


def sign(petition: Petition, number: int, *, domain: str = "wave.example", **values: Any) -> None:
    """So many signatures, pending unless told otherwise, in one statement."""
    now = timezone.now()
    values = {"given_name": "Sam", "family_name": "Okoye", "status": "confirmed", **values}
    if values["status"] == "confirmed":
        values.setdefault("confirmed_at", now)
    begin = Signature.objects.filter(petition=petition).count()
    Signature.objects.bulk_create(
        Signature(
            petition=petition,
            version_id=petition.version_id,
            email=f"bot{begin + each}@{domain}",
            email_key=f"bot{begin + each}@{domain}",
            created_at=now - timedelta(minutes=1),
            **values,
        )
        for each in range(number)
    )


def propose(petition: Petition, by: User, rule: Rule = WAVE, note: str = "A wave.") -> Sweep:
    counted = with_live_count(Petition.objects.filter(pk=petition.pk)).get()
    preview = looking.preview(petition.pk, rule)
    return decisions.propose(counted, rule, preview, by=by, note=note)


def work(sweep: Sweep) -> Sweep:
    """All of it, as the worker would in many turns."""
    while sweeping.run() and Sweep.objects.at_work().filter(pk=sweep.pk).exists():
        pass
    sweep.refresh_from_db()
    return sweep


def check(petition: Petition) -> int:
    """The number, which is that of the rows, and what the ledger adds up to. Returns it."""
    assert drifts() == []
    counted = with_live_count(Petition.objects.filter(pk=petition.pk)).get()
    ledger = ledger_of(counted)
    number = live_count(petition.pk)
    assert number == Signature.objects.confirmed().filter(petition=petition).count()
    assert sum(line.quantity for line in ledger.lines) == ledger.total == number
    return number
