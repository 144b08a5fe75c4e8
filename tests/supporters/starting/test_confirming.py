"""From the overview to the moderators: the mail, the press, the account, and two at once."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from petitions.models import ModerationEvent, Petition, PetitionDraft, PetitionTarget, Target, User
from supporters.erasure import erase_stale_drafts
from supporters.mails import compose
from supporters.models import OutgoingMail
from supporters.starting.confirming import Answer, confirm
from supporters.tokens import Purpose, make
from tests.factories import UserFactory
from tests.photographs import upload
from tests.supporters.accounts.conftest import PASSWORD, member, typed
from tests.threads import together

from .flow import NOOR, TITLE, at, confirm_at, draft, press

pytestmark = pytest.mark.django_db


def letters() -> list[str]:
    mails = [compose(row) for row in OutgoingMail.objects.order_by("pk")]
    return [str(mail.body) for mail in mails if mail]


# The mail


def test_sending_asks_for_a_mail_and_makes_nothing_yet(client):
    row = draft()
    answer = client.post(at(row))
    assert answer["Location"] == at(row, "sent")
    text = client.get(at(row, "sent")).content.decode()
    assert NOOR["email"] in text
    assert not User.objects.exists()
    assert not Petition.objects.exists()
    [letter] = letters()
    assert confirm_at(row) in letter
    assert TITLE not in letter  # what anybody may type for a stranger's mailbox
    assert OutgoingMail.objects.get().payload == {"draft": row.pk, "language": "en"}


def test_an_address_with_an_account_is_told_so_in_the_mail_alone(client):
    member("noor", is_staff=True)
    known, new = draft(), draft(email="new@example.org")
    pages = []
    for row in (known, new):
        client.post(at(row))
        text = client.get(at(row, "sent")).content.decode()
        pages.append(text.replace(make(Purpose.DRAFT, row.pk), "").replace("new@", "noor@"))
    assert pages[0] == pages[1]
    told = ["You have an account" in letter for letter in letters()]
    assert told == [True, False]


def test_nobodys_mailbox_is_filled(client):
    for _n in range(4):
        row = draft()
        for _m in range(3):
            assert client.post(at(row))["Location"] == at(row, "sent")
            client.post(at(row, "sent"))
    assert OutgoingMail.objects.count() == 5


def test_a_mail_to_an_address_that_was_corrected_is_not_sent_and_confirms_nothing(client):
    row = draft()
    client.post(at(row))
    old = confirm_at(row)
    client.post(at(row, "who"), {**NOOR, "email": "victim@example.org"})
    client.post(at(row))
    first, second = OutgoingMail.objects.order_by("pk")
    assert compose(first) is None
    assert compose(second).to == ["victim@example.org"]
    assert client.get(old).status_code == 404
    assert client.post(old, {"revision": "2"}).status_code == 404
    assert not User.objects.exists()


def test_an_address_changed_after_the_mail_is_never_taken_for_confirmed(client):
    """The link was opened by who has the old mailbox, while the draft names another's."""
    row = draft()
    client.post(at(row))
    client.post(at(row, "who"), {**NOOR, "email": "victim@example.org"})
    row.refresh_from_db()
    answer = client.post(confirm_at(row), {"revision": str(row.revision)})
    assert answer.status_code == 409
    assert not User.objects.exists()
    assert not Petition.objects.exists()


def test_an_address_with_the_same_key_is_another_mailbox(client):
    row = draft(email="victim+x@example.org")
    client.post(at(row))
    link = confirm_at(row, "victim+x@example.org")
    client.post(at(row, "who"), {**NOOR, "email": "victim@example.org"})
    row.refresh_from_db()
    answer = client.post(link, {"revision": str(row.revision)})
    assert answer.status_code == 409
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()
    assert not Petition.objects.exists()


# The press


def test_following_the_link_changes_nothing(client):
    row = draft()
    client.post(at(row))
    for method in (client.get, client.head):
        answer = method(confirm_at(row))
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
    assert not Petition.objects.exists()
    assert not User.objects.exists()


