"""The list of reasons that moderators edit and choose from."""

import pytest

from petitions.models import DecisionReason, Petition, StaffAct
from tests.factories import PetitionFactory
from tests.supporters.admin.test_decision_previews import said
from tests.supporters.admin.test_moves import move_of

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/decisionreason/"
NEW = {
    "code": "election",
    "is_offered": "on",
    "rank": "1",
    "wordings-TOTAL_FORMS": "2",
    "wordings-INITIAL_FORMS": "0",
    "wordings-0-language": "en",
    "wordings-0-text": "It is about an election.",
    "wordings-1-language": "es",
    "wordings-1-text": "Trata de unas elecciones.",
}


def page(code: str, action: str = "change") -> str:
    return f"{LIST}{DecisionReason.objects.get(code=code).pk}/{action}/"


def saved_again(**changes: str) -> dict[str, str]:
    """What the page of a shipped reason posts."""
    empty = {"wordings-TOTAL_FORMS": "0", "wordings-INITIAL_FORMS": "0"}
    return {"is_offered": "on", "rank": "10", **empty, **changes}


def test_a_reason_is_made_offered_and_given(as_user, mo):
    client = as_user(mo)
    client.post(f"{LIST}add/", NEW)
    assert str(DecisionReason.objects.get(code="election")) == "It is about an election."
    assert StaffAct.objects.get().verb == "added"
    petition = PetitionFactory(in_review=True, slug="mend")
    form = client.get(move_of(petition, "reject")).content.decode()
    assert form.index("It is about an election.") < form.index("already an open petition")
    client.post(move_of(petition, "reject"), {"reason": "election"})
    assert "Trata de unas elecciones." in client.get("/es/petitions/mend/").content.decode()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": ""}, "This field is required."),
        ({"code": "Zwei Wörter"}, "Small letters, digits and _ alone."),
        ({"code": "duplicate"}, "already exists"),
        ({"wordings-0-language": "es", "wordings-1-text": ""}, "This field is required."),
        ({"wordings-0-text": "", "wordings-0-language": ""}, "Give its words in English."),
        ({"wordings-1-language": "en"}, "duplicate"),
    ],
)
def test_what_is_wrong_is_said_in_place(as_user, mo, changes, why):
    answer = as_user(mo).post(f"{LIST}add/", NEW | changes)
    assert why in said(answer)
    assert not DecisionReason.objects.filter(code="election").exists()


def test_the_code_stays(as_user, mo):
    client = as_user(mo)
    assert 'name="code"' not in client.get(page("unclear")).content.decode()
    client.post(page("unclear"), {**saved_again(), "code": "other_code"})
    assert DecisionReason.objects.filter(code="unclear").exists()


def test_what_is_no_longer_offered_cannot_be_given(as_user, mo):
    client = as_user(mo)
    client.post(page("unclear"), {**saved_again(), "is_offered": ""})
    assert StaffAct.objects.get().verb == "changed"
    petition = PetitionFactory(in_review=True)
    answer = client.post(move_of(petition, "reject"), {"reason": "unclear"})
    assert 'class="errorlist"' in answer.content.decode()


def test_hiding_texts_from_now_on_hides_those_of_before(
    as_user, mo, django_capture_on_commit_callbacks
):
    petition = PetitionFactory(in_review=True)
    petition.reject(by=mo, reason="unclear")
    with django_capture_on_commit_callbacks(execute=True):
        as_user(mo).post(page("unclear"), saved_again(hides_text="on"))
    assert Petition.objects.get().is_text_withheld


def test_what_was_given_is_not_deleted(as_user, mo):
    client = as_user(mo)
    client.post(f"{LIST}add/", NEW)
    PetitionFactory(in_review=True).reject(by=mo, reason="election")
    for code, why in (("election", "was given for a decision"), ("other", "comes with the site")):
        assert why in said(client.get(page(code, "delete")))
        assert client.post(page(code, "delete"), {"post": "yes"}).status_code in {200, 403}
        assert DecisionReason.objects.filter(code=code).exists()


def test_what_nobody_used_is(as_user, mo):
    client = as_user(mo)
    client.post(f"{LIST}add/", NEW)
    assert client.post(page("election", "delete"), {"post": "yes"}).status_code == 302
    assert not DecisionReason.objects.filter(code="election").exists()
    assert StaffAct.objects.filter(verb="deleted", note="election").exists()


def test_organizers_do_not_see_it(as_user, ana):
    assert as_user(ana).get(LIST).status_code == 403
