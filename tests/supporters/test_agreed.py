"""What a signer agreed to, listed on their own page."""

import pytest

from petitions.models import Petition
from supporters.models import OutgoingMail, Signature
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition() -> Petition:
    return PetitionFactory(is_open=True, slug="mend", ask="By May.")


def page(client, signature: Signature):
    return client.get(f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/")


def entries(answer) -> dict[str, tuple[str, str]]:
    return {each.about: (each.text, each.url) for each in answer.context["agreed"]}


def test_each_thing_in_words(client, petition):
    signature = SignatureFactory(
        petition=petition, is_confirmed=True, reason="I cross it.", wants_updates=True
    )
    answer = page(client, signature)
    found = entries(answer)
    assert found["What everybody sees"][0] == "Your name, as it stands above, and your reason."
    assert "You want updates" in found["Mail"][0]
    assert "version 1." in found["The text"][0]
    assert found["The text"][1] == "/petitions/mend/"
    assert "nor to its organizer" in found["Your email address"][0]
    assert "What you agreed to" in words(answer)


@pytest.mark.parametrize(
    ("display", "reason", "said"),
    [
        ("initial", "", "Your name, as it stands above."),
        ("hidden", "I cross it.", "Nothing. You are only counted."),
    ],
)
def test_what_everybody_sees(client, petition, display, reason, said):
    signature = SignatureFactory(
        petition=petition, is_confirmed=True, display=display, reason=reason, wants_updates=False
    )
    found = entries(page(client, signature))
    assert found["What everybody sees"][0] == said
    assert found["Mail"][0] == "You want no updates."


def test_the_version_that_was_signed(client, petition):
    before = SignatureFactory(petition=petition, is_confirmed=True)
    petition.ask = "By June."
    petition.save()
    after = SignatureFactory(petition=Petition.objects.get(), is_confirmed=True)
    text, url = entries(page(client, before))["The text"]
    assert "version 1." in text
    assert url == "/petitions/mend/changes/"
    text, url = entries(page(client, after))["The text"]
    assert "version 2." in text
    assert url == "/petitions/mend/changes/2/"
    for url in ("/petitions/mend/changes/", "/petitions/mend/changes/2/"):
        assert client.get(url).status_code == 200


def test_of_a_hidden_petition_no_link_is_left(client, petition):
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    petition.hide(by=None)
    assert entries(page(client, signature))["The text"][1] == ""


def test_this_was_not_me_removes_at_once_and_tells_nobody(client, petition):
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    address = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    assert client.post(address, {"action": "not_me"}).status_code == 302
    signature.refresh_from_db()
    assert (signature.status, signature.given_name, signature.email) == ("removed", "", "")
    assert not OutgoingMail.objects.exists()
