"""What waits for moderators: one list, its filters and pages, claims, several at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions import asks, claims
from petitions.models import Appeal, Claim, Petition, StaffAct
from supporters.models import Report, Sweep
from supporters.moderation import waiting
from supporters.moderation.waiting import Kind, Place, Which
from tests.factories import PetitionFactory, SignatureFactory, UserFactory
from tests.supporters.fraud_world import propose, sign

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"


def ago(**span):
    return timezone.now() - timedelta(**span)


def submitted(title="Mend the bridge", **span):
    return PetitionFactory(
        title=title, status="in_review", submitted_at=ago(**span or {"hours": 1})
    )


def reported(petition, *, due_in=3, **values):
    values = {"category": "untrue", "due_at": timezone.now() + timedelta(days=due_in), **values}
    return Report.objects.create(petition=petition, **values)


def appealed(petition, *, due_in=6):
    event = petition.hide(by=None, note="Names a person.")
    due = timezone.now() + timedelta(days=due_in)
    return Appeal.objects.create(
        petition=petition, decision=event, appellant=petition.organizer, text="No.", due_at=due
    )


def changed(title="Dredge the river"):
    petition = PetitionFactory(title=title, is_open=True)
    asks.propose(petition, ask="Another.", reason="Better.", by=petition.organizer)
    return petition


def shown(answer):
    return [line.petition.title for line in answer.context["lines"]]


@pytest.fixture
def client(as_user, mo):
    return as_user(mo)


def test_of_every_kind_what_is_due_first_comes_first(client):
    submitted("Third", days=1)
    submitted("First", days=9)
    reported(PetitionFactory(title="Second", is_open=True), due_in=2)
    appealed(PetitionFactory(title="Fifth", is_open=True), due_in=20)
    changed("Fourth")
    PetitionFactory(title="A draft")
    PetitionFactory(title="Open", is_open=True)
    answer = client.get(QUEUE)
    assert shown(answer) == ["First", "Second", "Third", "Fourth", "Fifth"]
    text = answer.content.decode()
    assert "5 things wait" in text
    assert "1 of them overdue" in text
    assert [line.age.value for line in answer.context["lines"]] == [
        "overdue", "soon", "new", "new", "new"
    ]  # fmt: skip
    assert text.index("Overdue") < text.index("Due soon") < text.index("New")


def test_each_line_says_what_it_is_and_who_waits(client, ana):
    submitted()
    petition = PetitionFactory(is_open=True, organizer=ana)
    reported(petition, category="offensive", due_in=1)
    text = client.get(QUEUE).content.decode()
    assert "Submitted · To be read · <bdi>Ana Ferreira</bdi> waits" in text
    assert "1 report: It attacks people, or is offensive · The petition" in text
    assert f"/admin/petitions/petition/{Petition.objects.first().pk}/review/" in text


def test_reports_of_the_same_thing_are_one_line_with_their_number(client):
    petition = PetitionFactory(is_open=True, title="Mend the bridge")
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    for due_in in (4, 3, 5):
        reported(petition, due_in=due_in)
    reported(petition, signature=signature)
    reported(petition, state="dismissed", decided_at=timezone.now())
    answer = client.get(QUEUE)
    lines = answer.context["lines"]
    assert [line.what.partition(":")[0] for line in lines] == ["3 reports", "1 report"]
    assert "A supporter's reason" in lines[1].what.replace("&#x27;", "'")
    assert waiting.tallies()[2].number == 2
    assert "3 readers" in answer.content.decode()


def test_a_sweep_that_needs_a_second_moderator_is_a_line_and_the_first_page_counts_it(
    client, as_user, ana
):
    petition = PetitionFactory(is_open=True, title="Mend the bridge")
    sign(petition, 12)
    sweep = propose(petition, UserFactory(first_name="Lee", last_name="Wong"))
    submitted()
    text = client.get(f"{QUEUE}?kind=swept").content.decode()
    assert f"/admin/petitions/petition/{petition.pk}/fraud/{sweep.pk}/" in text
    assert "Sweep · 12 signatures to be removed · <bdi>Lee Wong</bdi> waits" in text
    start = client.get("/admin/").content.decode()
    assert '<a href="/admin/queue/?kind=swept">Sweep: 1</a>' in start
    assert '<a href="/admin/queue/?kind=submitted">Submitted: 1</a>' in start
    assert "kind=appealed" not in start
    assert "kind=swept" not in as_user(ana).get("/admin/").content.decode()
    Sweep.objects.update(state="declined")
    assert "kind=swept" not in client.get("/admin/").content.decode()


def test_an_empty_queue_says_so(client):
    assert "Nothing waits." in client.get(QUEUE).content.decode()
    submitted()
    text = client.get(f"{QUEUE}?kind=appealed").content.decode()
    assert "Nothing that you asked for waits." in text


def test_filters(client, mo):
    submitted("Old", days=9)
    mine = submitted("Mine", days=2)
    reported(PetitionFactory(title="Reported", is_open=True))
    claims.claim(mine.pk, by=mo)
    assert shown(client.get(f"{QUEUE}?kind=submitted")) == ["Old", "Mine"]
    assert shown(client.get(f"{QUEUE}?kind=reported")) == ["Reported"]
    assert shown(client.get(f"{QUEUE}?due=overdue")) == ["Old"]
    assert shown(client.get(f"{QUEUE}?whose=mine")) == ["Mine"]
    assert set(shown(client.get(f"{QUEUE}?whose=nobody"))) == {"Old", "Reported"}
    assert shown(client.get(f"{QUEUE}?whose=nobody&kind=submitted")) == ["Old"]
    Claim.objects.update(expires_at=timezone.now())
    assert shown(client.get(f"{QUEUE}?whose=mine")) == []


@pytest.mark.parametrize(
    "nonsense",
    ["kind=x", "due=1", "whose=%00", "after=x", "after=1.2", "after=9.9.9.9",
     "after=999999999999999999.0.1", "after=%D9%A3.0.1", "after=-1.0.1"],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(client, nonsense):
    submitted()
    assert client.get(f"{QUEUE}?{nonsense}").status_code == 200


def test_pages_have_every_line_once_also_where_all_is_due_at_once(client):
    at = ago(days=1)
    for n in range(5):
        PetitionFactory(title=f"S{n}", status="in_review", submitted_at=at)
        petition = PetitionFactory(title=f"R{n}", is_open=True)
        reported(petition, due_at=at + timedelta(days=5))
    PetitionFactory(title="No date", status="in_review")
    seen, after = [], None
    for _ in range(20):
        found, after = waiting.page(Which(), after=after, size=2)
        seen += found
        if after is None:
            break
        assert Place.read(str(after)) == after
    assert len(seen) == len({(line.kind, line.place.row) for line in seen}) == 11
    assert sorted(seen, key=lambda line: line.place) == seen


def test_the_next_page_is_linked(client, monkeypatch):
    monkeypatch.setattr("supporters.admin.queue.SIZE", 2)
    for n in range(3):
        submitted(f"S{n}", days=3 - n)
    first = client.get(f"{QUEUE}?kind=submitted")
    assert shown(first) == ["S0", "S1"]
    second = client.get(first.context["next_url"])
    assert shown(second) == ["S2"]
    assert "The most urgent" in second.content.decode()
    assert second.context["next_url"] == ""


def test_it_reads_a_page_at_once_not_line_by_line(client, count_queries):
    def fill(number):
        for _ in range(number):
            petition = PetitionFactory(is_open=True)
            reported(petition)
            submitted()
            changed()
            appealed(PetitionFactory(is_open=True))

    fill(1)
    client.get(QUEUE)
    with count_queries() as few:
        client.get(QUEUE)
    fill(4)
    with count_queries() as many:
        client.get(QUEUE)
    assert len(many) == len(few), many


def test_it_is_for_moderators(as_user, ana, client):
    assert as_user(ana).get(QUEUE).status_code == 403
    assert as_user(ana).post(QUEUE, {"action": "claim"}).status_code == 403
    assert "/admin/queue/" not in as_user(ana).get("/admin/").content.decode()
    submitted(days=9)
    text = client.get("/admin/").content.decode()
    assert "/admin/queue/" in text
    assert "1 of them overdue" in text


# Claims


def claim_of(petition):
    return f"/admin/petitions/petition/{petition.pk}/claim/"


def test_claim_and_release_from_the_queue_and_back(client, mo):
    petition = submitted()
    back = f"{QUEUE}?kind=submitted"
    answer = client.post(claim_of(petition), {"action": "claim", "back": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "<strong>You</strong> are at work on it until" in answer.content.decode()
    answer = client.post(claim_of(petition), {"action": "release", "back": back}, follow=True)
    assert "Nobody is at work on it." in answer.content.decode()
    again = client.post(claim_of(petition), {"action": "release"}, follow=True)
    assert "It was not yours any more" in again.content.decode()
    assert list(StaffAct.objects.order_by("pk").values_list("verb", flat=True)) == [
        "claimed", "released"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "back", ["https://evil.example/admin/", "//evil.example", "/accounts/", "javascript:1", "\x00"]
)
def test_its_button_leads_back_into_the_admin_alone(client, back):
    petition = submitted()
    answer = client.post(claim_of(petition), {"action": "claim", "back": back})
    assert answer["Location"] == f"/admin/petitions/petition/{petition.pk}/change/"


def test_a_page_asks_before_one_takes_over(client, as_user, mo, bo):
    bo.groups.set(mo.groups.all())
    petition = submitted()
    claims.claim(petition.pk, by=bo)
    text = client.get(QUEUE).content.decode()
    assert "<strong><bdi>Bo Ferreira</bdi></strong> is at work on it until" in text
    asked = client.get(claim_of(petition), {"back": QUEUE})
    text = asked.content.decode()
    assert "<bdi>Bo Ferreira</bdi></strong> since" in text
    assert Claim.objects.get().moderator == bo
    seen = asked.context["claim_mark"]
    answer = client.post(
        claim_of(petition), {"action": "take_over", "seen": seen, "back": QUEUE}, follow=True
    )
    assert "You have taken it over" in answer.content.decode()
    assert Claim.objects.get().moderator == mo
    late = as_user(bo).post(claim_of(petition), {"action": "take_over", "seen": seen}, follow=True)
    assert "Mo Ferreira is at work on this petition until" in late.content.decode()


def test_reading_claims_nothing(client):
    petition = submitted()
    place = f"/admin/petitions/petition/{petition.pk}/"
    for address in (
        QUEUE,
        *(place + page for page in ("claim/", "review/", "change/", "move/publish/")),
    ):
        assert client.get(address).status_code == 200
    assert not Claim.objects.exists()
    assert not StaffAct.objects.exists()


def test_what_another_holds_is_not_decided_and_what_was_typed_is_kept(client, mo, bo):
    bo.groups.set(mo.groups.all())
    petition = submitted()
    claims.claim(petition.pk, by=bo)
    address = f"/admin/petitions/petition/{petition.pk}/move/send-back/"
    answer = client.post(address, {"note": "Whom do you ask?"})
    text = answer.content.decode()
    assert "Bo Ferreira is at work on this petition until" in text
    assert "Whom do you ask?" in text
    assert claim_of(petition) in text
    assert Petition.objects.get().status == "in_review"
    seen = claims.mark(claims.of(petition.pk))
    client.post(claim_of(petition), {"action": "take_over", "seen": seen})
    client.post(address, {"note": "Whom do you ask?"})
    assert Petition.objects.get().status == "draft"


def test_an_expired_claim_stops_nobody(client, mo, bo):
    bo.groups.set(mo.groups.all())
    petition = submitted()
    claims.claim(petition.pk, by=bo)
    Claim.objects.update(expires_at=timezone.now())
    client.post(f"/admin/petitions/petition/{petition.pk}/move/publish/")
    assert Petition.objects.get().status == "open"


def test_a_changed_ask_that_another_holds_waits_too(client, mo, bo):
    bo.groups.set(mo.groups.all())
    petition = changed()
    claims.claim(petition.pk, by=bo)
    proposed = petition.proposed_ask
    answer = client.post(
        f"/admin/petitions/petition/{petition.pk}/proposed-ask/",
        {"action": "refuse", "note": "Too much.", "sha256": proposed.sha256, "number": 1},
    )
    text = answer.content.decode()
    assert "Bo Ferreira is at work on this petition until" in text
    assert "Too much." in text
    assert waiting.tallies()[1].number == 1


def test_the_petitions_own_page_shows_the_lock_to_moderators(client, as_user, mo, ana):
    petition = PetitionFactory(in_review=True, organizer=ana)
    claims.claim(petition.pk, by=mo)
    address = f"/admin/petitions/petition/{petition.pk}/change/"
    assert "<strong>You</strong>, until" in client.get(address).content.decode()
    assert "Who is at work on it" not in as_user(ana).get(address).content.decode()


# Several at once


def several(client, action, petitions, **typed):
    ids = [petition.pk for petition in petitions]
    return client.post(QUEUE, {"action": action, "_selected_action": ids, **typed}, follow=True)


def test_several_are_claimed_but_for_what_another_holds(client, mo, bo):
    petitions = [submitted(f"S{n}") for n in range(3)]
    claims.claim(petitions[0].pk, by=bo)
    text = several(client, "claim", petitions).content.decode()
    assert "You are at work on 2 petitions now." in text
    assert "“S0”: Bo Ferreira is at work on this petition until" in text


def test_several_are_published_after_a_page_that_names_them(client, mo, bo):
    petitions = [submitted(f"S{n}") for n in range(3)]
    asked = several(client, "publish", petitions)
    assert asked.status_code == 200
    assert all(petition.title in asked.content.decode() for petition in petitions)
    assert not Petition.objects.filter(status="open").exists()
    claims.claim(petitions[0].pk, by=bo)
    text = several(client, "publish", petitions, confirmed="yes").content.decode()
    assert "2 petitions were changed." in text
    assert "“S0”: Bo Ferreira is at work on this petition until" in text
    assert Petition.objects.get(status="in_review") == petitions[0]


def test_several_are_sent_back_with_one_note(client):
    petitions = [submitted(f"S{n}") for n in range(2)]
    empty = several(client, "send_back", petitions, confirmed="yes", note="")
    assert 'class="errorlist"' in empty.content.decode()
    several(client, "send_back", petitions, confirmed="yes", note="Whom do you ask?")
    assert Petition.objects.filter(status="draft").count() == 2


@pytest.mark.parametrize("action", ["", "reject", "delete_selected", "close"])
def test_nothing_else_is_done_with_several(client, action):
    text = several(client, action, [submitted()]).content.decode()
    assert "Choose what is to be done with them." in text
    assert Petition.objects.get().status == "in_review"


@pytest.mark.parametrize("pk", ["x", "\x00", "9" * 40, "-1", "٣", "999"])
def test_a_selection_of_nonsense_does_nothing(client, pk):
    answer = client.post(QUEUE, {"action": "claim", "_selected_action": pk}, follow=True)
    assert "Tick at least one petition." in answer.content.decode()


def test_what_waits_is_named_by_every_kind():
    assert [tally.kind for tally in waiting.tallies()] == list(Kind)
