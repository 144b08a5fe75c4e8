"""What an organizer can do with their own petitions."""

import re

import pytest

from petitions.models import (
    ActionStep,
    ModerationEvent,
    Petition,
    PetitionTarget,
    PetitionVersion,
    Target,
    Topic,
    Update,
)
from supporters.models import OutgoingMail
from tests.factories import (
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


def test_the_list_shows_own_petitions_in_every_state(as_user, bo, ana):
    PetitionFactory(organizer=ana, title="Xylophone lessons")
    for status in ("draft", "in_review", "rejected", "hidden"):
        PetitionFactory(organizer=bo, status=status, title=f"Bo {status}")
    text = as_user(bo).get(LIST).content.decode()
    for status in ("draft", "in_review", "rejected", "hidden"):
        assert f"Bo {status}" in text
    assert "Xylophone" not in text
    assert "publish_selected" not in text


def test_a_new_petition_is_ones_own_draft(as_user, bo, ana):
    data = {
        "title": "За чисте повітря", "body": "Why.", "organizer": str(ana.pk), "status": "open",
        "read_only": "on", "source": "x", "source_id": "1", "outcome": "victory",
        "opened_at_0": "2020-01-01", "opened_at_1": "00:00", "supporter_count": "9000",
        "picture": "x",
    }  # fmt: skip
    for prefix in ("target_links", "new_targets", "steps", "events"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    answer = as_user(bo).post(f"{LIST}add/", data)
    assert answer.status_code == 302, answer.context["errors"]
    petition = Petition.objects.get()
    assert (petition.organizer, petition.status, petition.opened_at) == (bo, "draft", None)
    assert (petition.slug, petition.read_only, petition.source) == ("за-чисте-повітря", False, "")
    assert (petition.supporter_count, petition.outcome) == (0, "none")
    assert PetitionVersion.objects.get().created_by == bo


def test_the_form_lists_no_other_user(as_user, bo, ana, mo):
    petition = PetitionFactory(organizer=bo, is_open=True)
    for address in (f"{LIST}add/", page(petition)):
        text = as_user(bo).get(address).content.decode()
        assert 'name="organizer"' not in text
        assert ana.username not in re.sub(r"banana", "", text).split()
        assert mo.email not in text
        assert ana.email not in text


def test_what_is_fixed_after_opening_stays(as_user, bo, ana, page_of):
    client = as_user(bo)
    petition = PetitionFactory(organizer=bo, is_open=True, slug="first", language="en")
    data = page_of(
        client, petition, title="A better title", ask="A better ask.", slug="second", organizer_name="The Mayor",
        on_behalf_of="Everybody", language="es", read_only="on", organizer=str(ana.pk), goal="500",
        closes_at_0="2020-01-01", closes_at_1="00:00", status="closed",
    )  # fmt: skip
    assert client.post(page(petition), data).status_code == 302
    after = Petition.objects.get()
    assert (after.title, after.ask, after.goal) == (petition.title, "A better ask.", 500)
    assert (after.slug, after.organizer_name, after.on_behalf_of) == ("first", "", "")
    assert (after.language, after.read_only, after.organizer) == ("en", False, bo)
    assert (after.closes_at, after.status) == (None, "open")
    versions = PetitionVersion.objects.order_by("number")
    assert [version.number for version in versions] == [1, 2]
    assert versions[1].created_by == bo


@pytest.mark.parametrize("status", ["in_review", "rejected", "hidden"])
def test_some_states_are_only_read(as_user, bo, status):
    petition = PetitionFactory(organizer=bo, status=status, title="As it was")
    client = as_user(bo)
    text = client.get(page(petition)).content.decode()
    assert "As it was" in text
    assert 'name="title"' not in text
    assert client.post(page(petition), {"title": "Changed"}).status_code == 403
    assert Petition.objects.get().title == "As it was"


def test_a_closed_petition_keeps_its_text_and_takes_news(as_user, bo):
    petition = PetitionFactory(organizer=bo, is_closed=True, title="As it was")
    client = as_user(bo)
    assert client.post(page(petition), {"title": "Changed"}).status_code == 403
    typed = {"kind": "news", "body": "It was mended.", "happened_on": "2020-01-01", "when": "now"}
    assert client.post(f"{LIST}{petition.pk}/updates/new/", typed).status_code == 302
    assert Petition.objects.get().title == "As it was"
    assert Update.objects.get().published_at is not None


def test_submitting_is_the_one_move_of_organizers(as_user, bo):
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    text = client.get(page(petition)).content.decode()
    assert f"{LIST}{petition.pk}/move/submit/" in text
    assert "/move/publish/" not in text
    assert client.get(f"{LIST}{petition.pk}/move/submit/").status_code == 200
    assert Petition.objects.get().status == "draft"

    answer = client.post(f"{LIST}{petition.pk}/move/submit/")
    assert answer["Location"] == page(petition)
    assert Petition.objects.get().status == "in_review"
    assert ModerationEvent.objects.get().actor == bo
    for move in ("publish", "send-back", "reject", "close", "reopen", "hide", "restore"):
        assert client.post(f"{LIST}{petition.pk}/move/{move}/", {"note": "x"}).status_code == 403
    assert Petition.objects.get().status == "in_review"


def test_only_a_draft_is_deleted_and_only_by_its_organizer(as_user, bo, ana, mo):
    draft = PetitionFactory(organizer=bo)
    draft.submit(by=bo)
    draft.send_back(by=mo, note="Whom do you ask?")
    OutgoingMail.objects.create(kind="decision", recipient=bo.email, petition=draft)
    opened = PetitionFactory(organizer=bo, is_open=True)
    assert as_user(ana).post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert as_user(mo).post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    client = as_user(bo)
    assert client.post(f"{LIST}{opened.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": opened.pk, "post": "yes"})
    assert Petition.objects.count() == 2

    text = client.get(f"{LIST}{draft.pk}/delete/").content.decode()
    assert bo.email not in text
    assert client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Petition.objects.get() == opened


def test_a_draft_with_signatures_says_why_it_stays(as_user, bo):
    draft = PetitionFactory(organizer=bo)
    SignatureFactory(petition=draft)
    client = as_user(bo)
    for answer in (
        client.get(f"{LIST}{draft.pk}/delete/"),
        client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}),
    ):
        assert answer.status_code in {200, 403}
    assert "never deleted" in client.get(f"{LIST}{draft.pk}/delete/").content.decode()
    assert Petition.objects.filter(pk=draft.pk).exists()


