"""Storing many petitions at once leaves the same rows as saving each."""

import pytest
from django.db import IntegrityError

from petitions import search
from petitions.bulk import save_new
from petitions.models import Petition, PetitionSlug, PetitionVersion

pytestmark = pytest.mark.django_db

TEXTS = {
    "title": "Mend the bridge",
    "summary": "It is shut.",
    "body": "# Why\n\nNinety <b>children</b> walk round it.",
    "ask": "## Mend it\n\nBefore winter.",
}


def stored(model: type, **of: object) -> dict[str, object]:
    left_out = {"id", "petition_id", "version_id", "created_at", "slug"}
    (row,) = model.objects.filter(**of).values()
    return {name: value for name, value in row.items() if name not in left_out}


def test_the_rows_are_those_of_save() -> None:
    one, many = Petition(status="open", **TEXTS), Petition(status="open", **TEXTS)
    one.save()
    save_new([many])
    assert stored(Petition, pk=many.pk) == stored(Petition, pk=one.pk)
    assert stored(PetitionVersion, petition=many) == stored(PetitionVersion, petition=one)
    for row in (one, many):
        fresh = Petition.objects.get(pk=row.pk)
        assert fresh.version_id == row.version_id == PetitionVersion.objects.get(petition=row).pk
        assert [*fresh.slugs.values_list("slug", flat=True)] == [fresh.slug] == [row.slug]
        assert fresh.language == "en"
    assert search.matching(Petition.objects.all(), "bridge ninety winter").count() == 2


def test_same_titles_get_different_slugs() -> None:
    Petition(title="Mend the bridge").save()
    rows = [Petition(title="Mend the bridge") for _ in range(4)]
    save_new(rows)
    slugs = [row.slug for row in rows]
    assert slugs[:2] == ["mend-the-bridge-2", "mend-the-bridge-3"]
    assert len(set(slugs)) == 4
    assert PetitionSlug.objects.count() == 5


def test_a_slug_that_somebody_gave_up_stays_taken() -> None:
    moved = Petition(title="Mend the bridge")
    moved.save()
    moved.slug = "bridge"
    moved.save()
    rows = [Petition(title="Mend the bridge")]
    save_new(rows)
    assert rows[0].slug == "mend-the-bridge-2"


def test_given_slugs_are_kept_and_not_handed_out_again() -> None:
    rows = [Petition(title="Bridge"), Petition(title="Other", slug="bridge")]
    save_new(rows)
    assert [row.slug for row in rows] == ["bridge-2", "bridge"]


def test_all_or_none() -> None:
    Petition(title="Here", source="UK", source_id="1").save()
    with pytest.raises(IntegrityError):
        save_new(
            [
                Petition(title="New", source="UK", source_id="2"),
                Petition(title="Here again", source="UK", source_id="1"),
            ]
        )
    assert Petition.objects.count() == PetitionSlug.objects.count() == 1


def test_none_at_all() -> None:
    save_new([])
    assert not Petition.objects.exists()


def test_the_statements_do_not_grow_with_the_petitions(count_queries) -> None:
    def statements(number: int) -> int:
        rows = [Petition(title=f"{number} {n}") for n in range(number)]
        with count_queries() as queries:
            save_new(rows)
        # executemany counts as one on SQLite ("30 times: …"), as one entry on PostgreSQL too
        return len(queries)

    assert statements(30) <= statements(3) + 3
