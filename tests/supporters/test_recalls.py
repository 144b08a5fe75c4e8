"""Who withdraws or is shown otherwise is on no page that any process still has in memory."""

import unicodedata
from datetime import timedelta

import pytest
from django.utils import timezone

from config import cached_pages
from config.page_cache import PageCache
from petitions.models import Petition
from supporters import reasons, recalls, switches
from supporters.fold import fold
from supporters.models import PageRecall, ReasonChoice
from supporters.switching import turn
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

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
    # Each is made once more, and then stands in as the others do.
    for _ in range(2):
        assert [is_named(client, page) for page in PAGES] == [False] * 3
        assert [client.get(page).status_code for page in PAGES] == [200] * 3
    assert [client.get(page).content for page in ELSEWHERE] == others


@pytest.mark.parametrize(
    "changed", [{"display": "initial"}, {"reason": ""}, {"given_name": "H."}, {"family_name": "F."}]
)
def test_who_is_shown_otherwise_is_on_no_kept_page(client, hana, changed):
    assert is_named(client)
    before = client.get("/petitions/mend/supporters/").content
    assert save(client, hana, **changed).status_code == 302
    say_busy()
    page = client.get("/petitions/mend/supporters/")
    assert page.status_code == 200
    assert page.content != before


def test_what_nobody_sees_drops_no_page(client, hana):
    assert is_named(client)
    assert save(client, hana, wants_updates="on").status_code == 302
    hana.refresh_from_db()
    assert hana.wants_updates
    assert not PageRecall.objects.exists()
    say_busy()
    assert is_named(client)


@pytest.mark.parametrize(
    "state", [{"status": "pending", "position": None, "confirmed_at": None}, {"display": "hidden"}]
)
def test_who_is_on_no_page_drops_none(client, hana, state):
    type(hana).objects.filter(pk=hana.pk).update(**state)
    hana.refresh_from_db()
    page = client.get("/petitions/mend/").content
    assert save(client, hana, given_name="H.").status_code == 302
    assert withdraw(hana.pk)
    assert not PageRecall.objects.exists()
    say_busy()
    assert client.get("/petitions/mend/").content == page


def test_what_is_owed_is_made_once_and_only_where_it_was(client, hana):
    assert is_named(client)
    assert withdraw(hana.pk)
    say_busy()
    assert client.get("/petitions/mend/?via=w").status_code == 503  # nobody had that one
    assert client.get("/petitions/mend/").status_code == 200
    cached_pages.pages.clear()
    assert client.get("/petitions/mend/").status_code == 503


def test_every_spelling_of_an_address_is_recalled(client, hana):
    rename(hana.petition, "mend-café")
    spellings = [
        f"/petitions/{unicodedata.normalize(form, 'mend-café')}/" for form in ("NFC", "NFD")
    ]
    assert [is_named(client, address) for address in spellings] == [True] * 2
    assert withdraw(hana.pk)
    say_busy()
    assert [is_named(client, address) for address in spellings] == [False] * 2


def test_the_address_that_a_petition_had_is_recalled(client, hana):
    assert is_named(client)
    rename(hana.petition, "mended")
    assert withdraw(hana.pk)
    say_busy()
    assert not is_named(client)


@pytest.mark.parametrize("kind", list(ReasonChoice.Kind))
def test_a_reason_that_is_taken_off_is_on_no_kept_page(client, hana, kind):
    SignatureFactory(petition=hana.petition, is_confirmed=True, reason="So do I.")
    assert b"I cross it." in client.get("/petitions/mend/").content
    say_busy()
    reasons.choose(hana.petition, hana.pk, kind, by=UserFactory(), by_moderators=True)
    switches.memory.refresh()
    page = client.get("/petitions/mend/").content
    assert b"So do I." in page
    assert (b"I cross it." in page) == (kind == ReasonChoice.Kind.HIGHLIGHTED)


def test_so_many_that_some_may_be_missed_take_all(client, hana):
    assert is_named(client)
    assert withdraw(hana.pk)
    other = Petition.objects.get(slug="other")
    PageRecall.objects.bulk_create(PageRecall(petition=other) for _ in range(500))
    say_busy()
    assert not is_named(client)


def rename(petition, slug):
    petition.slug = slug
    petition.save()


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