def test_the_number_and_the_public_note_are_shown_the_private_note_is_not(as_user, bo, mo):
    petition = PetitionFactory(organizer=bo, is_open=True)
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    petition.close(by=mo, note="The board agreed.", private_note="Rang the board.")
    text = as_user(bo).get(page(petition)).content.decode()
    assert "The board agreed." in text
    assert "Rang the board." not in text
    assert f">{mo.username}<" not in text
    assert "sam" not in text.lower().replace("same", "").replace("sample", "")
    shown = re.search(r'field-supporters.*?class="readonly">(\d+)<', text, re.DOTALL)
    assert shown
    assert shown[1] == "3"
    listed = re.search(r'class="field-supporters">(\d+)<', as_user(bo).get(LIST).content.decode())
    assert listed
    assert listed[1] == "3"


def test_history_names_moderators_and_is_theirs(as_user, bo, mo):
    petition = PetitionFactory(organizer=bo)
    assert as_user(bo).get(f"{LIST}{petition.pk}/history/").status_code == 403
    assert "historylink" not in as_user(bo).get(page(petition)).content.decode()
    assert as_user(mo).get(f"{LIST}{petition.pk}/history/").status_code == 200


def test_a_target_is_added_but_not_changed(as_user, bo):
    client = as_user(bo)
    answer = client.post(
        "/admin/petitions/target/add/?_popup=1",
        {"_popup": "1", "name": "Škofja Loka council", "website": "council.example"},
    )
    assert answer.status_code == 200
    target = Target.objects.get()
    assert (target.slug, target.website) == ("škofja-loka-council", "https://council.example")
    changed = f"/admin/petitions/target/{target.pk}/"
    assert client.post(f"{changed}change/", {"name": "Mine"}).status_code == 403
    assert client.post(f"{changed}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/petitions/topic/add/").status_code == 403
    assert Target.objects.get().name == "Škofja Loka council"
    assert not Topic.objects.exists()


def test_a_target_is_linked_once(as_user, bo, page_of):
    petition = PetitionFactory(organizer=bo)
    target = TargetFactory()
    client = as_user(bo)

    def add():
        data = page_of(client, petition)
        data |= {
            "new_targets-TOTAL_FORMS": "1", "new_targets-0-target": str(target.pk),
            "new_targets-0-petition": str(petition.pk), "new_targets-0-relation": "called",
        }  # fmt: skip
        return client.post(page(petition), data)

    assert add().status_code == 302
    second = add()
    assert second.status_code == 200
    assert "already" in str(second.context["errors"])
    assert PetitionTarget.objects.get().relation == "called"


def test_after_opening_a_target_is_added_but_not_taken_away(as_user, bo, page_of):
    petition = PetitionFactory(organizer=bo, is_open=True)
    link = PetitionTarget.objects.create(petition=petition, target=TargetFactory())
    client = as_user(bo)
    data = page_of(
        client, petition,
        **{"target_links-0-DELETE": "on", "target_links-0-relation": "called",
           "target_links-0-id": str(link.pk), "target_links-0-petition": str(petition.pk)},
    )  # fmt: skip
    assert client.post(page(petition), data).status_code == 302
    link.refresh_from_db()
    assert link.relation == "decides"


def test_steps_are_edited_in_place(as_user, bo, page_of):
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    data = page_of(client, petition)
    data |= {
        "steps-TOTAL_FORMS": "1", "steps-0-kind": "call", "steps-0-contact": "The Board",
        "steps-0-phone": "01632 960 147", "steps-0-link": "board.example",
        "steps-0-petition": str(petition.pk),
    }  # fmt: skip
    assert client.post(page(petition), data).status_code == 302
    step = ActionStep.objects.get()
    assert (step.contact, step.link) == ("The Board", "https://board.example")


def test_topics_of_a_draft_are_changed(as_user, bo, page_of):
    topic = Topic.objects.create(name="Bridges", slug="bridges")
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    data = page_of(client, petition, topics=[str(topic.pk)])
    assert client.post(page(petition), data).status_code == 302
    assert list(petition.topics.all()) == [topic]
