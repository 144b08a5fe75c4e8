"""What moderators do where organizers act, too, and with lists of things: each leaves one act."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from petitions.models import Petition, StaffAct, Update
from supporters.models import Mailing, OutgoingMail
from tests.factories import PetitionFactory, UpdateFactory
from tests.supporters.admin.test_featured import act
from tests.supporters.admin.test_updates import in_days, typed, updates, write
from tests.supporters.outbox_rows import mailing, supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, slug="mend")


def acts() -> list[tuple[str, str, str]]:
    rows = StaffAct.objects.order_by("pk")
    return [(row.verb, row.subject_type.partition(".")[2], row.note) for row in rows]


def again(**changes) -> dict[str, str]:
    """As a browser posts what is stored already."""
    return {**typed(**changes), "initial-happened_on": "2012-08-17"}


def walk(client, petition: Petition) -> None:
    """Write an update, test it, schedule it, leave it, publish it, correct it, delete it; stop a
    mailing; make a copy."""
    write(client, petition)
    update = Update.objects.get()
    page = f"{updates(petition)}{update.pk}/"
    client.post(page, again(action="preview", title="Looked at"))
    client.post(page, again(action="test", title="Sure"))
    client.post(page, again(title="Sure", when="later", moment=in_days(2)))
    client.post(page, again(title="Sure", when="draft"))
    client.post(page, again(title="Sure", when="now"))
    client.post(page, again(title="Sure"))
    client.post(page, again(title="The board has answered"))
    client.post(page, {"action": "delete"})
    client.post(page, {"action": "delete", "confirmed": "yes"})
    supporter(petition)
    running = mailing(petition=petition)
    stop = f"{updates(petition)}{running.update_id}/mailing/"
    client.post(stop)
    client.post(stop, {"confirmed": "yes"})
    client.post(stop, {"confirmed": "yes"})
    assert Mailing.objects.get().cancelled_at
    client.post(f"/admin/petitions/petition/{petition.pk}/copy/")
    assert Petition.objects.count() == 2


def test_updates_mailings_and_copies(as_user, mo, petition):
    walk(as_user(mo), petition)
    assert acts() == [
        ("added", "update", "title, happened_on, body, draft"),
        ("changed", "update", "title"),
        ("changed", "update", "scheduled"),
        ("changed", "update", "draft"),
        ("changed", "update", "published"),
        ("changed", "update", "title"),
        ("deleted", "update", ""),
        ("cancelled", "mailing", ""),
        ("added", "petition", f"template: {petition.pk}"),
    ]
    assert {row.actor for row in StaffAct.objects.all()} == {mo}
    made = Petition.objects.latest("pk")
    assert [row.petition for row in StaffAct.objects.order_by("pk")] == [petition] * 8 + [made]


def test_organizers_do_it_with_what_is_their_own(as_user, ana, petition):
    client = as_user(ana)
    write(client, petition)
    client.post(f"{updates(petition)}{Update.objects.get().pk}/", typed(when="now"))
    client.post(f"/admin/petitions/petition/{petition.pk}/copy/")
    assert Update.objects.get().published_at
    assert acts() == []


def test_what_was_refused_or_came_too_late_is_no_act(as_user, mo, petition):
    client = as_user(mo)
    write(client, petition, title="x" * 1_000)
    update = UpdateFactory(petition=petition)
    page = f"{updates(petition)}{update.pk}/"
    Mailing.objects.create(update=update)
    client.post(page, {"action": "delete", "confirmed": "yes"})
    assert Update.objects.exists()
    assert acts() == []


def test_featured_ones_are_those_that_were_changed(as_user, mo, petition):
    client = as_user(mo)
    closed = PetitionFactory(status="closed")
    for action in ("feature_selected", "feature_selected", "unfeature_selected"):
        act(client, action, petition, closed)
    assert acts() == [
        ("changed", "petition", "Featured on the first page."),
        ("changed", "petition", "No longer featured."),
    ]


def test_failed_mails_that_are_tried_again(as_user, mo, petition):
    supporter(petition)
    run = mailing(petition=petition)
    Mailing.objects.update(settled_at=timezone.now())
    common = {"recipient": "sam@example.org", "petition": petition, "failed_at": timezone.now()}
    kind = OutgoingMail.Kind.UPDATE
    rows = [OutgoingMail.objects.create(kind=kind, **common, mailing=each) for each in (None, run)]
    chosen = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    client = as_user(mo)
    client.post("/admin/supporters/outgoingmail/", chosen)
    client.post("/admin/supporters/outgoingmail/", chosen)
    assert not OutgoingMail.objects.exclude(failed_at=None).exists()
    assert Mailing.objects.get().settled_at is None
    assert acts() == [("resumed", "", "outgoing mails: 2")]


def test_addresses_that_are_marked_as_confirmed(client, admin_user, ana, bo):
    EmailAddress.objects.all().delete()
    waits = EmailAddress.objects.create(user=ana, email="ana@example.org", verified=False)
    done = EmailAddress.objects.create(user=bo, email="bo@example.org", verified=True)
    client.force_login(admin_user)
    chosen = {"action": "make_verified", "_selected_action": [waits.pk, done.pk]}
    client.post("/admin/account/emailaddress/", chosen)
    client.post("/admin/account/emailaddress/", chosen)
    assert EmailAddress.objects.filter(verified=True).count() == 2
    assert acts() == [("changed", "emailaddress", "verified")]
    assert StaffAct.objects.get().subject_id == str(waits.pk)
