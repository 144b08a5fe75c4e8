"""One page to decide from: the text, what to look at twice, what changed, notes, all that happened."""

import pytest

from petitions import claims, team
from petitions.models import Petition, PetitionTarget, StaffAct, SubmittedText
from petitions.roles import Role
from tests.factories import PetitionFactory, TargetFactory

pytestmark = pytest.mark.django_db


def page(petition):
    return f"/admin/petitions/petition/{petition.pk}/review/"


def edit(petition, **values):
    petition = Petition.objects.get(pk=petition.pk)
    for name, value in values.items():
        setattr(petition, name, value)
    petition.save()


@pytest.fixture
def client(as_user, mo):
    return as_user(mo)


@pytest.fixture
def petition(ana):
    petition = PetitionFactory(title="Mend the bridge on Weir Lane", organizer=ana)
    petition.submit(by=ana)
    return petition


def test_it_shows_what_readers_would_see_and_leads_to_the_moves(client, petition):
    text = client.get(page(petition)).content.decode()
    assert "The bridge has been shut since May." in text
    assert "<p>It was shut after the flood.</p>" in text
    assert "Mend the bridge before winter." in text
    assert "/petitions/preview/" in text
    for move in ("publish", "send-back", "reject"):
        assert f"/admin/petitions/petition/{petition.pk}/move/{move}/" in text
    assert "This text was not submitted before" not in text


def test_a_text_that_was_never_submitted_has_nothing_to_compare(client):
    text = client.get(page(PetitionFactory(in_review=True))).content.decode()
    assert "This text was not submitted before." in text


def test_the_lints_findings_are_shown_with_the_words_around_them(client, petition):
    edit(petition, body="Ring me at 01632 960 147 & <b>soon</b>.")
    text = client.get(page(petition)).content.decode()
    assert "Story: a telephone number" in text
    assert "<mark>01632 960 147</mark> &amp; &lt;b&gt;soon" in text


def test_similar_petitions_stand_beside(client, petition):
    other = PetitionFactory(title="Mend the bridge on Weir Lane now", is_open=True)
    text = client.get(page(petition)).content.decode()
    assert other.get_absolute_url() in text
    other.hide(by=None)
    text = client.get(page(petition)).content.decode()
    assert "No open petition has a title like this one." in text


def test_what_changed_since_it_was_submitted_before(client, petition, ana, mo):
    text = client.get(page(petition)).content.decode()
    assert "The text is the same as the one of" in text
    petition.send_back(by=mo, note="Say by when.")
    edit(petition, ask="Mend the bridge before summer.")
    Petition.objects.get().submit(by=ana)
    text = client.get(page(petition)).content.decode()
    assert "Mend the bridge before <del>winter</del><ins>summer</ins>." in text
    assert "<h3>What we ask</h3>" in text
    assert "<h3>Story</h3>" not in text


def test_the_last_two_submissions_are_kept(petition, ana, mo):
    for ask in ("One.", "Two.", "Three."):
        Petition.objects.get().send_back(by=mo)
        edit(petition, ask=ask)
        Petition.objects.get().submit(by=ana)
    rows = SubmittedText.objects.order_by("pk").values_list("ask", flat=True)
    assert list(rows) == ["Two.", "Three."]


def test_targets_and_the_organizers_other_petitions(client, petition, ana):
    PetitionTarget.objects.create(petition=petition, target=TargetFactory(name="Bridges Board"))
    PetitionFactory(title="Rejected before", organizer=ana, status="rejected")
    PetitionFactory(title="Somebody else's")
    text = client.get(page(petition)).content.decode()
    assert "Bridges Board" in text
    assert "Rejected before" in text
    assert "Somebody else" not in text


def test_a_private_note_is_kept_and_only_moderators_see_it(client, as_user, petition, ana, mo):
    claims.claim(petition.pk, by=mo)
    answer = client.post(page(petition), {"note": "Rang them <today>."}, follow=True)
    text = answer.content.decode()
    assert "Rang them &lt;today&gt;." in text
    act = StaffAct.objects.get(verb="noted")
    assert (act.actor, act.petition, act.note) == (mo, petition, "Rang them <today>.")
    theirs = as_user(ana)
    assert theirs.get(page(petition)).status_code == 403
    assert theirs.post(page(petition), {"note": "x"}).status_code == 403
    for place in ("change/", "team/"):
        address = f"/admin/petitions/petition/{petition.pk}/{place}"
        assert "Rang them" not in theirs.get(address).content.decode()


@pytest.mark.parametrize("note", ["", "   ", "a\x00b", "x" * 2001])
def test_a_note_that_cannot_be_kept_is_told_in_place(client, petition, note):
    answer = client.post(page(petition), {"note": note})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert not StaffAct.objects.exists()


def test_all_that_happened_in_order_of_time(client, petition, ana, mo):
    claims.claim(petition.pk, by=mo)
    client.post(page(petition), {"note": "Rang them."})
    petition.publish(by=mo)
    petition.hide(by=mo, reason="private_person", note="Names a child.", private_note="Letter.")
    team.invite(petition, address="none@example.org", role=Role.VIEW, by=ana)
    answer = client.get(page(petition))
    whats = [entry.what for entry in answer.context["history"]]
    assert whats == [
        "Draft → In review", "claimed", "noted", "In review → Open", "Open → Hidden",
        "invited somebody · View: text, updates and figures",
    ]  # fmt: skip
    hidden = answer.context["history"][4]
    assert hidden.who == "Mo Ferreira"
    assert (hidden.public_note, hidden.private_note) == ("Names a child.", "Letter.")
    assert hidden.reason
    assert "none@example.org" not in answer.content.decode()


def test_no_such_petition(client):
    assert client.get("/admin/petitions/petition/999/review/").status_code == 404
    assert client.get("/admin/petitions/petition/x/claim/").status_code == 404
