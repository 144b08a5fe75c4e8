"""What somebody else claimed: its content stays as it is, and the rest warns."""

import pytest

from petitions import claims
from petitions.models import Petition, TeamMember, Update
from supporters import reasons
from supporters.fold import fold
from supporters.models import ReasonChoice, Signature
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory
from tests.supporters.admin.conftest import _staff, fields_of
from tests.supporters.fraud_world import propose, sign

HELD = "Nothing was changed."
WARNS = "What you do here is not stopped by that"


@pytest.fixture
def lee(db):
    return _staff("lee", "Moderators")


@pytest.fixture
def petition(ana, lee):
    petition = PetitionFactory(is_open=True, organizer=ana)
    claims.claim(petition.pk, by=lee)
    return petition


def page(petition, more):
    return f"/admin/petitions/petition/{petition.pk}/{more}"


def test_its_text_is_not_changed_under_their_eyes(as_user, mo, lee, petition):
    client = as_user(mo)
    typed = fields_of(client, petition, summary="Shorter.")
    answer = client.post(page(petition, "change/"), typed)
    assert HELD in answer.content.decode()
    assert "Shorter." in answer.content.decode()  # what was typed is kept
    assert Petition.objects.get().summary == petition.summary
    assert as_user(lee).post(page(petition, "change/"), typed).status_code == 302
    assert Petition.objects.get().summary == "Shorter."


def test_its_organizer_goes_on(as_user, ana, petition):
    client = as_user(ana)
    client.post(page(petition, "change/"), fields_of(client, petition, summary="Shorter."))
    assert Petition.objects.get().summary == "Shorter."


def test_so_does_a_moderator_who_works_on_it(as_user, mo, petition):
    TeamMember.objects.create(petition=petition, user=mo, role="edit")
    client = as_user(mo)
    client.post(page(petition, "change/"), fields_of(client, petition, summary="Shorter."))
    assert Petition.objects.get().summary == "Shorter."


def test_nor_are_its_updates(as_user, mo, petition):
    update = UpdateFactory(petition=petition, published_at=None)
    typed = {"kind": "news", "title": "Won", "happened_on": "2026-01-05", "body": "We won.",
             "when": "now", "action": "save"}  # fmt: skip
    client = as_user(mo)
    for address in ("updates/new/", f"updates/{update.pk}/"):
        assert HELD in client.post(page(petition, address), typed).content.decode()
    delete = {"action": "delete", "confirmed": "yes"}
    answer = client.post(page(petition, f"updates/{update.pk}/"), delete, follow=True)
    assert HELD in answer.content.decode()
    assert Update.objects.get().title == update.title


def test_nor_the_reasons_on_its_page(as_user, mo, lee, ana, petition):
    row = SignatureFactory(petition=petition, is_confirmed=True, reason="Why not?", display="full")
    typed = {"row": row.pk, "action": "hide"}
    answer = as_user(mo).post(page(petition, "reasons/"), typed, follow=True)
    assert HELD in answer.content.decode()
    assert not ReasonChoice.objects.exists()
    as_user(ana).post(page(petition, "reasons/"), typed)
    assert not ReasonChoice.objects.get().by_moderators
    reasons.choose(petition, row.pk, ReasonChoice.Kind.HIDDEN, by=lee, by_moderators=True)
    assert ReasonChoice.objects.get().by_moderators


def test_sweeps_and_signatures_go_on_with_a_warning(asked_again, mo, lee, petition):
    sign(petition, 12)
    fold(petition.pk)
    client = asked_again(mo)
    sweep = propose(petition, lee)
    row = Signature.objects.first()
    act = f"/admin/supporters/signature/{row.pk}/act/remove/"
    pages = (
        page(petition, "fraud/"),
        page(petition, "fraud/preview/?domain=wave.example"),
        page(petition, f"fraud/{sweep.pk}/"),
        act,
    )
    assert all(WARNS in client.get(address).content.decode() for address in pages)
    client.post(act, {"reason": "False."})
    client.post(page(petition, f"fraud/{sweep.pk}/"), {"action": "approve"})
    sweep.refresh_from_db()
    assert (sweep.state, sweep.approved_by) == ("running", mo)
    assert Signature.objects.get(pk=row.pk).status == "removed"
    claims.release(petition.pk, by=lee)
    assert not any(WARNS in client.get(address).content.decode() for address in pages[:3])
