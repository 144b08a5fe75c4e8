"""A moderator who works on a petition: what the admin says, and that nothing of it is decided."""

import pytest

from petitions.models import Petition, TeamMember
from petitions.models.impartial import OwnPetition
from supporters import reasons, signature_acts
from supporters.fold import fold
from supporters.fraud import decisions
from supporters.models import CountAdjustment, ReasonChoice, Signature, Sweep
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.admin.conftest import _staff, fields_of
from tests.supporters.fraud_world import propose, sign

SAYS = "so decide nothing about it"


@pytest.fixture
def lee(db):
    return _staff("lee", "Moderators")


@pytest.fixture
def own(mo):
    return PetitionFactory(is_open=True, organizer=mo, title="Mend the bridge")


def page(petition, more):
    return f"/admin/petitions/petition/{petition.pk}/{more}"


@pytest.mark.parametrize("move", ["publish", "send-back", "reject"])
def test_a_move_leads_back_and_says_why(as_user, mo, move):
    petition = PetitionFactory(in_review=True, organizer=mo)
    typed = {"note": "Fine.", "reason": "duplicate"}
    for ask in (as_user(mo).get, as_user(mo).post):
        response = ask(page(petition, f"move/{move}/"), typed, follow=True)
        assert response.redirect_chain == [(page(petition, "change/"), 302)]
        assert SAYS in response.content.decode()
    assert Petition.objects.get().status == "in_review"


def test_neither_from_the_queue_nor_the_list(as_user, mo):
    petition = PetitionFactory(in_review=True, organizer=mo)
    other = PetitionFactory(in_review=True)
    typed = {"_selected_action": [petition.pk, other.pk], "confirmed": "yes"}
    answer = as_user(mo).post("/admin/queue/", {**typed, "action": "publish"}, follow=True)
    assert SAYS in answer.content.decode()
    assert Petition.objects.get(pk=petition.pk).status == "in_review"
    assert Petition.objects.get(pk=other.pk).status == "open"
    Petition.objects.filter(pk=petition.pk).update(status="open")
    for action in ("close_selected", "feature_selected"):
        chosen = {**typed, "action": action, "outcome": "none", "happened_on": "2026-01-01"}
        answer = as_user(mo).post("/admin/petitions/petition/", chosen, follow=True)
        assert SAYS in answer.content.decode()
    stored = Petition.objects.get(pk=petition.pk)
    assert (stored.status, stored.featured_at) == ("open", None)
    assert Petition.objects.get(pk=other.pk).status == "closed"


def test_superusers_neither(as_user, own):
    root = _staff("root", None)
    root.is_superuser = True
    root.save()
    TeamMember.objects.create(petition=own, user=root, role="view")
    answer = as_user(root).post(page(own, "move/hide/"), {"note": "Away."}, follow=True)
    assert SAYS in answer.content.decode()
    assert Petition.objects.get().status == "open"


def test_their_page_offers_what_organizers_have(as_user, mo, own):
    html = as_user(mo).get(page(own, "change/")).content.decode()
    assert SAYS in html
    assert "/move/" not in html
    assert 'name="title"' not in html  # as for any organizer of an open petition
    assert 'name="organizer"' not in html
    assert 'name="body"' in html


def test_they_do_not_give_it_away_to_decide_about_it(as_user, mo, own, ana):
    client = as_user(mo)
    client.post(page(own, "change/"), fields_of(client, own, organizer=ana.pk, goal=500))
    stored = Petition.objects.get()
    assert (stored.organizer, stored.goal) == (mo, 500)


def test_a_changed_ask_of_theirs_waits_as_anybodys(as_user, mo, own):
    Petition.objects.filter(pk=own.pk).update(supporter_count=100)
    client = as_user(mo)
    client.post(page(own, "change/"), fields_of(client, own, ask="Build two bridges."))
    assert Petition.objects.get().ask == own.ask
    assert Petition.objects.get().proposed_ask.ask == "Build two bridges."


def test_no_sweep(asked_again, mo, lee, own):
    sign(own, 15)
    fold(own.pk)
    client = asked_again(mo)
    rule = {"domain": "wave.example"}
    shown = client.get(page(own, "fraud/preview/"), rule).content.decode()
    assert SAYS in shown
    client.post(page(own, "fraud/preview/"), {**rule, "note": "A wave."})
    assert not Sweep.objects.exists()
    sweep = propose(own, lee)
    assert sweep.state == "proposed"
    shown = client.get(page(own, f"fraud/{sweep.pk}/")).content.decode()
    assert SAYS in shown
    assert 'name="action"' not in shown.partition('id="content-main"')[2]
    for action in ("approve", "decline"):
        answer = client.post(page(own, f"fraud/{sweep.pk}/"), {"action": action}, follow=True)
        assert SAYS in answer.content.decode()
    sweep.refresh_from_db()
    assert (sweep.state, sweep.approved_by) == ("proposed", None)


@pytest.mark.parametrize("act", [decisions.cancel, decisions.resume, decisions.undo])
def test_nor_what_becomes_of_one(mo, lee, own, act):
    sign(own, 5)
    state = "running" if act == decisions.cancel else "cancelled"
    sweep = propose(own, lee)
    Sweep.objects.update(state=state, taken=3, needs_second=False)
    with pytest.raises(OwnPetition):
        act(sweep, by=mo)
    assert act(sweep, by=lee)


@pytest.mark.parametrize(("act", "status"), [("confirm", "pending"), ("remove", "confirmed")])
def test_nor_which_signatures_count(as_user, mo, own, act, status):
    row = SignatureFactory(petition=own, status=status)
    address = f"/admin/supporters/signature/{row.pk}/act/{act}/"
    answer = as_user(mo).post(address, {"reason": "Mine."}, follow=True)
    assert SAYS in answer.content.decode()
    assert Signature.objects.get().status == status


def test_who_wants_to_be_forgotten_waits_for_nobody(mo, own):
    row = SignatureFactory(petition=own, is_confirmed=True)
    assert signature_acts.erase(row, by=mo, reason="Asked by mail.")
    assert Signature.objects.get().status == "withdrawn"


def test_nor_an_entry_of_the_ledger(as_user, mo, own, ana):
    typed = {
        "petition": own.pk, "kind": "paper", "quantity": 900, "reason": "Lists", "source": "Here",
        "happened_on": "2026-01-05",
    }  # fmt: skip
    add = "/admin/supporters/countadjustment/add/"
    client = as_user(mo)
    assert SAYS in client.post(add, typed).content.decode()
    assert not CountAdjustment.objects.exists()
    Petition.objects.update(organizer=ana)
    assert client.post(add, typed).status_code == 302
    assert CountAdjustment.objects.get().quantity == 900


def test_nor_is_a_reason_that_moderators_took_off_put_back(mo, lee, own):
    row = SignatureFactory(petition=own, is_confirmed=True, reason="Bo did it.", display="full")
    hide = ReasonChoice.Kind.HIDDEN
    reasons.choose(own, row.pk, hide, by=lee, by_moderators=True)
    with pytest.raises(reasons.NotToBeChosen):
        reasons.choose(own, row.pk, None, by=mo, by_moderators=False)
    assert ReasonChoice.objects.get().by_moderators
