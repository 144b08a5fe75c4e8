"""How a petition grows: its page in the admin, in every state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, TeamMember
from supporters.growth.figures import refresh_one
from supporters.models import CountAdjustment, GrowthFigures, HourlyCount, MilestoneReached
from tests.factories import PetitionFactory, SignatureFactory, TargetFactory, UpdateFactory
from tests.supporters.admin.conftest import _staff
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db


def address(petition) -> str:
    return f"/admin/petitions/petition/{petition.pk}/growth/"


def grown(ana, *hours: tuple[float, int], days: int = 20, **values) -> Petition:
    """An open petition with (hours ago, how many signed then)."""
    petition = PetitionFactory(is_open=True, organizer=ana, **values)
    now = timezone.now()
    for ago, quantity in hours:
        HourlyCount.objects.create(
            petition=petition, hour=now - timedelta(hours=ago), quantity=quantity
        )
    Petition.objects.filter(pk=petition.pk).update(
        opened_at=now - timedelta(days=days), supporter_count=sum(n for _ago, n in hours)
    )
    petition.refresh_from_db()
    return petition


def test_all_of_it(as_user, ana, count_queries):
    petition = grown(ana, (400, 40), (200, 30), (30, 12), (20, 9), (3, 8), goal=200)
    SignatureFactory.create_batch(
        9, petition=petition, source="w", country="IE", postal_code="D02 AF30",
        given_name="Zebedee", email_key=None, status="pending",
    )  # fmt: skip
    refresh_one(petition.pk)
    client = as_user(ana)
    with count_queries() as queries:
        response = client.get(address(petition))
    assert response.status_code == 200
    assert len(queries) <= 12, queries
    text = words(response)
    assert "99 supporters · 101 to go to the goal of 200" in text
    assert "17 in the last 24 hours, 29 in the last seven days." in text
    assert response.context["charts"]["recent"].step == "hour"
    assert response.context["charts"]["recent"].before == 70
    assert response.context["charts"]["whole"].total == 99
    assert text.count("The same in a table") == 2
    assert [each.number for each in response.context["milestones"]] == [50, 25]
    assert "The next one: 100." in text
    assert "As of " in text
    assert "WhatsApp" not in text  # nobody of them has confirmed: among the others
    assert "Zebedee" not in response.content.decode()
    assert "example.org" not in response.content.decode()


def test_it_does_not_grow_with_the_signatures(as_user, ana, count_queries):
    numbers, client = [], as_user(ana)
    for each in (3, 60):
        petition = grown(ana, (30, each))
        SignatureFactory.create_batch(each, petition=petition, is_confirmed=True, reason="Yes.")
        refresh_one(petition.pk)
        with count_queries() as queries:
            assert client.get(address(petition)).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 12


def test_sources_of_both_kinds(as_user, ana, mo):
    petition = grown(ana, (30, 20))
    for source, number in {"w": 9, "example.org": 6, "blog.example": 3, "bo": 2}.items():
        SignatureFactory.create_batch(number, petition=petition, is_confirmed=True, source=source)
    refresh_one(petition.pk)
    text = words(as_user(ana).get(address(petition)))
    assert "example.org" in text
    assert "blog.example" not in text
    assert "Others, taken together" in text
    assert "blog.example" in words(as_user(mo).get(address(petition)))


def test_nothing_yet(as_user, ana):
    petition = grown(ana)
    text = words(as_user(ana).get(address(petition)))
    assert "0 supporters" in text
    assert "Nobody has signed yet." in text
    assert "Not counted yet" in text
    assert "None reached yet." in text
    assert "Share it with ten people" in text
    assert "Over time" not in text


def test_a_draft(as_user, ana):
    text = words(as_user(ana).get(address(PetitionFactory(organizer=ana))))
    assert "It is not open yet, so nobody could sign." in text
    assert "next step" not in text


def test_an_import_without_rows(as_user, mo):
    petition = PetitionFactory(
        status="closed", organizer=None, source="Elsewhere", source_id="7", read_only=True
    )
    CountAdjustment.objects.create(petition=petition, kind="carried_over", quantity=5_120)
    refresh_one(petition.pk)
    text = words(as_user(mo).get(address(petition)))
    assert "5,120 supporters" in text
    assert "They were counted elsewhere or on paper" in text
    assert "before they were counted here" in text
    assert "It is closed." in text
    assert "Over time" not in text


def test_a_closed_one(as_user, ana):
    petition = grown(ana, (300, 40), (200, 30))
    Petition.objects.filter(pk=petition.pk).update(status="closed", closed_at=timezone.now())
    text = words(as_user(ana).get(address(petition)))
    assert "It closed on" in text
    assert "The last 48 hours" not in text
    assert "The next one" not in text
    assert "Tell supporters how it ended" in text


def test_a_hidden_one(as_user, mo):
    petition = PetitionFactory(status="hidden")
    assert "Moderators hid the petition" in words(as_user(mo).get(address(petition)))


def test_who_signed_from_nowhere(as_user, ana):
    petition = grown(ana, (30, 1))
    SignatureFactory(petition=petition, is_confirmed=True, is_organizer=True)
    refresh_one(petition.pk)
    assert "Of nobody who signed is a place known yet." in words(
        as_user(ana).get(address(petition))
    )


def test_too_little_for_the_hours(as_user, ana):
    text = words(as_user(ana).get(address(grown(ana, (300, 40), (200, 30), (5, 2)))))
    assert "Too little to draw" in text


def step(client, petition) -> str:
    return str(client.get(address(petition)).context["suggested"].step.text)


def test_the_next_step_follows_from_what_is_known(as_user, ana):
    client = as_user(ana)
    petition = grown(ana, (300, 20), (30, 10), goal=100)
    assert "addressed to" in step(client, petition)
    petition.target_links.create(target=TargetFactory(name="Bridges Board"))
    assert "first update" in step(client, petition)
    update = UpdateFactory(petition=petition)
    assert "Share it once more" in step(client, petition)
    update.published_at = timezone.now() - timedelta(days=40)
    update.save()
    assert step(client, petition) == "Post an update."
    MilestoneReached.objects.create(petition=petition, number=25, reached_at=timezone.now())
    assert "Thank your supporters" in step(client, petition)
    MilestoneReached.objects.update(reached_at=timezone.now() - timedelta(days=8))
    Petition.objects.update(goal=30)
    assert step(client, petition) == "Set a further goal, or write to Bridges Board now."
    Petition.objects.update(goal=None)
    HourlyCount.objects.all().delete()
    HourlyCount.objects.create(
        petition=petition, hour=timezone.now() - timedelta(days=15), quantity=30
    )
    assert "Post an update and email it" in step(client, petition)
    GrowthFigures.objects.create(
        petition=petition, as_of=timezone.now(), numbers={"late_signed": 30, "late_answered": 12}
    )
    assert "an email comes" in step(client, petition)


@pytest.mark.parametrize(("role", "links"), [("edit", True), ("update", True), ("view", False)])
def test_the_step_leads_only_to_what_may_be_done(as_user, ana, role, links):
    petition = grown(ana, (300, 90))
    petition.target_links.create(target=TargetFactory())
    user = _staff("member", "Organizers")
    TeamMember.objects.create(petition=petition, user=user, role=role)
    response = as_user(user).get(address(petition))
    assert ("Write an update" in words(response)) == links
    if links:
        url = response.context["suggested"].url
        assert url == f"/admin/petitions/petition/{petition.pk}/updates/new/"
        assert as_user(user).get(url).status_code == 200


def test_who_may_see_it(as_user, bo, nobody_yet, client, ana):
    petition = grown(ana)
    for stranger in (bo, nobody_yet):
        assert as_user(stranger).get(address(petition)).status_code in {403, 404}
    assert "login" in client.get(address(petition))["Location"]
    assert as_user(ana).post(address(petition)).status_code == 405
    assert as_user(ana).get("/admin/petitions/petition/x/growth/").status_code == 404


def test_the_petitions_page_leads_there(as_user, ana):
    petition = grown(ana)
    html = as_user(ana).get(f"/admin/petitions/petition/{petition.pk}/change/").content.decode()
    assert f'<a href="{address(petition)}">How it grows</a>' in html
    draft = PetitionFactory(organizer=ana)
    html = as_user(ana).get(f"/admin/petitions/petition/{draft.pk}/change/").content.decode()
    assert "How it grows" not in html
