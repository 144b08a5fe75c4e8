"""The groups that post_migrate makes."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db.models.signals import post_migrate

from petitions.groups import make_groups
from petitions.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def granted(name: str) -> set[str]:
    return {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Group.objects.get(name=name).permissions.select_related("content_type")
    }


def test_both_groups_are_there_after_migrating():
    assert "petitions.change_petition" in granted("Organizers")
    assert "petitions.add_moderationevent" in granted("Moderators")
    assert "supporters.view_signature" in granted("Moderators")


def test_organizers_have_no_permission_in_supporters_and_none_to_moderate():
    assert {name for name in granted("Organizers") if not name.startswith("petitions.")} == set()
    assert "petitions.add_moderationevent" not in granted("Organizers")
    assert "petitions.view_user" not in granted("Organizers")


def test_nobody_may_change_what_is_append_only():
    for name in ("Organizers", "Moderators"):
        for kept in ("moderationevent", "countadjustment", "signature"):
            for verb in ("change", "delete"):
                assert not any(held.endswith(f".{verb}_{kept}") for held in granted(name))


def test_a_second_run_changes_nothing_and_keeps_what_staff_added():
    before = {name: granted(name) for name in ("Organizers", "Moderators")}
    added = Permission.objects.get(content_type__app_label="auth", codename="view_group")
    Group.objects.get(name="Organizers").permissions.add(added)

    call_command("migrate", verbosity=0)

    assert granted("Organizers") == before["Organizers"] | {"auth.view_group"}
    assert granted("Moderators") == before["Moderators"]
    assert Group.objects.count() == 2


def test_what_was_lost_comes_back():
    Group.objects.all().delete()
    Permission.objects.filter(codename="change_petition").delete()

    for label in ("supporters", "petitions"):  # in the order in which they are installed
        config = apps.get_app_config(label)
        post_migrate.send(
            sender=config, app_config=config, verbosity=0, interactive=False, using="default",
            plan=[], apps=apps,
        )  # fmt: skip

    assert "petitions.change_petition" in granted("Organizers")
    assert "supporters.add_countadjustment" in granted("Moderators")


def test_without_tables_of_auth_nothing_happens():
    class NoModels:
        @staticmethod
        def get_model(*name: str) -> None:
            raise LookupError

    make_groups(apps.get_app_config("petitions"), using="default", apps=NoModels)


@pytest.mark.parametrize("group", ["Organizers", "Moderators"])
def test_a_member_without_is_staff_does_not_get_in(client, group):
    user: User = UserFactory()
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    answer = client.get("/admin/petitions/petition/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
