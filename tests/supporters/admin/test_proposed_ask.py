"""From a hundred supporters on, moderators read a changed ask before anybody else does."""

import pytest
from django.db import transaction

from petitions import asks
from petitions.models import Petition, PetitionEvent, PetitionVersion, ProposedAsk, TeamMember
from supporters import mails
from supporters.models import OutgoingMail
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition, name: str = "change") -> str:
    return f"{LIST}{petition.pk}/{name}/"


@pytest.fixture
def petition(ana) -> Petition:
    petition = PetitionFactory(
        is_open=True, organizer=ana, title="Mend the bridge", slug="mend", ask="Mend it by May."
    )
    Petition.objects.filter(pk=petition.pk).update(supporter_count=100)
    return petition


@pytest.fixture
def propose(as_user, ana, petition, page_of):
    def do(ask: str = "Mend it by June.", *, user=ana, **more):
        client = as_user(user)
        data = page_of(client, petition, ask=ask, change_reason="The council asked.", **more)
        return client.post(page(petition), data, follow=True)

    return do


def decide(client, petition, action: str, proposed: ProposedAsk, **values):
    number = Petition.objects.get(pk=petition.pk).version.number
    data = {"action": action, "sha256": proposed.sha256, "number": number, **values}
    return client.post(page(petition, "proposed-ask"), data, follow=True)


def test_the_old_text_stays_public_and_signed(propose, petition, client):
    answer = propose(summary="A new summary.", goal="500")
    assert "moderators read a change of what is asked first" in words(answer)
    after = Petition.objects.get()
    assert (after.ask, after.summary, after.goal) == ("Mend it by May.", "A new summary.", 500)
    assert ProposedAsk.objects.get().ask == "Mend it by June."
    public = client.get("/petitions/mend/").content.decode()
    assert "by May" in public
    assert "by June" not in public
    assert "by June" not in client.get("/petitions/mend/changes/2/").content.decode()
    signature = SignatureFactory(petition=after)
    assert signature.version.ask == "Mend it by May."


def test_below_a_hundred_it_is_shown_at_once(propose, petition, client):
    Petition.objects.update(supporter_count=98)
    SignatureFactory(petition=petition, is_confirmed=True)  # in the tail
    propose()
    assert Petition.objects.get().ask == "Mend it by June."
    assert not ProposedAsk.objects.exists()
    SignatureFactory(petition=petition, is_confirmed=True)
    propose("Mend it by July.")
    assert Petition.objects.get().ask == "Mend it by June."
    assert ProposedAsk.objects.get().ask == "Mend it by July."


def test_a_moderator_changes_it_at_once(propose, mo, petition):
    propose(user=mo)
    assert Petition.objects.get().ask == "Mend it by June."
    assert not ProposedAsk.objects.exists()


def test_approved(propose, as_user, ana, mo, petition, client):
    propose()
    moderator = as_user(mo)
    listed = moderator.get(f"{LIST}?status=text_waiting").content.decode()
    assert "Mend the bridge" in listed
    assert "Text change waiting" in moderator.get(page(petition)).content.decode()
    shown = moderator.get(page(petition, "proposed-ask")).content.decode()
    assert "<del>May</del><ins>June</ins>" in shown
    assert "The council asked." in shown
    answer = decide(moderator, petition, "approve", ProposedAsk.objects.get())
    assert "The new text is shown from now on." in words(answer)
    after = Petition.objects.get()
    newest = after.version
    assert (after.ask, newest.number) == ("Mend it by June.", 2)
    assert (newest.created_by, newest.reason) == (ana, "The council asked.")
    assert PetitionVersion.objects.count() == 2
    assert "by June" in client.get("/petitions/mend/").content.decode()
    assert not ProposedAsk.objects.exists()
    mail = mails.compose(OutgoingMail.objects.get(kind="team"))
    assert mail.to == [ana.email]
    assert mail.subject == "Your new text is shown: “Mend the bridge”"
    event = PetitionEvent.objects.latest("id")
    assert (event.kind, event.actor, event.by_moderators) == ("approved", mo, True)


