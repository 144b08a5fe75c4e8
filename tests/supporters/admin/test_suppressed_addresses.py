"""The list of addresses that get no mailings, which shows none of them."""

import pytest

from supporters.models import SuppressedAddress
from supporters.suppression import Why, suppress

pytestmark = pytest.mark.django_db


def test_found_by_who_knows_the_address(as_user, mo):
    suppress("sam@example.org", Why.BOUNCE)
    page = "/admin/supporters/suppressedaddress/"
    assert len(as_user(mo).get(page, {"q": "SAM@example.org"}).context["cl"].result_list) == 1
    for other in ("noor@example.org", "%", "x" * 5_000):
        assert not as_user(mo).get(page, {"q": other}).context["cl"].result_list


def test_a_bounce_can_be_lifted_a_persons_own_wish_not(as_user, mo):
    for why in (Why.BOUNCE, Why.UNSUBSCRIBED):
        suppress("sam@example.org", why)
    for row in SuppressedAddress.objects.all():
        page = f"/admin/supporters/suppressedaddress/{row.pk}/delete/"
        answer = as_user(mo).post(page, {"post": "yes"})
        assert answer.status_code == (302 if row.why == Why.BOUNCE else 403)
    assert SuppressedAddress.objects.get().why == Why.UNSUBSCRIBED
