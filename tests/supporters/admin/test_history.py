"""What happened: every act is written down, moderators read it, nobody changes it."""

import pytest
from django.contrib import admin

from petitions import asks, claims
from petitions.admin import Recorded
from petitions.models import ModerationEvent, PetitionEvent, StaffAct, Target, Topic, User
from supporters.models import CountAdjustment
from tests.factories import PetitionFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = {
    "moderationevent": ModerationEvent,
    "petitionevent": PetitionEvent,
    "staffact": StaffAct,
}


@pytest.fixture
def root(db):
    return UserFactory(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def rows(mo):
    """One of each."""
    petition = PetitionFactory(title="Mend the bridge", is_open=True)
    asks.propose(petition, ask="Another.", reason="Better.", by=petition.organizer)
    claims.claim(petition.pk, by=mo)
    petition.close(by=mo)
    return petition


def test_every_admin_of_ours_writes_down_what_is_done_in_it():
    left_out = [
        type(each).__name__
        for each in admin.site._registry.values()
        if not isinstance(each, Recorded)
    ]
    assert left_out == []


# Reading


@pytest.mark.parametrize("name", LISTS)
def test_moderators_read_and_organizers_do_not(as_user, mo, ana, rows, name):
    listed = f"/admin/petitions/{name}/"
    row = LISTS[name].objects.first()
    text = as_user(mo).get(listed).content.decode()
    assert "Mend the bridge" in text
    assert as_user(mo).get(f"{listed}{row.pk}/change/").status_code == 200
    for address in (listed, f"{listed}{row.pk}/change/"):
        assert as_user(ana).get(address).status_code == 403


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("moderationevent", "to_status=closed", 1),
        ("moderationevent", "to_status=open", 0),
        ("moderationevent", "to_status=x", 1),
        ("petitionevent", "kind=proposed", 1),
        ("petitionevent", "kind=joined", 0),
        ("staffact", "verb=claimed", 1),
        ("staffact", "verb=noted", 0),
        ("staffact", "petition__id__exact=999", 0),
        ("staffact", "actor__id__exact=999", 0),
        ("staffact", "actor__id__exact=x", 1),
    ],
)
def test_filters(as_user, mo, rows, name, query, found):
    answer = as_user(mo).get(f"/admin/petitions/{name}/?{query}")
    assert answer.context["cl"].result_count == found


def test_of_one_actor_and_of_one_petition_by_links_of_the_list(as_user, mo, rows):
    client = as_user(mo)
    text = client.get("/admin/petitions/staffact/").content.decode()
    for query in (f"actor__id__exact={mo.pk}", f"petition__id__exact={rows.pk}"):
        assert f"/admin/petitions/staffact/?{query}" in text
        answer = client.get(f"/admin/petitions/staffact/?{query}")
        assert answer.context["cl"].result_count == 1


@pytest.mark.parametrize("query", ["actor__password__startswith=a", "petition__title=x", "note=x"])
def test_no_other_column_can_be_asked_for(as_user, mo, rows, query):
    answer = as_user(mo).get(f"/admin/petitions/staffact/?{query}")
    assert answer.status_code in {302, 400}


# Nobody writes