def test_the_press_makes_the_petition_and_the_account_and_leads_to_the_checklist(client, settings):
    row = draft()
    answer = press(client, row)
    petition = Petition.objects.get()
    assert answer["Location"] == f"/admin/petitions/petition/{petition.pk}/change/"
    assert (petition.title, petition.status, petition.goal) == (TITLE, "in_review", 500)
    assert petition.organizer_name == ""
    assert petition.organizer_display == "Noor Haddad"
    assert [link.target.name for link in petition.target_links.all()] == ["Vale Transport Board"]
    assert [(s.kind, s.phone) for s in petition.steps.all()] == [("call", "01632 960 001")]
    assert ModerationEvent.objects.get().to_status == "in_review"

    noor = User.objects.get()
    assert noor.is_staff
    assert not noor.is_superuser
    assert not noor.has_usable_password()
    assert [group.name for group in noor.groups.all()] == ["Organizers"]
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == (NOOR["email"], True, True)

    page = client.get(answer["Location"])
    text = page.content.decode()
    assert page.status_code == 200
    for item in ("picture", "goal", "addressed to", "first update", "Share it", "password"):
        assert item in text
    assert f"within {settings.PETITIONS_REVIEW_DAYS} days" in text
    received = letters()[-1]
    assert "Moderators have got your petition" in received
    assert answer["Location"] in received

    row.refresh_from_db()
    assert row.typed == {}
    assert row.petition == petition


def test_a_second_press_finds_it_done_and_logs_nobody_in(client):
    row = draft()
    press(client, row)
    other = Client()
    again = other.post(confirm_at(row), {"revision": str(row.revision)})
    assert "was sent to the moderators" in again.content.decode()
    assert "_auth_user_id" not in other.session
    assert Petition.objects.count() == 1
    assert User.objects.count() == 1
    assert other.get(at(row)).status_code == 410
    assert TITLE not in other.get(at(row)).content.decode()


def test_the_press_needs_djangos_token_and_what_was_seen(client):
    row = draft()
    client.post(at(row))
    row.refresh_from_db()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(confirm_at(row), {"revision": str(row.revision)}).status_code == 403
    row.keep({"ask": "Something else altogether."})
    for revision in (str(row.revision - 1), "", "x", "²", "9" * 30):
        assert client.post(confirm_at(row), {"revision": revision}).status_code == 409
    assert not Petition.objects.exists()


def test_what_became_incomplete_is_not_sent(client):
    row = draft()
    client.post(at(row))
    row.refresh_from_db()
    row.keep({"body": ""})
    answer = client.post(confirm_at(row), {"revision": str(row.revision)})
    assert answer.status_code == 409
    assert "The draft was changed" in answer.content.decode()
    assert not User.objects.exists()


def test_the_picture_goes_along_with_its_words(client, media, django_capture_on_commit_callbacks):
    row = draft()
    client.post(at(row, "picture"), {"picture": upload(), "picture_alt": "The bridge, shut."})
    row.refresh_from_db()
    name = row.picture
    with django_capture_on_commit_callbacks(execute=True):
        press(client, row)
    petition = Petition.objects.get()
    assert (petition.picture.name, petition.picture_alt) == (name, "The bridge, shut.")
    row.refresh_from_db()
    assert row.picture == ""
    PetitionDraft.objects.update(changed_at=petition.created_at.replace(year=2020))
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_stale_drafts() == 1
    assert client.get(f"/media/{name}").status_code == 200
    assert not PetitionDraft.objects.exists()


def test_a_stale_draft_goes_with_its_picture(client, media, django_capture_on_commit_callbacks):
    row, fresh = draft(), draft()
    client.post(at(row, "picture"), {"picture": upload(), "picture_alt": "The bridge"})
    PetitionDraft.objects.filter(pk=row.pk).update(changed_at=row.created_at.replace(year=2020))
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_stale_drafts() == 1
    assert not list((media / "pictures").iterdir())
    assert [each.pk for each in PetitionDraft.objects.all()] == [fresh.pk]


def test_a_known_target_is_not_made_again(client):
    board = Target.objects.create(name="Vale transport BOARD", slug="board")
    press(client, draft(target_2="vale Transport board", target_3="A new office"))
    links = PetitionTarget.objects.order_by("pk")
    assert [link.target.name for link in links] == [board.name, "A new office"]


# Accounts


def test_the_petition_belongs_to_the_account_that_has_the_address(client):
    noor = member("noor", is_staff=False)
    answer = press(client, draft(email="NOOR@example.org"))
    petition = Petition.objects.get()
    assert petition.organizer == noor
    assert User.objects.count() == 1
    noor.refresh_from_db()
    assert noor.is_staff
    # A link in a mail does not stand for a password and a second factor.
    assert "Log in" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    page = f"/admin/petitions/petition/{petition.pk}/change/"
    client.post("/accounts/login/", typed("noor"))
    assert client.get(page).status_code == 200


