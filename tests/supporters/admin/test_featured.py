"""Moderators choose what stands first on the first page; nobody else does."""

import pytest
from django.contrib.admin.models import LogEntry

from petitions.models import Petition
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def act(client, action: str, *rows: Petition):
    chosen = [row.pk for row in rows]
    return client.post(f"{LIST}?status=all", {"action": action, "_selected_action": chosen})


def featured() -> list[str]:
    return list(Petition.objects.featured().values_list("title", flat=True))


def test_a_moderator_chooses_and_forgets(as_user, mo) -> None:
    first, second = (PetitionFactory(title=title, is_open=True) for title in ("First", "Second"))
    client = as_user(mo)
    act(client, "feature_selected", first)
    act(client, "feature_selected", first, second)
    assert featured() == ["Second", "First"]
    page = client.get(f"{LIST}?status=all&featured=yes")
    assert len(page.context["cl"].result_list) == 2
    act(client, "unfeature_selected", first)
    assert featured() == ["Second"]
    said = [(entry.object_id, entry.change_message) for entry in LogEntry.objects.order_by("pk")]
    assert said == [
        (str(first.pk), "Featured on the first page."),
        (str(second.pk), "Featured on the first page."),
        (str(first.pk), "No longer featured."),
    ]


@pytest.mark.parametrize("status", ["draft", "in_review", "closed", "rejected", "hidden"])
def test_only_open_ones_can_be_chosen(as_user, mo, status: str) -> None:
    row = PetitionFactory(status=status)
    act(as_user(mo), "feature_selected", row)
    assert not Petition.objects.exclude(featured_at=None)


def test_an_organizer_cannot(as_user, ana) -> None:
    row = PetitionFactory(is_open=True, organizer=ana)
    client = as_user(ana)
    act(client, "feature_selected", row)
    assert featured() == []
    assert "featured" not in client.get(LIST).content.decode()


def test_editing_a_petition_leaves_the_choice(as_user, mo) -> None:
    row = PetitionFactory(is_open=True)
    Petition.objects.filter(pk=row.pk).feature()
    copy = Petition.objects.get(pk=row.pk)
    Petition.objects.filter(pk=row.pk).unfeature()
    copy.summary = "Changed."
    copy.save()
    assert featured() == []