@pytest.mark.parametrize("model", [*LISTS.values(), CountAdjustment])
def test_not_even_a_superuser_adds_changes_or_deletes(as_user, root, rows, model):
    client = as_user(root)
    CountAdjustment.objects.create(petition=rows, kind="paper", quantity=1)
    row = model.objects.first()
    before = list(model.objects.values())
    listed = f"/admin/{model._meta.label_lower.replace('.', '/')}/"
    if model is not CountAdjustment:  # what moderators add
        assert client.get(f"{listed}add/").status_code == 403
        assert client.post(f"{listed}add/", {"note": "x"}).status_code == 403
    assert client.post(f"{listed}{row.pk}/change/", {"note": "x"}).status_code == 403
    assert client.get(f"{listed}{row.pk}/delete/").status_code == 403
    assert client.post(f"{listed}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    client.post(listed, chosen)
    assert list(model.objects.values()) == before


def test_nor_by_the_page_of_the_petition(as_user, root, mo, rows, page_of):
    client = as_user(root)
    claims.release(rows.pk, by=mo)
    before = list(ModerationEvent.objects.values())
    typed = {"events-TOTAL_FORMS": "1", "events-INITIAL_FORMS": "1", "events-MAX_NUM_FORMS": "0",
             "events-0-id": before[0]["id"], "events-0-petition": rows.pk,
             "events-0-public_note": "x", "events-0-DELETE": "on"}  # fmt: skip
    data = page_of(client, rows, goal="200", **typed)
    assert client.post(f"/admin/petitions/petition/{rows.pk}/change/", data).status_code == 302
    rows.refresh_from_db()
    assert rows.goal == 200
    assert list(ModerationEvent.objects.values()) == before


def test_nor_with_a_draft_that_was_decided_about(as_user, root, mo, ana):
    draft = PetitionFactory(organizer=ana)
    draft.submit(by=ana)
    draft.send_back(by=mo, note="Whom do you ask?")
    address = f"/admin/petitions/petition/{draft.pk}/delete/"
    assert "decisions stay" in as_user(root).get(address).content.decode()
    assert "decisions stay" in as_user(root).post(address, {"post": "yes"}).content.decode()
    assert ModerationEvent.objects.count() == 2
    assert not StaffAct.objects.exists()
    # Its organizer takes back what they wrote; that it was decided about stays.
    assert as_user(ana).post(address, {"post": "yes"}).status_code == 302
    act = StaffAct.objects.get()
    days = [event.partition(": ")[2] for event in act.note.split("; ")]
    assert days == ["draft → in_review", "in_review → draft"]
    assert "mo: in_review" in act.note


def test_nor_with_the_account_of_who_acted(as_user, root, mo):
    petition = PetitionFactory(is_open=True)
    about = asks.propose(petition, ask="Another.", reason="Better.", by=petition.organizer)
    asks.refuse(petition, sha256=about.sha256, note="No.", by=mo)
    address = f"/admin/petitions/user/{mo.pk}/delete/"
    assert "Cannot delete user" in as_user(root).post(address, {"post": "yes"}).content.decode()
    assert User.objects.filter(pk=mo.pk).exists()
    assert PetitionEvent.objects.get(kind="refused").actor == mo


# Writing down


def acts():
    rows = StaffAct.objects.order_by("pk")
    return [(act.actor.username, act.verb, act.subject_type, act.note) for act in rows]


def test_what_is_added_changed_and_deleted(as_user, mo):
    client = as_user(mo)
    client.post("/admin/petitions/topic/add/", {"name": "Bridges"})
    topic = Topic.objects.get()
    address = f"/admin/petitions/topic/{topic.pk}/"
    client.post(f"{address}change/", {"name": "Rivers", "description": "All."})
    client.post(f"{address}delete/", {"post": "yes"})
    assert acts() == [
        ("mo", "added", "petitions.topic", ""),
        ("mo", "changed", "petitions.topic", "Name, Description"),
        ("mo", "deleted", "petitions.topic", ""),
    ]
    assert set(StaffAct.objects.values_list("subject_id", flat=True)) == {str(topic.pk)}


def test_an_act_about_a_petition_names_it_and_no_signer(as_user, mo):
    petition = PetitionFactory(is_open=True)
    entry = {"petition": petition.pk, "kind": "paper", "quantity": 3, "reason": "Market stall",
             "source": "Sheets 1 to 3", "happened_on": "2026-01-02"}  # fmt: skip
    as_user(mo).post("/admin/supporters/countadjustment/add/", entry)
    assert CountAdjustment.objects.exists()
    act = StaffAct.objects.get()
    assert (act.petition, act.subject_type) == (petition, "supporters.countadjustment")
    assert act.note == ""


def test_a_draft_takes_its_page_along_and_the_act_stays(as_user, ana, page_of):
    petition = PetitionFactory(organizer=ana)
    client = as_user(ana)
    address = f"/admin/petitions/petition/{petition.pk}/"
    client.post(f"{address}change/", page_of(client, petition, summary="Shut since June."))
    client.post(f"{address}delete/", {"post": "yes"})
    assert [(verb, note) for _who, verb, _what, note in acts()] == [
        ("changed", "Summary"),
        ("deleted", ""),
    ]
    assert {act.petition for act in StaffAct.objects.all()} == {None}
    assert {act.subject_id for act in StaffAct.objects.all()} == {str(petition.pk)}


def test_accounts_and_groups_too(as_user, root):
    client = as_user(root)
    client.post("/admin/auth/group/add/", {"name": "Readers"})
    user = UserFactory(username="new")
    TargetFactory()
    client.post(f"/admin/petitions/user/{user.pk}/delete/", {"post": "yes"})
    client.post(f"/admin/petitions/target/{Target.objects.get().pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="new").exists()
    assert [(verb, what) for _who, verb, what, _note in acts()] == [
        ("added", "auth.group"),
        ("deleted", "petitions.user"),
        ("deleted", "petitions.target"),
    ]