def test_an_address_that_somebody_only_claims_is_not_theirs(client):
    claimer = member("mallory")
    EmailAddress.objects.create(user=claimer, email=NOOR["email"], verified=False)
    press(client, draft())
    assert Petition.objects.get().organizer != claimer
    assert User.objects.count() == 2


def test_an_account_that_is_switched_off_starts_nothing(client):
    member("noor", is_active=False)
    answer = press(client, draft())
    assert answer.status_code == 403
    assert not Petition.objects.exists()


def test_somebody_else_who_is_logged_in_stays_so(client, as_mo):
    answer = press(as_mo, draft())
    assert answer.status_code == 200
    assert as_mo.session["_auth_user_id"] == str(User.objects.get(username="mo").pk)


@pytest.fixture
def as_mo(client):
    member("mo", is_staff=True)
    client.post("/accounts/login/", typed())
    return client


def test_who_is_logged_in_needs_no_mail(client):
    row = draft(given_name="", family_name="", email="")
    address = f"/accounts/start/{make(Purpose.DRAFT, row.pk)}/"
    asked = client.get(address)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/login/?next=")
    member("mo", is_staff=True)
    back = client.post(asked["Location"], {**typed(), "next": address})
    assert back["Location"] == address
    assert TITLE in client.get(address).content.decode()
    answer = client.post(address, {"revision": "1"})
    petition = Petition.objects.get()
    assert petition.organizer.username == "mo"
    assert petition.status == "in_review"
    assert answer["Location"] == f"/admin/petitions/petition/{petition.pk}/change/"
    assert client.get(address).status_code == 410


def test_a_draft_that_is_not_complete_leads_back(as_mo):
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    answer = as_mo.get(f"/accounts/start/{make(Purpose.DRAFT, row.pk)}/")
    assert answer["Location"] == at(row)


@pytest.mark.parametrize("page", ["/accounts/start/{}/", "/accounts/start/confirm/{}/"])
def test_a_forged_link_leads_nowhere(as_mo, page):
    row = draft()
    for token in ("1.x", "x", f"{row.pk}.forged", make(Purpose.DRAFT_PREVIEW, row.pk)):
        for method in (as_mo.get, as_mo.post):
            assert method(page.format(token)).status_code == 404
    assert not Petition.objects.exists()


def test_an_organizer_sees_nothing_of_others(client):
    press(client, draft())
    other = UserFactory(username="bo", is_staff=True)
    petition = Petition.objects.create(title="Another", organizer=other)
    assert client.get(f"/admin/petitions/petition/{petition.pk}/change/").status_code in {302, 403}


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_petition_and_one_account():
    row = draft()
    results = together(*[lambda: confirm(row, revision=row.revision)] * 6)
    answers = sorted(result.answer for result in results)
    assert answers == [Answer.BEFORE] * 5 + [Answer.SUBMITTED]
    assert Petition.objects.count() == 1
    assert User.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_drafts_of_one_person_at_once_make_one_account():
    rows = [draft(title=f"{TITLE} {n}") for n in range(4)]
    results = together(*[lambda row=row: confirm(row, revision=1) for row in rows])
    assert {result.answer for result in results} == {Answer.SUBMITTED}
    assert Petition.objects.count() == 4
    assert User.objects.count() == 1
    assert len({petition.organizer_id for petition in Petition.objects.all()}) == 1


@pytest.mark.django_db(transaction=True)
def test_typing_on_while_it_is_confirmed_loses_nothing_and_changes_nothing_behind():
    row = draft()
    results = together(
        lambda: confirm(row, revision=1),
        lambda: PetitionDraft.objects.get(pk=row.pk).keep({"ask": "Another ask."}),
    )
    row.refresh_from_db()
    if results[0].answer == Answer.SUBMITTED:
        assert Petition.objects.get().ask == "Mend it before winter."
        assert row.typed == {}
    else:
        assert results[0].answer == Answer.CHANGED
        assert row.typed["ask"] == "Another ask."


def test_the_password_of_a_new_account_is_chosen_later(client):
    press(client, draft())
    answer = client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert User.objects.get().has_usable_password()
