"""Who withdraws or is shown otherwise is on no page that any process still has in memory."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config import cached_pages
from config.page_cache import PageCache
from supporters import recalls, switches
from supporters.fold import fold
from supporters.models import PageRecall
from supporters.switching import turn
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db

PAGES = ("/petitions/mend/", "/es/petitions/mend/", "/petitions/mend/supporters/")
ELSEWHERE = ("/petitions/other/", "/petitions/")


@pytest.fixture(autouse=True)
def _memory(monkeypatch):
    monkeypatch.setattr(cached_pages, "pages", PageCache(32_000_000))


@pytest.fixture
def hana():
    PetitionFactory(is_open=True, slug="other")
    petition = PetitionFactory(is_open=True, slug="mend")
    signed = SignatureFactory(
        petition=petition, is_confirmed=True, given_name="Hana", family_name="Farrow",
        display="full", reason="I cross it.",
    )  # fmt: skip
    fold(petition.pk)
    switches.memory.refresh()
    return signed


def is_named(client, address="/petitions/mend/"):
    return b"Hana" in client.get(address).content


def say_busy():
    turn(by="mo", busy=True)
    switches.memory.refresh()


@pytest.mark.parametrize("leave", [withdraw, disown])
@pytest.mark.parametrize("is_busy_first", [False, True])
def test_who_withdraws_is_on_no_kept_page(client, hana, leave, is_busy_first):
    assert [is_named(client, page) for page in PAGES] == [True] * 3
    others = [client.get(page).content for page in ELSEWHERE]
    if is_busy_first:
        say_busy()
    assert leave(hana.pk)
    say_busy()
    assert [client.get(page).status_code for page in PAGES] == [503] * 3
    assert [client.get(page).content for page in ELSEWHERE] == others


@pytest.mark.parametrize(
    "changed", [{"display": "initial"}, {"reason": ""}, {"given_name": "H."}, {"family_name": "F."}]
)
def test_who_is_shown_otherwise_is_on_no_kept_page(client, hana, changed):
    assert is_named(client)
    assert save(client, hana, **changed).status_code == 302
    say_busy()
    assert client.get("/petitions/mend/").status_code == 503


def test_what_nobody_sees_drops_no_page(client, hana):
    assert is_named(client)
    assert save(client, hana, wants_updates="on").status_code == 302
    hana.refresh_from_db()
    assert hana.wants_updates
    assert not PageRecall.objects.exists()
    say_busy()
    assert is_named(client)


def save(client, signature, **changed):
    names = ("given_name", "family_name", "display", "reason")
    kept = {name: getattr(signature, name) for name in names}
    address = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    return client.post(address, {**kept, "action": "save", **changed})


def test_who_withdraws_in_vain_drops_nothing(hana):
    assert withdraw(hana.pk)
    assert not withdraw(hana.pk)
    assert PageRecall.objects.count() == 1


def test_they_are_forgotten_when_everybody_knows(hana):
    withdraw(hana.pk)
    recalls.recall(hana.petition_id)
    old = PageRecall.objects.earliest("pk")
    PageRecall.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=61))
    assert recalls.forget() == 1
    assert PageRecall.objects.count() == 1
