"""What migrations do to the rows of a site that runs meanwhile, and when they are taken back."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from petitions import search
from petitions.models import Petition, PetitionVersion, Target, Topic, User
from tests.factories import PetitionFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db

names_and_search = import_module("petitions.migrations.0006_names_and_search")


@pytest.mark.parametrize(
    ("model", "column", "other"),
    [
        (Petition, "progress", {"slug": "copy", "version_id": None}),
        (PetitionVersion, "is_withheld", {"number": 2}),
        (Target, "words", {"slug": "copy"}),
        (Topic, "description", {"slug": "copy", "name": "Copy"}),
    ],
)
def test_processes_of_the_release_before_store_rows_until_they_are_restarted(
    model, column, other
) -> None:
    """They do not know the column, and it takes no NULL."""
    PetitionFactory()
    TargetFactory()
    Topic.objects.create(name="Rivers", slug="rivers")
    table = model._meta.db_table
    fields = [field.column for field in model._meta.concrete_fields]
    kept = [name for name in fields if name not in {"id", column, *other}]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join([*kept, *other])})"
            f" SELECT {', '.join([*kept, *(['%s'] * len(other))])} FROM {table}",
            list(other.values()),
        )
    copy = model.objects.latest("pk")
    assert getattr(copy, column) == model._meta.get_field(column).default


@pytest.mark.django_db(transaction=True)
def test_the_search_can_be_prepared_again_after_going_back() -> None:
    row = PetitionFactory(title="Mend the weir")
    with connection.schema_editor() as editor:
        names_and_search.prepare_search(apps, editor)
    found = search.ranked(Petition.objects.all(), "weir")
    assert list(found) == [row]


def test_names_get_words_and_addresses() -> None:
    TargetFactory(name="Écluse de l’Île")
    PetitionFactory(is_open=True)
    PetitionFactory(is_open=True, organizer=UserFactory(first_name="", last_name=""))
    PetitionFactory(is_open=True, organizer_name="A worried parent")
    Target.objects.update(words="")
    User.objects.update(slug=None)
    names_and_search.name_targets(apps, None)
    names_and_search.give_organizers_addresses(apps, None)
    assert Target.objects.get().words == " ecluse de l ile"
    assert list(User.objects.order_by("pk").values_list("slug", flat=True)) == [
        "ana-ferreira",
        None,
        None,
    ]
