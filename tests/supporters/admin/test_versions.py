"""Why a text changed, and withholding one, in the admin."""

import pytest

from petitions.models import Petition, PetitionVersion
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


def page(petition) -> str:
    return f"/admin/petitions/petition/{petition.pk}/change/"


def test_the_reason_is_kept_with_the_text(as_user, ana, page_of):
    petition = PetitionFactory(is_open=True, organizer=ana, body="By May.")
    client = as_user(ana)
    data = page_of(client, petition, body="By June.", change_reason="The council moved it.")
    assert client.post(page(petition), data).status_code == 302
    newest = PetitionVersion.objects.get(number=2)
    assert (newest.reason, newest.created_by) == ("The council moved it.", ana)


def test_a_draft_asks_for_no_reason(as_user, ana):
    petition = PetitionFactory(status="draft", organizer=ana)
    assert "Why the text changes" not in as_user(ana).get(page(petition)).content.decode()


def test_a_moderator_withholds_a_text(as_user, mo, page_of):
    petition = PetitionFactory(is_open=True, body="By May.")
    petition.body = "By June."
    petition.save()
    client = as_user(mo)
    data = page_of(client, petition)
    [box] = [name for name in data if name.startswith("versions-0-id")]
    data[box.replace("-id", "-is_withheld")] = "on"
    assert client.post(page(petition), data).status_code == 302
    withheld = PetitionVersion.objects.order_by("number").values_list("is_withheld", flat=True)
    assert list(withheld) == [True, False]
    assert PetitionVersion.objects.get(number=1).body == "By May."


def test_versions_are_not_for_organizers(as_user, ana):
    petition = PetitionFactory(is_open=True, organizer=ana)
    assert "versions-TOTAL_FORMS" not in as_user(ana).get(page(petition)).content.decode()


def test_a_text_can_be_withheld_before_a_hidden_petition_is_shown_again(
    as_user, mo, page_of, client
):
    petition = PetitionFactory(is_open=True, slug="mend", body="Somebody's address.")
    petition.body = "No address."
    petition.save()
    Petition.objects.get().hide(by=mo)
    staff = as_user(mo)
    data = page_of(staff, petition)
    data["versions-0-is_withheld"] = "on"
    assert staff.post(page(petition), data).status_code == 302
    Petition.objects.get().restore(by=mo)
    assert "address" not in client.get("/petitions/mend/changes/2/").content.decode()
