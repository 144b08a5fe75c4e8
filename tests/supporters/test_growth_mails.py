"""Mails to the organizer about how their petition grows: milestones, and when it has gone quiet."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from petitions.models import Petition, User
from supporters import mails
from supporters.fold import fold
from supporters.growth import milestones, quiet
from supporters.growth.mails import SWITCHES
from supporters.models import (
    CountAdjustment,
    GrowthFigures,
    HourlyCount,
    MilestoneReached,
    OutgoingMail,
)
from supporters.tokens import Purpose, make
from supporters.worker import Worker
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.test_milestones import grow, note
from tests.supporters.test_paused_mailings import switch
from tests.supporters.test_petition_page import words
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(
        is_open=True, slug="mend", title="Mend the bridge", organizer__email="ana@example.org"
    )


def asked() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="growth").order_by("pk"))


def told() -> list[tuple]:
    return [(mail.payload["letter"], mail.payload.get("number")) for mail in asked()]


# Milestones


def test_only_the_highest_of_those_passed_at_once(petition):
    grow(petition, 110)
    assert note(petition) == [25, 50, 100]
    assert told() == [("milestone", 100)]
    assert note(petition) == []
    assert len(asked()) == 1
    assert asked()[0].recipient == "ana@example.org"


def test_the_worker_notes_and_tells_it_after_the_fold(petition, smtp_server):
    SignatureFactory.create_batch(26, petition=petition, is_confirmed=True)
    assert Worker().once()
    assert MilestoneReached.objects.get().number == 25
    [delivered] = [each for each in smtp_server.deliveries if "ana@example.org" in each.recipients]
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in delivered.raw


def test_what_it_says(petition):
    grow(petition, 30)
    Petition.objects.update(goal=26)
    note(petition)
    message = mails.compose(asked()[0])
    assert message.subject == "Goal reached: 26 supporters of “Mend the bridge”"
    assert "Hello Ana," in message.body
    assert "has reached its goal of 26 supporters" in message.body
    assert "What helps next:" in message.body
    assert f"/admin/petitions/petition/{petition.pk}/growth/" in message.body
    off = message.extra_headers["List-Unsubscribe"]
    assert off.startswith("<http://localhost:8000/organizer-mail/")
    assert off.strip("<>") in message.body


def test_in_the_petitions_language(petition):
    Petition.objects.update(language="es")
    grow(petition, 30)
    note(petition)
    message = mails.compose(asked()[0])
    assert "/es/organizer-mail/" in message.extra_headers["List-Unsubscribe"]
    assert "Tu petición" in message.body


def test_never_for_what_was_carried_over(petition):
    CountAdjustment.objects.create(petition=petition, kind="carried_over", quantity=5_120)
    assert note(petition)
    assert told() == []
    grow(petition, 4_900)
    assert note(petition) == [10_000]
    assert told() == [("milestone", 10_000)]


def test_not_for_what_was_passed_long_ago(petition):
    """As at the first count after the release that brought milestones."""
    grow(petition, 30, hours_ago=40)
    assert note(petition) == [25]
    assert told() == []


@pytest.mark.parametrize(
    "values",
    [{"status": "closed"}, {"read_only": True}, {"closes_at": timezone.now() - timedelta(days=1)},
     {"organizer": None}],
    ids=["closed", "read-only", "past its end", "nobody"],
)  # fmt: skip
def test_not_where_nobody_can_sign_or_nobody_organizes(petition, values):
    grow(petition, 30)
    Petition.objects.update(**values)
    assert note(petition) == [25]
    assert told() == []


def test_a_pause_keeps_it_for_afterwards(petition):
    grow(petition, 30)
    switch(signing_paused=True)
    assert note(petition) == []
    switch(signing_paused=False)
    assert note(petition) == [25]
    assert told() == [("milestone", 25)]


def test_who_switched_it_off_gets_none(petition):
    User.objects.update(milestone_mails=False)
    grow(petition, 30)
    assert note(petition) == [25]
    assert told() == []


@pytest.mark.parametrize(
    "change",
    [lambda: User.objects.update(milestone_mails=False),
     lambda: Petition.objects.update(status="closed", closed_at=timezone.now()),
     lambda: Petition.objects.update(status="hidden"),
     lambda: Petition.objects.update(organizer=None)],
)  # fmt: skip
def test_what_changed_before_it_is_sent_counts(petition, change):
    grow(petition, 30)
    note(petition)
    change()
    assert mails.compose(asked()[0]) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_it_once():
    petition = PetitionFactory(is_open=True)
    grow(petition, 30)

    def tell():
        with transaction.atomic():
            milestones.note(Petition.objects.lock().get(pk=petition.pk))

    together(*[tell] * 4)
    assert MilestoneReached.objects.count() == 1
    assert told() == [("milestone", 25)]


def test_who_was_killed_before_the_commit_has_told_nothing(petition):
    grow(petition, 30)
    with transaction.atomic():
        milestones.note(Petition.objects.lock().get(pk=petition.pk))
        transaction.set_rollback(True)
    assert told() == []
    assert note(petition) == [25]
    assert told() == [("milestone", 25)]


# Gone quiet


def fall_quiet(petition, *, days: float) -> None:
    HourlyCount.objects.filter(petition=petition).delete()
    hour = timezone.now() - timedelta(days=days)
    HourlyCount.objects.create(petition=petition, hour=hour, quantity=3)
    Petition.objects.filter(pk=petition.pk).update(
        supporter_count=3, opened_at=timezone.now() - timedelta(days=200)
    )


def test_after_two_weeks_once(petition):
    fall_quiet(petition, days=13.9)
    assert quiet.tell() == 0
    fall_quiet(petition, days=14.1)
    assert quiet.tell() == 1
    assert quiet.tell() == 0
    assert told() == [("quiet", None)]


def test_what_a_quiet_one_says(petition):
    fall_quiet(petition, days=15)
    quiet.tell()
    message = mails.compose(asked()[0])
    assert message.subject == "It has gone quiet around “Mend the bridge”"
    assert "Nobody has signed your petition since" in message.body
    assert "Share it with ten people" in message.body


def test_not_again_in_the_same_quiet_nor_within_a_month(petition):
    row = GrowthFigures.objects
    fall_quiet(petition, days=40)
    assert quiet.tell() == 1
    row.update(quiet_told_at=timezone.now() - timedelta(days=35))  # nobody came since
    assert quiet.tell() == 0
    fall_quiet(petition, days=15)  # somebody came, and quiet again
    row.update(quiet_told_at=timezone.now() - timedelta(days=29))
    assert quiet.tell() == 0
    row.update(quiet_told_at=timezone.now() - timedelta(days=31))
    assert quiet.tell() == 1


@pytest.mark.parametrize(
    "change",
    [lambda: Petition.objects.update(status="closed", closed_at=timezone.now()),
     lambda: Petition.objects.update(status="hidden"),
     lambda: Petition.objects.update(closes_at=timezone.now() - timedelta(hours=1)),
     lambda: Petition.objects.update(read_only=True),
     lambda: Petition.objects.update(organizer=None),
     lambda: User.objects.update(quiet_mails=False),
     lambda: HourlyCount.objects.all().delete(),
     lambda: HourlyCount.objects.update(hour=timezone.now() - timedelta(days=100)),
     lambda: Petition.objects.get().events.create(
         from_status="closed", to_status="open"),
     lambda: switch(mailings_paused=True)],
)  # fmt: skip
def test_when_nothing_is_said_of_it(petition, change):
    fall_quiet(petition, days=15)
    change()
    assert quiet.tell() == 0
    assert told() == []


def test_somebody_signs_before_it_is_sent(petition):
    fall_quiet(petition, days=15)
    quiet.tell()
    SignatureFactory(petition=petition, is_confirmed=True)
    fold(petition.pk)
    assert mails.compose(asked()[0]) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_say_it_once():
    petition = PetitionFactory(is_open=True)
    fall_quiet(petition, days=15)
    assert sum(together(*[quiet.tell] * 4)) == 1
    assert told() == [("quiet", None)]


# Switching off


@pytest.mark.parametrize("letter", SWITCHES)
def test_the_link_ends_that_kind_alone(client, petition, letter):
    field, purpose = SWITCHES[letter]
    other = ({"milestone_mails", "quiet_mails"} - {field}).pop()
    link = f"/organizer-mail/{make(purpose, petition.organizer.pk)}/"
    response = client.get(link)
    assert "End these mails?" in words(response)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert getattr(User.objects.get(), field)
    response = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "You get these mails no more." in words(response)
    assert not getattr(User.objects.get(), field)
    assert getattr(User.objects.get(), other)
    client.post(link)
    assert not getattr(User.objects.get(), field)
    client.post(link, {"again": "yes"})
    assert getattr(User.objects.get(), field)


def test_a_mail_program_needs_no_token_of_the_page(petition):
    from django.test import Client  # noqa: PLC0415

    link = f"/es/organizer-mail/{make(Purpose.QUIET_MAILS, petition.organizer.pk)}/"
    assert Client(enforce_csrf_checks=True).post(link).status_code == 200
    assert not User.objects.get().quiet_mails


@pytest.mark.parametrize("token", ["x", "1.x", "0.0"])
def test_a_link_that_is_none(client, petition, token):
    assert client.get(f"/organizer-mail/{token}/").status_code == 404
    assert client.post(f"/organizer-mail/{token}/").status_code == 404
    assert User.objects.get().milestone_mails


def test_a_token_of_another_purpose_or_of_nobody(client, petition):
    pk = petition.organizer.pk
    for token in (make(Purpose.UNSUBSCRIBE, pk), make(Purpose.MILESTONE_MAILS, pk + 1)):
        assert client.post(f"/organizer-mail/{token}/").status_code == 404
    link = f"/organizer-mail/{make(Purpose.MILESTONE_MAILS, pk)}/"
    assert client.put(link).status_code == 405


def test_the_account_chooses_both(client, petition):
    client.force_login(petition.organizer)
    assert "At milestones, and when nobody has signed" in words(client.get("/accounts/"))
    page = client.get("/accounts/mails/")
    assert words(page).count("Mail about your petitions")
    assert client.post("/accounts/mails/", {"quiet_mails": "on"})["Location"] == "/accounts/mails/"
    user = User.objects.get()
    assert (user.milestone_mails, user.quiet_mails) == (False, True)
    assert "When nobody has signed for two weeks." in words(client.get("/accounts/"))
    client.post("/accounts/mails/", {})
    assert "Only what needs to be known" in words(client.get("/accounts/"))


def test_nobody_chooses_for_others(client, petition):
    assert "login" in client.post("/accounts/mails/", {})["Location"]
    assert User.objects.get().milestone_mails
