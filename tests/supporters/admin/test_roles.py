"""What each member of a petition's team may do in the admin, and that it ends at once."""

import pytest

from petitions.models import Petition, TeamMember, Update
from petitions.roles import Role
from petitions.states import Status
from supporters.access import may_download, may_edit, may_manage, may_update, may_view, owns
from tests.factories import PetitionFactory, UpdateFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, title="Mend the bridge", ask="Mend it.")


def join(petition: Petition, user, role: str) -> TeamMember:
    return TeamMember.objects.create(petition=petition, user=user, role=role)


def rights(user, petition: Petition) -> str:
    """The first letters of what this user may do, asked of a copy as a request has it."""
    petition = Petition.objects.get(pk=petition.pk)
    may = {
        "v": may_view(user, petition),
        "u": may_update(user, petition, Status.OPEN, Status.CLOSED),
        "e": may_edit(user, petition, Status.OPEN),
        "d": may_download(user, petition),
        "m": may_manage(user, petition),
        "o": owns(user, petition),
    }
    return "".join(letter for letter, answer in may.items() if answer)


def test_each_role_includes_the_one_before(ana, bo, mo, petition):
    assert rights(ana, petition) == "vuedmo"
    assert rights(mo, petition) == "vuem"
    assert rights(bo, petition) == ""
    member = join(petition, bo, "view")
    found = []
    for role in Role:
        TeamMember.objects.filter(pk=member.pk).update(role=role)
        found.append(rights(bo, petition))
    assert found == ["v", "vu", "vued"]
    TeamMember.objects.all().delete()
    assert rights(bo, petition) == ""
    assert rights(bo, PetitionFactory(is_open=True)) == ""


def test_a_role_in_one_petition_is_none_in_another(as_user, bo, petition):
    join(petition, bo, "edit")
    other = PetitionFactory(is_open=True, title="Xylophone lessons")
    own = PetitionFactory(organizer=bo, title="A third one")
    listed = as_user(bo).get(LIST).content.decode()
    assert "Mend the bridge" in listed
    assert own.title in listed
    assert "Xylophone" not in listed
    for address in ("change/", "sources/", "move/submit/", "delete/"):
        assert as_user(bo).get(f"{LIST}{other.pk}/{address}").status_code in {302, 403, 404}


def test_who_may_view_changes_nothing(as_user, bo, petition):
    join(petition, bo, "view")
    client = as_user(bo)
    text = client.get(page(petition)).content.decode()
    assert "Mend the bridge" in text
    assert 'name="ask"' not in text
    assert "Write an update" not in text
    news = f"{LIST}{petition.pk}/updates/"
    assert "Write an update" not in client.get(news).content.decode()
    for address in ("new/", "preview/", f"{UpdateFactory(petition=petition).pk}/"):
        assert client.post(news + address, {"body": "Mine.", "action": "save"}).status_code == 403
    assert client.post(page(petition), {"ask": "Something else."}).status_code == 403
    assert client.get(f"{LIST}{petition.pk}/sources/").status_code == 200
    assert "checklist" not in text


def test_who_may_update_posts_news_and_changes_nothing_else(as_user, bo, petition):
    join(petition, bo, "update")
    client = as_user(bo)
    typed = {"title": "News", "body": "It rained.", "kind": "news", "happened_on": "2020-01-01",
             "when": "draft", "ask": "Other.", "goal": "9"}  # fmt: skip
    assert client.post(f"{LIST}{petition.pk}/updates/new/", typed).status_code == 302
    assert Update.objects.get().author == bo
    others = {"new_targets-TOTAL_FORMS": "1", "steps-TOTAL_FORMS": "1",
              "steps-0-kind": "call", "steps-0-contact": "X"}  # fmt: skip
    assert client.post(page(petition), typed | others).status_code == 403
    after = Petition.objects.get()
    assert (after.ask, after.goal) == ("Mend it.", None)
    assert not after.steps.exists()


def test_who_may_update_does_not_touch_a_draft(as_user, bo, ana):
    draft = PetitionFactory(organizer=ana, ask="Mend it.", language="en")
    join(draft, bo, "update")
    client = as_user(bo)
    typed = {"title": "Mine", "ask": "Other.", "language": "es", "change_reason": "x"}
    assert client.post(page(draft), typed).status_code == 403
    after = Petition.objects.get()
    assert (after.title, after.ask, after.language) == (draft.title, "Mend it.", "en")
    assert client.post(f"{LIST}{draft.pk}/move/submit/").status_code == 403
    assert Petition.objects.get().status == "draft"


def test_who_may_edit_does_what_the_organizer_does_but_for_owning(
    as_user, ana, bo, petition, page_of
):
    join(petition, bo, "edit")
    client = as_user(bo)
    data = page_of(client, petition, ask="Mend it soon.", organizer=str(bo.pk))
    assert client.post(page(petition), data).status_code == 302
    after = Petition.objects.get()
    assert (after.ask, after.organizer, after.version.created_by) == ("Mend it soon.", ana, bo)
    draft = PetitionFactory(organizer=ana)
    join(draft, bo, "edit")
    assert client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}{draft.pk}/move/submit/").status_code == 302
    assert Petition.objects.get(pk=draft.pk).status == "in_review"


def test_who_is_removed_is_out_with_the_next_request(as_user, bo, petition, page_of):
    member = join(petition, bo, "edit")
    client = as_user(bo)
    data = page_of(client, petition, ask="Too late.")
    UpdateFactory(petition=petition)
    member.delete()
    assert client.post(page(petition), data).status_code == 302
    assert client.get(page(petition))["Location"] == "/admin/"
    assert client.get(f"{LIST}{petition.pk}/sources/").status_code == 404
    assert "Mend the bridge" not in client.get(LIST).content.decode()
    assert Petition.objects.get().ask == "Mend it."


def test_members_cost_one_query_more_than_the_organizer(as_user, ana, bo, petition, count_queries):
    join(petition, bo, "edit")
    counted = []
    for user in (ana, bo):
        client = as_user(user)
        client.get(page(petition))
        with count_queries() as queries:
            assert client.get(page(petition)).status_code == 200
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 1


def test_a_long_list_is_found_by_its_indexes(as_user, ana, bo, count_queries):
    for number in range(12):
        join(PetitionFactory(organizer=ana, title=f"Bridge {number}"), bo, "view")
    client = as_user(bo)
    with count_queries() as queries:
        assert client.get(LIST).content.decode().count('class="field-title"') == 12
    assert len(queries) <= 8, queries
