"""The ledger, the outbox and signatures, as moderators see them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import (
    Petition,
)
from supporters.models import CountAdjustment, OutgoingMail
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


def test_paper_signatures_are_entered_once_with_reason_and_source(as_user, mo):
    petition = PetitionFactory(is_open=True)
    typed = {
        "petition": petition.pk, "kind": "paper", "quantity": "40", "reason": "Market day",
        "source": "Lists 1 to 4", "happened_on": "2026-05-01", "recorded_by": "999",
    }  # fmt: skip
    client = as_user(mo)
    add = "/admin/supporters/countadjustment/add/"
    for wrong in (
        {"quantity": "0"}, {"quantity": "-1"}, {"quantity": "2000000001"}, {"quantity": "9" * 30},
        {"reason": ""}, {"source": ""}, {"kind": "withdrawn"}, {"petition": "999999"},
        {"petition": ""}, {"reason": "a\x00b"},
    ):  # fmt: skip
        answer = client.post(add, {**typed, **wrong})
        assert answer.status_code == 200, wrong
        assert answer.context["adminform"].form.errors
    assert client.post(add, typed).status_code == 302
    entry = CountAdjustment.objects.get()
    assert (entry.quantity, entry.recorded_by) == (40, mo)
    assert Petition.objects.get().supporter_count == 40
    assert client.post(add, {**typed, "quantity": "-40"}).status_code == 302
    assert Petition.objects.get().supporter_count == 0

    own = f"/admin/supporters/countadjustment/{entry.pk}/"
    assert client.get(f"{own}change/").status_code == 200
    assert client.post(f"{own}change/", {**typed, "quantity": "1"}).status_code == 403
    assert client.post(f"{own}delete/", {"post": "yes"}).status_code == 403


def test_signatures_are_read_only(asked_again, mo):
    signature = SignatureFactory(is_confirmed=True, reason="<script>alert(1)</script>")
    client = asked_again(mo)
    own = f"/admin/supporters/signature/{signature.pk}/"
    text = client.get(f"{own}change/").content.decode()
    assert signature.email in text
    assert "<script>alert" not in text
    assert client.post(f"{own}change/", {"email": "x@example.org"}).status_code == 403
    assert client.post(f"{own}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/supporters/signature/add/").status_code == 403


def test_failed_mails_are_tried_again(as_user, mo):
    now = timezone.now()
    failed = OutgoingMail.objects.create(
        kind="signature", recipient="noor@example.org", failed_at=now, failure="550 no", attempts=9,
        not_before=now + timedelta(days=2),
    )  # fmt: skip
    sent = OutgoingMail.objects.create(kind="signature", recipient="a@example.org", sent_at=now)
    client = as_user(mo)
    listed = client.get("/admin/supporters/outgoingmail/?state=failed").content.decode()
    assert "noor@example.org" in listed
    assert "a@example.org" not in listed
    answer = client.post(
        "/admin/supporters/outgoingmail/",
        {"action": "try_again", "_selected_action": [failed.pk, sent.pk]},
        follow=True,
    )
    assert "1 mail will be tried again." in answer.content.decode()
    failed.refresh_from_db()
    assert (failed.failed_at, failed.failure, failed.attempts) == (None, "", 0)
    assert failed.not_before <= timezone.now()
    assert OutgoingMail.objects.get(pk=sent.pk).sent_at == now
