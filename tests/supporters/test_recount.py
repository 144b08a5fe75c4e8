"""`manage.py recount` finds every number that does not follow from its rows, and mends none."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from petitions.models import Petition
from supporters.fold import fold
from supporters.models import CountAdjustment, Signature
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    """5 positions, of which 1 withdrawn and 1 disowned; 10 carried over; 1 in the tail."""
    petition = PetitionFactory(is_open=True, title="Mend the bridge")
    signed = [SignatureFactory(petition=petition, is_confirmed=True) for _ in range(5)]
    fold(petition.pk)
    CountAdjustment.objects.create(petition=petition, kind="carried_over", quantity=10)
    withdraw(signed[0].pk)
    disown(signed[1].pk)
    SignatureFactory(petition=petition, is_confirmed=True)
    SignatureFactory(petition=petition)
    return petition


def recount(*arguments: str) -> str:
    out = StringIO()
    call_command("recount", *arguments, stdout=out)
    return out.getvalue()


def drifted(*arguments: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("recount", *arguments, stdout=out)
    assert error.value.returncode == 1
    return out.getvalue()


def test_numbers_that_add_up(petition):
    PetitionFactory(is_open=True)
    assert recount() == "Checked 2: all add up.\n"


def test_a_wrong_number_is_reported_and_stays(petition):
    Petition.objects.filter(pk=petition.pk).update(supporter_count=15)
    assert drifted() == (
        "mend-the-bridge: supporter_count is 15, positions and adjustments make 13 (+2)\n"
    )
    petition.refresh_from_db()
    assert petition.supporter_count == 15


def test_a_signature_that_ended_without_an_entry_is_reported(petition):
    signer = Signature.objects.confirmed().filter(position__isnull=False).first()
    Signature.objects.filter(pk=signer.pk).update(status="removed")
    assert drifted() == (
        "mend-the-bridge: 2 signatures with a position are confirmed, "
        "positions and endings make 3 (-1)\n"
    )


def test_a_restored_one_adds_up(petition):
    signer = Signature.objects.filter(status="withdrawn").get()
    Signature.objects.filter(pk=signer.pk).update(status="confirmed", ended_at=None)
    CountAdjustment.objects.create(petition=petition, kind="restored", quantity=1)
    assert "all add up" in recount()


def test_one_petition_alone(petition):
    other = PetitionFactory(is_open=True, slug="other")
    Petition.objects.filter(pk=other.pk).update(supporter_count=1)
    assert recount("--petition", "mend-the-bridge") == "Checked 1: all add up.\n"
    assert drifted("--petition", "other").startswith("other: supporter_count is 1,")
    with pytest.raises(CommandError, match="no petition"):
        recount("--petition", "nothing")


def test_one_statement_for_all(petition, count_queries):
    for _ in range(5):
        PetitionFactory(is_open=True)
    with count_queries() as queries:
        recount()
    assert len(queries) == 2, queries  # the audit, and how many petitions there are