def test_refused_with_a_note(propose, as_user, mo, petition):
    propose()
    moderator = as_user(mo)
    answer = decide(moderator, petition, "refuse", ProposedAsk.objects.get(), note="  ")
    assert "Say why" in answer.content.decode()
    assert ProposedAsk.objects.exists()
    decide(moderator, petition, "refuse", ProposedAsk.objects.get(), note="Too <far>.")
    assert Petition.objects.get().ask == "Mend it by May."
    assert not ProposedAsk.objects.exists()
    mail = mails.compose(OutgoingMail.objects.get(kind="team"))
    assert "Too <far>." in mail.body
    assert "not approved" in mail.subject


def test_a_second_change_takes_the_place_of_the_first(propose, as_user, mo, petition):
    propose()
    read = ProposedAsk.objects.get()
    propose("Sell the bridge.")
    for action in ("approve", "refuse"):
        answer = decide(as_user(mo), petition, action, read, note="x")
        assert "Nothing was done" in words(answer)
    assert Petition.objects.get().ask == "Mend it by May."
    assert ProposedAsk.objects.get().ask == "Sell the bridge."


def test_two_moderators_decide_and_one_is_told(propose, as_user, mo, petition):
    propose()
    read = ProposedAsk.objects.get()
    decide(as_user(mo), petition, "refuse", read, note="No.")
    assert "Nothing was done" in words(decide(as_user(mo), petition, "approve", read))
    assert Petition.objects.get().ask == "Mend it by May."
    assert OutgoingMail.objects.filter(kind="team").count() == 1


@pytest.mark.parametrize("change", ["text", "state"])
def test_what_changed_since_it_was_read_is_not_approved(propose, mo, petition, change):
    propose()
    proposed = ProposedAsk.objects.get()
    number = Petition.objects.get().version.number
    if change == "text":
        stored = Petition.objects.get()
        stored.ask = "Mend it by April."
        stored.save()
    else:
        Petition.objects.get().close(by=mo)
    with pytest.raises(asks.NoLonger), transaction.atomic():
        asks.approve(petition, sha256=proposed.sha256, number=number, by=mo)
    assert "June" not in Petition.objects.get().ask


def test_who_may_see_and_decide(propose, as_user, ana, bo, client, petition):
    propose()
    proposed = ProposedAsk.objects.get()
    for action in ("approve", "refuse", "", "x"):
        assert decide(as_user(ana), petition, action, proposed, note="x").status_code == 403
    assert as_user(bo).get(page(petition, "proposed-ask")).status_code == 404
    assert client.get(page(petition, "proposed-ask")).status_code == 302
    TeamMember.objects.create(petition=petition, user=bo, role="update")
    assert as_user(bo).get(page(petition, "proposed-ask")).status_code == 403
    assert decide(as_user(bo), petition, "take_back", proposed).status_code == 403
    assert "text_waiting" not in as_user(ana).get(LIST).content.decode()
    assert Petition.objects.get().ask == "Mend it by May."
    decide(as_user(ana), petition, "take_back", proposed)
    assert not ProposedAsk.objects.exists()
    assert "No change" in words(as_user(ana).get(page(petition, "proposed-ask")))


@pytest.mark.parametrize("sha256", ["\x00", "", "x" * 10_000, "\u0131"])
def test_a_fingerprint_that_cannot_be_one_decides_nothing(propose, as_user, ana, petition, sha256):
    propose()
    answer = decide(as_user(ana), petition, "take_back", ProposedAsk(sha256=sha256))
    assert answer.status_code == 200
    assert ProposedAsk.objects.exists()


def test_hostile_text_is_text(propose, as_user, mo, petition):
    propose("<script>alert(1)</script> & more")
    shown = as_user(mo).get(page(petition, "proposed-ask")).content.decode()
    assert "<script>alert" not in shown
    assert "&amp; more" in shown or "&amp;" in shown
