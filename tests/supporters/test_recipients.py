"""How many an update would reach: the same people who get it."""

import pytest

from supporters import mailings, recipients
from supporters.models import OutgoingMail
from supporters.recipients import Reach, reach
from supporters.suppression import Why, suppress
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.outbox_rows import mailing, supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    petition = PetitionFactory(is_open=True)
    for _ in range(3):
        supporter(petition)
    supporter(petition, wants_updates=False)
    supporter(petition, is_organizer=True)
    supporter(petition, email="")
    supporter(PetitionFactory(is_open=True))
    SignatureFactory(petition=petition, wants_updates=True)
    withdraw(supporter(petition).pk)
    suppress(supporter(petition).email, Why.UNSUBSCRIBED)
    return petition


def test_it_is_the_number_of_those_who_get_it(petition):
    assert reach(petition.pk) == Reach(number=3, is_exact=True)
    mailing(petition=petition)
    while mailings.fill():
        pass
    assert OutgoingMail.objects.count() == 3


def test_of_many_it_is_the_number_of_those_who_want_it(petition, monkeypatch, count_queries):
    monkeypatch.setattr(recipients, "LOOKED_AT", 4)
    assert reach(petition.pk) == Reach(number=3, is_exact=True)
    monkeypatch.setattr(recipients, "LOOKED_AT", 3)
    with count_queries() as queries:
        assert reach(petition.pk) == Reach(number=4, is_exact=False)
    assert len(queries) == 2


def test_nobody(petition):
    assert reach(PetitionFactory(is_open=True).pk) == Reach(number=0, is_exact=True)
