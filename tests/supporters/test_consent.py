"""The box by which a signer gives the organizer their address, and how it is taken back."""

import pytest
from django.core.management import call_command

from supporters.models import Consent, Signature
from supporters.tokens import Purpose, make
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory, typed
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db

BOX = 'name="shares_email"'
WORDING = "Give the organizer my email address, country and postcode, so that they may write to me"


@pytest.fixture
def asking(settings):
    settings.PETITIONS_ASK_TO_SHARE = True


@pytest.fixture
def petition(db):
    return PetitionFactory(is_open=True, slug="mend", organizer=UserFactory())


def sign(client, prefix: str = "", **changes) -> Signature:
    response = client.post(f"{prefix}/petitions/mend/sign/", typed(**changes))
    assert response.status_code == 302, response.content
    return Signature.objects.select_related("consent").get(email=typed(**changes)["email"])


def test_no_site_asks_by_itself(client, petition):
    for path in ("/petitions/mend/", "/petitions/mend/sign/"):
        assert BOX not in client.get(path).content.decode()
    assert sign(client, shares_email="on").consent is None


def test_the_box_is_there_and_not_ticked(client, petition, asking):
    for path in ("/petitions/mend/", "/petitions/mend/sign/"):
        page = client.get(path).content.decode()
        [box] = [part for part in page.split("<input") if BOX in part]
        assert "checked" not in box.split(">")[0]
        assert WORDING in page


def test_nobody_is_asked_for_an_organizer_who_is_not_there(client, asking):
    PetitionFactory(is_open=True, slug="mend", organizer=None, organizer_name="Somebody")
    assert BOX not in client.get("/petitions/mend/").content.decode()


def test_the_words_are_kept_once_and_signatures_point_to_them(client, petition, asking):
    first = sign(client, shares_email="on")
    second = sign(client, email="bo@example.org", shares_email="on")
    assert sign(client, email="ed@example.org").consent is None
    in_spanish = sign(client, "/es", email="luz@example.org", shares_email="on")
    assert first.consent.wording == WORDING
    assert (first.consent.purpose, first.consent.language) == ("organizer_writes", "en")
    assert first.consent_id == second.consent_id != in_spanish.consent_id
    assert in_spanish.consent.language == "es"
    assert Consent.objects.count() == 2


def test_a_stranger_agrees_for_nobody(client, petition, asking):
    mine = sign(client)
    assert sign(client, shares_email="on").pk == mine.pk
    mine.refresh_from_db()
    assert (mine.consent_id, mine.mails_asked) == (None, 2)
    other = sign(client, email="bo@example.org", shares_email="on")
    assert sign(client, email="bo@example.org").consent_id == other.consent_id


def test_who_corrects_their_address_finds_the_box_as_they_left_it(client, petition, asking):
    response = client.post("/petitions/mend/sign/", typed(shares_email="on"))
    page = client.get(response["Location"]).context["correct_url"]
    [box] = [part for part in client.get(page).content.decode().split("<input") if BOX in part]
    assert "checked" in box.split(">")[0]


def test_after_a_mistake_it_is_still_ticked(client, petition, asking):
    page = client.post("/petitions/mend/sign/", typed(given_name="", shares_email="on"))
    [box] = [part for part in page.content.decode().split("<input") if BOX in part]
    assert "checked" in box.split(">")[0]


def test_the_signers_page_lists_it_and_takes_it_back(client, petition, asking, count_queries):
    signature = sign(client, shares_email="on")
    Signature.objects.filter(pk=signature.pk).update(
        status="confirmed", confirmed_at=signature.created_at
    )
    address = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    page = words(client.get(address))
    assert f"You agreed: “{WORDING}”" in page
    assert "nor to its organizer" not in page
    assert client.get(f"{address}?download").json()["agreed_to"] == WORDING
    assert client.post(address, {"action": "take_back"}).status_code == 302
    signature.refresh_from_db()
    assert (signature.consent, signature.status) == (None, "confirmed")
    page = words(client.get(address))
    assert WORDING not in page
    assert "nor to its organizer" in page
    assert "Take back what you agreed to?" not in page
    assert client.get(f"{address}?download").json()["agreed_to"] == ""
    assert client.post(address, {"action": "take_back"}).status_code == 302  # again: nothing


def test_saving_the_rest_leaves_it(client, petition, asking):
    signature = sign(client, shares_email="on")
    address = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    values = typed(reason="I cross it.", action="save")
    assert client.post(address, values).status_code == 302
    signature.refresh_from_db()
    assert signature.reason == "I cross it."
    assert signature.consent is not None


def test_withdrawing_ends_it(petition):
    consent = Consent.objects.create(purpose="organizer_writes", language="en", wording="Yes")
    signature = SignatureFactory(petition=petition, is_confirmed=True, consent=consent)
    assert withdraw(signature.pk)
    signature.refresh_from_db()
    assert signature.consent_id is None
    call_command("recount", verbosity=0)
