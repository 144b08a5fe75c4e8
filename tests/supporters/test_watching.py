"""The watch: unusual signatures are noted once a day."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from supporters.fold import fold
from supporters.fraud import watching
from supporters.models import HourlyCount, OutgoingMail, Signature, Suspicion
from tests.factories import UserFactory
from tests.supporters.fraud_world import make_petition, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def mo():
    user = UserFactory(username="mo", first_name="Mo", is_staff=True)
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def petition():
    return make_petition(slug="mend", title="Mend the bridge")


def found() -> set[tuple[str, str, int]]:
    return set(Suspicion.objects.values_list("kind", "value", "number"))


def spread(petition, number: int, **values) -> None:
    """Signatures that have nothing in common."""
    for each in range(number):
        sign(petition, 1, domain=f"d{each}.example", given_name=f"N{each}", **values)


def test_nothing_of_a_quiet_hour(petition, mo):
    spread(petition, 20)
    sign(petition, 24, domain="gmail.com", given_name="")
    Signature.objects.filter(given_name="").update(family_name="")
    for pk in Signature.objects.filter(given_name="").values_list("pk", flat=True):
        Signature.objects.filter(pk=pk).update(given_name=f"G{pk}")
    assert watching.watch() == 0
    assert not OutgoingMail.objects.exists()


def test_a_domain_a_network_and_a_name(petition, mo):
    spread(petition, 20)
    sign(petition, 30, network="0123456789abcdef", given_name="Pat", family_name="Doe")
    assert watching.watch() == 3
    assert found() == {
        ("domain", "wave.example", 30),
        ("network", "0123456789abcdef", 30),
        ("name", "pat doe", 30),
    }
    assert watching.watch() == 0  # once a day
    assert set(Suspicion.objects.values_list("looked_at", flat=True)) == {50}


def test_a_domain_that_many_have_anyway(petition):
    """As large a share as before is nothing new; a domain like gmail.com is known from the start."""
    sign(petition, 30, domain="gmail.com")
    watching.watch()
    assert "domain" not in {kind for kind, _value, _number in found()}
    Signature.objects.update(given_name="Old")
    sign(petition, 300, domain="town.example", given_name="Old")
    Signature.objects.filter(given_name="Old").update(created_at=timezone.now() - timedelta(days=3))
    sign(petition, 60, domain="town.example")
    watching.watch()
    assert "domain" not in {kind for kind, _value, _number in found()}


def test_many_more_than_usual(petition):
    HourlyCount.objects.create(
        petition=petition,
        hour=timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1),
        quantity=168,
    )
    spread(petition, 40)
    sign(petition, 180, domain="gmail.com")
    watching.watch()
    assert ("rate", "", 220) in found()


def test_a_fold_is_no_matter(petition):
    sign(petition, 30)
    fold(petition.pk)
    assert watching.watch() == 2
