"""What a petition says that must not be said: rejected for it, or hidden."""

import json

import pytest

from petitions.models import DecisionReason, Petition, PetitionTarget, Topic
from tests.factories import PetitionFactory, TargetFactory, UpdateFactory, UserFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db

SECRET = "Zanzibar"
TEXTS = {
    "summary": f"{SECRET} in the summary.",
    "body": f"{SECRET} in the story.",
    "ask": f"{SECRET} in the ask.",
}


def rejected(reason: str) -> Petition:
    petition = PetitionFactory(
        in_review=True, slug="mend", title="Mend the bridge", organizer__slug="ana", **TEXTS
    )
    topic = Topic.objects.create(name="Water", slug="water")
    petition.topics.add(topic)
    PetitionTarget.objects.create(petition=petition, target=TargetFactory(slug="board"))
    petition.reject(by=UserFactory(), reason=reason, note="Take the name out.")
    return petition


# Wherever a petition's words may be read.
READERS = [
    "/petitions/mend/", "/es/petitions/mend/", "/petitions/", "/petitions/?status=rejected",
    "/petitions/?q=bridge", f"/petitions/?q={SECRET}", "/petitions/?topic=water", "/topics/water/",
    "/targets/board/", "/organizers/ana/", "/petitions.atom", "/topics/water.atom",
    "/targets/board.atom", "/petitions/mend/updates.atom", "/petitions/mend/embed/",
    "/petitions/mend/changes/", "/petitions/mend/changes/1/", "/petitions/mend/supporters/",
    "/petitions/mend/count/", "/petitions/mend/count.json", "/petitions/mend/sign/",
    "/petitions/mend/report/", "/petitions/mend/card-x.png",
    "/oembed?url=http://localhost:8000/petitions/mend/", "/", "/sitemap.xml",
    "/sitemap-petitions-1.xml",
]  # fmt: skip


@pytest.mark.parametrize("address", READERS)
def test_a_withheld_text_is_nowhere(client, address):
    rejected("private_person")
    page = client.get(address, follow=True).content.decode()
    for where in ("summary", "story", "ask"):
        assert f"in the {where}." not in page
    if SECRET not in address:  # a search says again what was searched for
        assert SECRET not in page


def test_the_page_says_why_and_that_the_text_is_not_shown(client):
    rejected("private_person")
    said = words(client.get("/petitions/mend/"))
    assert "Mend the bridge" in said
    assert "It is about a private person who has not agreed to be named." in said
    assert "Take the name out." in said
    assert "Its text is not shown, since it breaks this rule itself." in said


def test_a_search_does_not_tell_what_is_in_it(client):
    rejected("private_person")
    assert "No petition matches" in words(client.get(f"/petitions/?q={SECRET}"))
    assert "Mend the bridge" in words(client.get("/petitions/?q=bridge"))


def test_any_other_reason_leaves_the_text_to_read(client):
    rejected("unclear")
    page = words(client.get("/petitions/mend/"))
    assert "Zanzibar in the story." in page
    assert "Its text is not shown" not in page
    assert "Mend the bridge" in words(client.get(f"/petitions/?q={SECRET}"))


def test_its_picture_is_gone(client, media):
    petition = rejected("private_person")
    name = f"{'a' * 32}.jpg"
    Petition.objects.update(picture=f"pictures/{name}", picture_alt="The bridge")
    shown = Petition.objects.get(pk=petition.pk)
    assert "<figure" not in client.get(shown.get_absolute_url()).content.decode()


def test_new_words_of_a_reason_are_read_at_once(client):
    rejected("unclear")
    reason = DecisionReason.objects.get(code="unclear")
    reason.wordings.create(language="en", text="We do not understand it.")
    assert "We do not understand it." in words(client.get("/petitions/mend/"))
    assert "No queda claro" in words(client.get("/es/petitions/mend/"))


# Hidden

OF_A_PETITION = [
    "", "sign/", "signed/", "count/", "count.json", "changes/", "changes/1/", "report/",
    "supporters/", "embed/", "updates.atom", "card-x.png",
]  # fmt: skip


@pytest.fixture
def hidden() -> Petition:
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend the bridge", **TEXTS)
    UpdateFactory(petition=petition, title=SECRET, body=SECRET)
    petition.hide(
        by=UserFactory(), reason="private_person", note="Until it is settled.", private_note="Mo."
    )
    return petition


@pytest.mark.parametrize("page", OF_A_PETITION)
def test_what_is_hidden_is_gone_on_every_page_with_what_may_be_said(client, hidden, page):
    response = client.get(f"/petitions/mend/{page}")
    assert response.status_code == 410
    said = response.content.decode()
    assert SECRET not in said
    assert "Mo." not in said
    assert "It is about a private person who has not agreed to be named." in said
    if page != "embed/":  # in a frame, in short
        assert "Until it is settled." in said
    if page == "count.json":
        told = json.loads(said)
        assert told["error"] == "gone"
        assert told["hidden_at"]
    else:
        assert "Moderators hid it on" in said


@pytest.mark.parametrize("page", ["sign/", "report/"])
def test_nothing_is_taken(client, hidden, page):
    assert client.post(f"/petitions/mend/{page}", {"email": "x@example.org"}).status_code == 410


def test_in_spanish(client, hidden):
    assert "Trata de una persona particular" in words(client.get("/es/petitions/mend/"))
