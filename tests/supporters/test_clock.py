"""The database's clock decides: one machine's is an hour ahead of the others', or behind them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions import clock
from petitions.models import Petition
from supporters import outbox
from supporters.closing import close_due
from supporters.confirming import Answer, confirm
from supporters.count import Tally, with_live_count
from supporters.delivery import deliver
from supporters.exposition import exposition
from supporters.mailings import fill
from supporters.models import OutgoingMail, Signature
from supporters.signing import Signer, ask_again, sign
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory
from tests.supporters.outbox_rows import supporter

# On SQLite all processes share one machine and its clock.
pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

HOUR = timedelta(hours=1)
NOOR = Signer(
    given_name="Noor", family_name="Haddad", email="noor@example.org", email_key="noor@example.org"
)


@pytest.fixture(params=[HOUR, -HOUR], ids=["ahead", "behind"])
def wrong(request, monkeypatch):
    """Call it to be on the machine whose clock is wrong. Gives the true time, about."""
    true = timezone.now()

    def move():
        monkeypatch.setattr(timezone, "now", lambda: true + request.param)
        return true

    return move


def is_about(moment, true) -> bool:
    return abs(moment - true) < timedelta(minutes=10)


def test_what_signing_confirming_and_counting_write(wrong):
    petition = PetitionFactory(is_open=True)
    true = wrong()
    sign(petition.pk, NOOR)
    ask_again(petition.pk, NOOR.email_key)
    row = Signature.objects.get()
    assert confirm(row.pk) == Answer.CONFIRMED
    row.refresh_from_db()
    assert row.created_at <= row.confirmed_at
    assert is_about(row.created_at, true)
    assert is_about(row.confirmed_at, true)
    tally = Tally.of(with_live_count(Petition.objects.all()).get())
    assert row.confirmed_at <= tally.as_of
    assert is_about(tally.as_of, true)
    # Both mails can leave now, from wherever.
    assert len(outbox.claim()) == 2
    assert timedelta(0) <= outbox.oldest_age() < timedelta(minutes=10)


def test_how_far_the_fold_is_behind(wrong):
    SignatureFactory(petition=PetitionFactory(is_open=True), is_confirmed=True)
    wrong()
    [line] = [
        line for line in exposition().decode().splitlines()
        if line.startswith("undersigned_fold_lag_seconds ")
    ]  # fmt: skip
    assert 0 <= float(line.split()[1]) < 600


def test_a_petition_is_closed_neither_early_nor_late(wrong):
    soon = PetitionFactory(is_open=True, closes_at=timezone.now() + HOUR / 2)
    over = PetitionFactory(is_open=True, closes_at=timezone.now() - HOUR / 2)
    true = wrong()
    assert close_due() == 1
    stored = dict(Petition.objects.values_list("pk", "status"))
    assert stored == {soon.pk: "open", over.pk: "closed"}
    sign(soon.pk, NOOR)
    soon.close(by=None)
    assert is_about(soon.closed_at, true)


def test_who_signed_before_the_closing_confirms_after_it(wrong):
    petition = PetitionFactory(is_open=True)
    signed_here = SignatureFactory(petition=petition, created_at=clock.now())
    wrong()
    petition.close(by=None)
    assert confirm(signed_here.pk) == Answer.CONFIRMED


def test_an_update_that_was_published_elsewhere_is_sent(wrong, smtp_server):
    petition = PetitionFactory(is_open=True)
    sam = supporter(petition)
    UpdateFactory(petition=petition, email_supporters=True, published_at=None).publish()
    wrong()
    while fill():
        pass
    deliver()
    assert [delivery.recipients for delivery in smtp_server.deliveries] == [[sam.email]]
    assert OutgoingMail.objects.get().sent_at
