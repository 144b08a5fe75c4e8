"""Appeals in the admin: by the organizer, decided by another moderator than the first."""

import pytest
from django.contrib.auth.models import Group

from petitions import claims
from petitions.models import Appeal, Petition, TeamMember, Update
from supporters import mails
from supporters.models import OutgoingMail
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.admin.test_decision_previews import move_of, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def lu(db):
    """Another moderator."""
    lu = UserFactory(username="lu", first_name="Lu", is_staff=True)
    lu.groups.add(Group.objects.get(name="Moderators"))
    return lu


@pytest.fixture
def petition(ana, mo) -> Petition:
    petition = PetitionFactory(in_review=True, organizer=ana, title="Mend the bridge")
    petition.reject(by=mo, reason="unclear", note="Whom do you ask?")
    return petition


def own(petition: Petition, page: str = "appeal") -> str:
    return f"/admin/petitions/petition/{petition.pk}/{page}/"


def judged() -> str:
    return f"/admin/petitions/appeal/{Appeal.objects.get().pk}/change/"


def test_from_the_decision_to_the_answer(as_user, petition, ana, mo, lu):
    client = as_user(ana)
    assert own(petition) in client.get(own(petition, "change")).content.decode()
    page = said(client.get(own(petition)))
    assert "It is not clear what the petition asks for, or of whom." in page
    assert "Whom do you ask?" in page
    page = said(client.get(own(petition, "change")))
    assert "A moderator read your petition and did not open it for signing." in page
    assert "Whom do you ask?" in page
    assert "you can appeal once" in page
    client.post(own(petition), {"text": "The bridges board. It is in the first line."})
    appeal = Appeal.objects.get()
    assert (appeal.appellant, appeal.petition) == (ana, petition)
    assert "An appeal that waits" in said(client.get(own(petition)))
    page = said(client.get(own(petition, "change")))
    assert "The appeal waits." in page
    assert "Whom do you ask?" in page
    assert "you can appeal once" not in page

    page = said(as_user(lu).get(judged()))
    assert "It is in the first line." in page
    assert "Whom do you ask?" in page
    answer = as_user(lu).post(judged(), {"action": "grant", "answer": "So it is."}, follow=True)
    assert "“Mend the bridge” is now: In review." in said(answer)
    assert Petition.objects.get().status == "in_review"
    mail = mails.compose(OutgoingMail.objects.get(kind="report"))
    assert mail.subject == "Your appeal was granted: “Mend the bridge”"
    assert "Your petition is in review again" in mail.body
    assert "So it is." in mail.body
    page = said(client.get(own(petition)))
    assert "An appeal that was granted" in page
    assert "So it is." in page
    assert "Lu" not in page


def test_refused(as_user, petition, ana, lu):
    as_user(ana).post(own(petition), {"text": "x"})
    as_user(lu).post(judged(), {"action": "refuse", "answer": "Still unclear."})
    assert Petition.objects.get().status == "rejected"
    assert OutgoingMail.objects.filter(kind="report").count() == 1
    mail = mails.compose(OutgoingMail.objects.get(kind="report"))
    assert mail.subject == "Your appeal was not granted: “Mend the bridge”"
    page = said(as_user(ana).get(own(petition)))
    assert "An appeal that was not granted" in page
    assert "Send the appeal" not in page


def test_who_decided_first_does_not_decide_again(as_user, petition, ana, mo, lu):
    as_user(ana).post(own(petition), {"text": "x"})
    assert "another moderator decides" in said(as_user(mo).get(judged()))
    assert as_user(mo).post(judged(), {"action": "grant", "answer": "x"}).status_code == 403
    assert Appeal.objects.get().state == "waiting"


def test_nor_does_a_member_of_the_petitions_team(as_user, petition, ana, lu):
    as_user(ana).post(own(petition), {"text": "x"})
    TeamMember.objects.create(petition=petition, user=lu, role="view")
    assert "Nobody else can decide this appeal." in said(as_user(lu).get(judged()))
    assert as_user(lu).post(judged(), {"action": "grant", "answer": "x"}).status_code == 403
    assert Appeal.objects.get().state == "waiting"


@pytest.mark.parametrize("action", ["grant", "refuse"])
def test_while_another_moderator_is_at_work_nothing_is_decided(
    as_user, petition, ana, mo, lu, action
):
    as_user(ana).post(own(petition), {"text": "x"})
    claims.claim(petition.pk, by=mo)
    answer = as_user(lu).post(judged(), {"action": action, "answer": "So it is."})
    assert answer.status_code == 200
    assert "is at work on this petition until" in said(answer)
    assert "So it is.</textarea>" in answer.content.decode()
    assert Appeal.objects.get().state == "waiting"
    assert Petition.objects.get().status == "rejected"
    claims.take_over(petition.pk, by=lu, seen=claims.mark(claims.of(petition.pk)))
    as_user(lu).post(judged(), {"action": action, "answer": "So it is."})
    assert Appeal.objects.get().state != "waiting"
    assert claims.of(petition.pk).moderator == lu


