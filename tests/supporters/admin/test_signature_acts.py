"""The pages of the acts with one signature: what they ask, what they do, who may not."""

import json

import pytest
from django.contrib.auth.models import Permission

from petitions.models import StaffAct
from supporters.count import live_count
from supporters.fold import fold
from supporters.models import CountAdjustment, Signature
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.accounts.conftest import PASSWORD
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db

EXPORT = "/admin/supporters/signature/export/"


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


@pytest.fixture
def signature(petition):
    row = SignatureFactory(petition=petition, is_confirmed=True, email="noor@example.org")
    fold(petition.pk)
    return Signature.objects.get(pk=row.pk)


def act(signature, name) -> str:
    return f"/admin/supporters/signature/{signature.pk}/act/{name}/"


def full(signature) -> str:
    return f"/admin/supporters/signature/{signature.pk}/change/"


def status(signature) -> str:
    return Signature.objects.values_list("status", flat=True).get(pk=signature.pk)


def test_removed_and_restored_on_pages(as_user, mo, client, signature):
    moderator = as_user(mo)
    page = moderator.get(act(signature, "remove"))
    assert "It is no longer counted." in words(page)
    assert status(signature) == "confirmed"
    missing = moderator.post(act(signature, "remove"), {"reason": " "})
    assert "This field is required." in words(missing)
    assert status(signature) == "confirmed"
    said = moderator.post(act(signature, "remove"), {"reason": "Not real."}, follow=True)
    assert "It is removed, and the ledger says so." in words(said)
    assert "Not real." in client.get("/petitions/mend/count/").content.decode()
    assert client.get("/petitions/mend/count.json").json()["count"] == 0
    late = moderator.post(act(signature, "remove"), {"reason": "Again."}, follow=True)
    assert "it is “Removed”. Nothing was changed." in words(late)
    moderator.post(act(signature, "restore"), {"reason": "Real."})
    assert status(signature) == "confirmed"
    assert client.get("/petitions/mend/count.json").json()["count"] == 1
    assert list(CountAdjustment.objects.order_by("pk").values_list("quantity", flat=True)) == [
        -1,
        1,
    ]


def test_confirmed_and_unsubscribed_on_pages(as_user, mo, petition):
    row = SignatureFactory(petition=petition, wants_updates=True)
    moderator = as_user(mo)
    said = moderator.post(act(row, "confirm"), {"reason": "On the phone."}, follow=True)
    assert "It is confirmed and counted." in words(said)
    assert live_count(petition.pk) == 1
    said = moderator.post(act(row, "unsubscribe"), {"reason": "By letter."}, follow=True)
    assert "It is unsubscribed." in words(said)
    assert not Signature.objects.get(pk=row.pk).wants_updates
    again = moderator.post(act(row, "unsubscribe"), {"reason": "By letter."}, follow=True)
    assert "It got no updates before either." in words(again)


def test_a_petition_that_takes_no_confirmation_takes_none_by_hand(as_user, mo):
    row = SignatureFactory(petition=PetitionFactory(status="hidden"))
    said = as_user(mo).post(act(row, "confirm"), {"reason": "x"}, follow=True)
    assert "Nothing was changed." in words(said)
    assert status(row) == "pending"


def test_the_organizers_own_needs_a_word_more(as_user, mo, petition):
    row = SignatureFactory(petition=petition, is_confirmed=True, is_organizer=True)
    moderator = as_user(mo)
    assert "the petition's organizer" in words(moderator.get(act(row, "remove"))).replace("’", "'")
    refused = moderator.post(act(row, "remove"), {"reason": "x"})
    assert "tick the box" in words(refused)
    assert status(row) == "confirmed"
    moderator.post(act(row, "remove"), {"reason": "x", "organizer": "on"})
    assert status(row) == "removed"


def test_erasing_asks_for_the_password(as_user, asked_again, mo, signature):
    mo.set_password(PASSWORD)
    mo.save()
    away = as_user(mo).post(act(signature, "erase"), {"reason": "x"})
    assert "/accounts/reauthenticate/" in away["Location"]
    assert status(signature) == "confirmed"
    moderator = asked_again(mo)
    assert "Its place in the order" in words(moderator.get(act(signature, "erase")))
    said = moderator.post(act(signature, "erase"), {"reason": "By letter."}, follow=True)
    assert "Who signed is erased." in words(said)
    assert Signature.objects.get().email == ""


def test_the_full_view_asks_for_the_password_and_is_noted(as_user, asked_again, mo, signature):
    mo.set_password(PASSWORD)
    mo.save()
    assert "/accounts/reauthenticate/" in as_user(mo).get(full(signature))["Location"]
    assert not StaffAct.objects.exists()
    page = asked_again(mo).get(full(signature))
    assert "noor@example.org" in page.content.decode()
    assert act(signature, "remove") in page.content.decode()
    [noted] = StaffAct.objects.all()
    assert (noted.actor, noted.verb, noted.subject_id) == (mo, "looked_at", str(signature.pk))


def test_the_export(asked_again, mo, signature):
    moderator = asked_again(mo)
    assert "Export" in words(moderator.get(EXPORT))
    wrong = moderator.post(EXPORT, {"address": "nobody"})
    assert "Enter an address like name@example.org." in words(wrong)
    file = moderator.post(EXPORT, {"address": "Noor@example.org"})
    assert file["Content-Disposition"].startswith("attachment")
    assert "no-store" in file["Cache-Control"]
    held = json.loads(file.content)
    assert [each["id"] for each in held["signatures"]] == [signature.pk]
    [noted] = StaffAct.objects.all()
    assert (noted.verb, noted.subject_id, noted.note) == ("exported", "", "")


def test_an_account_without_a_password_exports_nothing(as_user, mo, signature):
    mo.set_unusable_password()
    mo.save()
    for address in (EXPORT, full(signature), act(signature, "erase")):
        assert as_user(mo).get(address)["Location"] == "/accounts/password/reset/"


def test_who_may_not(as_user, ana, bo, nobody_yet, client, signature):
    signature.petition.organizer = ana
    signature.petition.save()
    names = ("confirm", "remove", "restore", "unsubscribe", "erase")
    for address in (EXPORT, full(signature), *(act(signature, name) for name in names)):
        for user in (ana, bo, nobody_yet):
            assert as_user(user).get(address).status_code == 403
            assert as_user(user).post(address, {"reason": "x"}).status_code == 403
        assert "login" in client.get(address)["Location"]
    assert not StaffAct.objects.exists()


def test_each_act_has_a_permission_of_its_own(as_user, nobody_yet, signature):
    """Somebody who may see signatures, and nothing else."""
    nobody_yet.user_permissions.add(Permission.objects.get(codename="view_signature"))
    reader = as_user(nobody_yet)
    search = reader.get("/admin/supporters/signature/search/", {"number": signature.pk})
    assert [acts for _row, acts in search.context["rows"]] == [[]]
    for name in ("confirm", "remove", "restore", "unsubscribe", "erase"):
        assert reader.post(act(signature, name), {"reason": "x"}).status_code == 403
    assert reader.get(EXPORT).status_code == 403


def test_what_is_not_there(as_user, mo, signature):
    moderator = as_user(mo)
    for path in ("999999/act/remove/", "x/act/remove/", f"{signature.pk}/act/burn/"):
        assert moderator.get(f"/admin/supporters/signature/{path}").status_code in {302, 404}
