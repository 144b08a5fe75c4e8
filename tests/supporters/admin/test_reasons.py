"""Reasons in the admin: who reads them, who puts one first or takes it off the page."""

import re

import pytest

from petitions.models import PetitionEvent, TeamMember
from supporters.models import ReasonChoice, Signature
from supporters.reasons import mark
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.admin.conftest import _staff
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana):
    return PetitionFactory(is_open=True, organizer=ana, slug="mend")


@pytest.fixture
def reason(petition):
    return SignatureFactory(
        petition=petition,
        reason="I cross it every day.",
        is_confirmed=True,
        email="sam@example.org",
    )


def address(petition, query: str = "") -> str:
    return f"/admin/petitions/petition/{petition.pk}/reasons/{query}"


def press(client, petition, action, row):
    return client.post(address(petition), {"action": action, "row": str(row), "read": read(row)})


def read(row) -> str:
    """What the page has beside the reason."""
    return next((mark(each.reason) for each in Signature.objects.all() if each.pk == row), "")


def test_the_organizer_chooses(as_user, ana, petition, reason, client):
    ours = as_user(ana)
    text = words(ours.get(address(petition)))
    assert "I cross it every day." in text
    assert "Sam O." in text
    assert "Okoye" not in text
    assert "sam@example.org" not in text
    for action, kind, event in (
        ("highlight", "highlighted", "highlighted"),
        ("hide", "hidden", "hid"),
    ):
        assert press(ours, petition, action, reason.pk)["Location"] == address(petition)
        assert ReasonChoice.objects.get().kind == kind
        assert ReasonChoice.objects.get().by == ana
        assert PetitionEvent.objects.latest("id").kind == event
    assert "Not shown" in words(ours.get(address(petition)))
    press(ours, petition, "as_others", reason.pk)
    assert not ReasonChoice.objects.exists()
    team = words(ours.get(f"/admin/petitions/petition/{petition.pk}/team/"))
    assert "took a supporter's reason off the page" in team.replace("’", "'")


def test_only_what_was_read_is_put_first(as_user, ana, petition, reason):
    ours = as_user(ana)
    found = re.search(r'name="read" value="(\w+)"', ours.get(address(petition)).content.decode())
    typed = {"action": "highlight", "row": str(reason.pk), "read": found[1]}
    Signature.objects.filter(pk=reason.pk).update(reason="Buy pills.")
    assert "cannot be chosen any more" in words(ours.post(address(petition), typed, follow=True))
    assert not ReasonChoice.objects.exists()
    ours.post(address(petition), {**typed, "action": "hide"})
    assert ReasonChoice.objects.get().kind == "hidden"


def test_a_moderator_is_not_named_and_not_undone(as_user, ana, mo, petition, reason):
    press(as_user(mo), petition, "hide", reason.pk)
    text = words(as_user(ana).get(address(petition)))
    assert "a moderator took it off the page" in text
    assert "Show as all others" not in text
    said = words(
        as_user(ana).post(
            address(petition), {"action": "as_others", "row": str(reason.pk)}, follow=True
        )
    )
    assert "a moderator took it off the page" in said
    assert ReasonChoice.objects.get().kind == "hidden"
    press(as_user(mo), petition, "as_others", reason.pk)
    assert not ReasonChoice.objects.exists()


@pytest.mark.parametrize(("role", "may"), [("edit", True), ("update", False), ("view", False)])
def test_the_team_by_role(as_user, petition, reason, role, may):
    user = _staff("member", "Organizers")
    TeamMember.objects.create(petition=petition, user=user, role=role)
    client = as_user(user)
    response = client.get(address(petition))
    assert response.status_code == 200
    assert ("Show first" in words(response)) == may
    assert press(client, petition, "hide", reason.pk).status_code == (302 if may else 403)
    assert ReasonChoice.objects.exists() == may


def test_nobody_else(as_user, bo, nobody_yet, client, petition, reason):
    for stranger in (bo, nobody_yet):
        assert as_user(stranger).get(address(petition)).status_code in {403, 404}
        assert press(as_user(stranger), petition, "hide", reason.pk).status_code in {403, 404}
    assert press(client, petition, "hide", reason.pk).status_code == 302
    assert not ReasonChoice.objects.exists()


@pytest.mark.parametrize("row", ["", "x", "-1", "99999999999999999999", "1'"])
def test_a_row_that_is_none(as_user, ana, petition, row):
    assert press(as_user(ana), petition, "hide", row).status_code in {302, 403}
    assert not ReasonChoice.objects.exists()


def test_an_act_that_is_none(as_user, ana, petition, reason):
    assert press(as_user(ana), petition, "delete", reason.pk).status_code == 403


def test_one_of_another_petition(as_user, ana, petition):
    other = SignatureFactory(reason="Elsewhere.", is_confirmed=True)
    press(as_user(ana), petition, "hide", other.pk)
    assert not ReasonChoice.objects.exists()


def test_a_fourth_is_refused_in_words(as_user, ana, petition):
    given = SignatureFactory.create_batch(4, petition=petition, reason="Yes.", is_confirmed=True)
    client = as_user(ana)
    for each in given[:3]:
        press(client, petition, "highlight", each.pk)
    typed = {"action": "highlight", "row": str(given[3].pk), "read": read(given[3].pk)}
    assert "3 are shown first already" in words(client.post(address(petition), typed, follow=True))


def test_pages_by_what_came_before(as_user, ana, petition, count_queries):
    for n in range(45):
        SignatureFactory(petition=petition, reason=f"reason {n}.", is_confirmed=True)
    client, seen, query = as_user(ana), [], ""
    for _page in range(3):
        with count_queries() as queries:
            response = client.get(address(petition, query))
        assert len(queries) <= 8, queries
        seen += [row.reason for row in response.context["rows"]]
        query = f"?before={response.context['next_id']}"
    assert seen == [f"reason {n}." for n in reversed(range(45))]
    assert response.context["next_id"] is None
    for odd in ("?before=0", "?before=x", "?before=99999999999999999999999"):
        assert client.get(address(petition, odd)).status_code == 200


def test_none_yet(as_user, ana, petition):
    SignatureFactory(
        petition=petition, reason="Not to be seen.", display="hidden", is_confirmed=True
    )
    text = words(as_user(ana).get(address(petition)))
    assert "Nobody who is shown has given a reason yet." in text
    assert "Not to be seen." not in text