@pytest.mark.parametrize("told", [True, False])
def test_the_last_mailing_of_a_closing_can_be_stopped_from_there(as_user, ana, mo, lu, told):
    petition = PetitionFactory(is_open=True, organizer=ana)
    typed = {"outcome": "declined", "happened_on": "2026-01-02"}
    if told:
        typed |= {"tells_supporters": "on", "news_title": "It is over", "news_text": "Thank you."}
    as_user(mo).post(move_of(petition, "close"), typed)
    assert Petition.objects.get().status == "closed"
    as_user(ana).post(own(petition), {"text": "It is not over."})
    answer = as_user(lu).get(judged())
    assert ("It stays published, whatever you decide." in said(answer)) is told
    if told:
        mailing = own(petition, f"updates/{Update.objects.get().pk}/mailing")
        assert f'href="{mailing}"' in answer.content.decode()
        assert as_user(lu).get(mailing).status_code == 200


def test_with_one_moderator_alone_it_says_so(as_user, petition, ana, mo):
    as_user(ana).post(own(petition), {"text": "x"})
    assert "Nobody else can decide this appeal." in said(as_user(mo).get(judged()))


def test_whoever_comes_second_is_told(as_user, petition, ana, lu):
    as_user(ana).post(own(petition), {"text": "x"})
    as_user(lu).post(judged(), {"action": "refuse", "answer": "No."})
    answer = as_user(lu).post(judged(), {"action": "grant", "answer": "Yes."}, follow=True)
    assert "it is now “Refused”" in said(answer)
    assert Petition.objects.get().status == "rejected"
    assert OutgoingMail.objects.filter(kind="report").count() == 1


@pytest.mark.parametrize("typed", [{"answer": ""}, {"answer": "x", "action": "nonsense"}])
def test_what_is_missing(as_user, petition, ana, lu, typed):
    as_user(ana).post(own(petition), {"text": "x"})
    answer = as_user(lu).post(judged(), {"action": "grant", **typed})
    assert answer.status_code == 200
    assert Appeal.objects.get().state == "waiting"


def test_an_empty_appeal_and_one_too_many(as_user, petition, ana, mo):
    client = as_user(ana)
    page = client.post(own(petition), {"text": " "}).content.decode()
    assert 'class="errorlist"' in page
    assert "<title>Error: " in page
    assert "Nothing was done yet: correct the error below." in page
    assert not Appeal.objects.exists()
    client.post(own(petition), {"text": "x"})
    page = said(client.post(own(petition), {"text": "And another thing."}))
    assert "This decision cannot be appealed any more. Nothing was sent." in page
    assert "And another thing." in page
    assert Appeal.objects.count() == 1


def test_what_is_too_long_comes_back_whole(as_user, petition, ana, lu):
    long = "Not so. " * 1_000
    page = as_user(ana).post(own(petition), {"text": long}).content.decode()
    assert "This is 2999 characters too long" in page
    assert long.strip() in page
    assert "maxlength" not in page
    assert not Appeal.objects.exists()
    as_user(ana).post(own(petition), {"text": "x"})
    page = as_user(lu).post(judged(), {"action": "refuse", "answer": "n" * 2_001}).content.decode()
    assert "This is 1 character too long" in page
    assert "n" * 2_001 in page
    assert Appeal.objects.get().state == "waiting"


def test_why_it_was_sent_back_stands_above_the_form(as_user, ana, mo, lu):
    petition = PetitionFactory(in_review=True, organizer=ana)
    petition.send_back(by=mo, note="Name the office.")
    page = said(as_user(ana).get(own(petition, "change")))
    first = page.index("Name the office.")
    assert first < page.index("Where it stands")
    helper = UserFactory(username="helper", is_staff=True)
    helper.groups.add(Group.objects.get(name="Organizers"))
    TeamMember.objects.create(petition=petition, user=helper, role="view")
    page = said(as_user(helper).get(own(petition, "change")))
    assert "What moderators decided" in page
    assert "you can appeal once" not in page
    assert "What moderators decided" not in said(as_user(lu).get(own(petition, "change")))
    petition.submit(by=ana)
    assert "What moderators decided" not in said(as_user(ana).get(own(petition, "change")))


def test_nobody_else_appeals(as_user, petition, mo, bo):
    assert as_user(mo).post(own(petition), {"text": "x"}).status_code == 403
    assert as_user(bo).post(own(petition), {"text": "x"}).status_code == 404
    assert not Appeal.objects.exists()


def test_where_there_is_nothing_to_appeal(as_user, ana):
    petition = PetitionFactory(is_open=True, organizer=ana)
    client = as_user(ana)
    assert own(petition) not in client.get(own(petition, "change")).content.decode()
    assert "no decision about this petition that could be appealed" in said(
        client.get(own(petition))
    )


def test_the_list_begins_with_what_waits(as_user, petition, ana, mo, lu):
    as_user(ana).post(own(petition), {"text": "x"})
    page = as_user(mo).get("/admin/petitions/appeal/").content.decode()
    assert judged() in page
    as_user(lu).post(judged(), {"action": "refuse", "answer": "No."})
    assert judged() not in as_user(mo).get("/admin/petitions/appeal/").content.decode()
    assert judged() in as_user(mo).get("/admin/petitions/appeal/?state=all").content.decode()
