"""Accounts, targets and topics; and what nobody may delete."""

import re

import pytest
from django.contrib.auth.models import Permission

from petitions.models import (
    Petition,
    PetitionSlug,
    PetitionTarget,
    Target,
    Topic,
    User,
)
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def test_rights_are_given_by_superusers_alone(as_user, mo, ana):
    client = as_user(mo)
    assert client.get(f"/admin/petitions/user/{ana.pk}/change/").status_code == 200
    for tail in (f"{ana.pk}/change/", f"{mo.pk}/change/", "add/", f"{ana.pk}/password/"):
        posted = {"username": "mo", "is_superuser": "on"}
        assert client.post(f"/admin/petitions/user/{tail}", posted).status_code == 403
    assert client.get("/admin/auth/group/").status_code == 403


def test_who_may_edit_accounts_still_gives_no_rights(as_user, mo, ana, admin_user):
    mo.user_permissions.add(Permission.objects.get(codename="change_user"))
    client = as_user(mo)
    address = f"/admin/petitions/user/{ana.pk}/change/"
    typed = {
        "username": "ana", "first_name": "Ana Maria", "is_superuser": "on", "is_staff": "on",
        "groups": "1", "date_joined_0": "2020-01-01", "date_joined_1": "00:00:00", "is_active": "on",
    }  # fmt: skip
    assert client.post(address, typed).status_code == 302
    ana.refresh_from_db()
    assert (ana.first_name, ana.is_superuser) == ("Ana Maria", False)
    theirs = f"/admin/petitions/user/{admin_user.pk}/change/"
    assert client.post(theirs, typed).status_code == 403


def test_targets_and_topics_get_slugs_in_any_script_and_no_clash(as_user, mo):
    client = as_user(mo)
    for path, model in (("target", "target"), ("topic", "topic")):
        for name in ("Clean air", "Clean air!", "Чисте повітря", "!!!"):
            answer = client.post(f"/admin/petitions/{path}/add/", {"name": name})
            assert answer.status_code == 302, (model, name)
    text = client.get("/admin/petitions/topic/").content.decode()
    for slug in ("clean-air", "clean-air-2", "чисте-повітря", "petition"):
        assert re.search(f'field-slug">{slug}<', text), slug
    assert client.post("/admin/petitions/topic/add/", {"name": "Clean air"}).status_code == 200


def test_a_target_in_use_is_kept(as_user, mo):
    link = PetitionTarget.objects.create(
        petition=PetitionFactory(), target=Target.objects.create(name="Board", slug="board")
    )
    address = f"/admin/petitions/target/{link.target_id}/delete/"
    client = as_user(mo)
    assert "Petitions that name it: 1" in client.get(address).content.decode()
    client.post(address, {"post": "yes"})
    assert Target.objects.exists()
    assert PetitionSlug.objects.count() == 1


def test_a_superuser_cannot_delete_what_was_signed(admin_client):
    petition = PetitionFactory(status="draft")
    SignatureFactory(petition=petition)
    opened = PetitionFactory(is_open=True)
    assert admin_client.get(f"{LIST}{opened.pk}/delete/").status_code == 403
    answer = admin_client.get(f"{LIST}{petition.pk}/delete/")
    assert "never deleted" in answer.content.decode()
    admin_client.post(f"{LIST}{petition.pk}/delete/", {"post": "yes"})
    assert Petition.objects.count() == 2


def test_the_address_of_a_public_page_stays(as_user, mo, admin_client):
    """Petitions alone remember their old addresses."""
    client = as_user(mo)
    for row, typed in (
        (Target.objects.create(name="Board", slug="board"), {"name": "The Board"}),
        (Topic.objects.create(name="Rivers", slug="rivers"), {"name": "Water"}),
    ):
        address = f"/admin/petitions/{row._meta.model_name}/{row.pk}/change/"
        assert 'name="slug"' not in client.get(address).content.decode()
        assert client.post(address, {**typed, "slug": "other"}).status_code == 302
        stored = type(row).objects.get(pk=row.pk)
        assert (stored.name, stored.slug) == (typed["name"], row.slug)
    ana = UserFactory()
    address = f"/admin/petitions/user/{ana.pk}/change/"
    assert 'name="slug"' in admin_client.get(address).content.decode()
    User.objects.filter(pk=ana.pk).update(slug="ana-ferreira")
    assert 'name="slug"' not in admin_client.get(address).content.decode()
