"""A compiled query gives what its queryset gives, value by value, thread by thread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from petitions.models import Petition, Update
from supporters.compiled import Compiled, CompiledUpdate
from supporters.count import with_live_count
from supporters.petition_page import page_petitions
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory, UserFactory


def by_slug(slug):
    return with_live_count(page_petitions()).filter(slug=slug)


@pytest.mark.django_db
def test_rows_are_models_with_their_annotations_and_relations(count_queries):
    petition = PetitionFactory(is_open=True, slug="mend", organizer=UserFactory())
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    PetitionFactory(is_open=True, slug="other")
    find = Compiled(by_slug, slug="\ue000")
    with count_queries() as queries:
        [found] = find(slug="mend")
        assert (found, found.live_count, found.organizer) == (petition, 3, petition.organizer)
        assert found.version.title == petition.title
    assert len(queries) == 1 + 1, queries  # the version's title is deferred on this page
    expected = by_slug("mend").get()
    assert found.get_deferred_fields() == expected.get_deferred_fields()
    for field in Petition._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(expected, field.attname)


@pytest.mark.django_db
def test_each_call_has_values_of_its_own():
    for slug in ("mend", "ü-und-'quote'", "\ue001"):
        PetitionFactory(slug=slug)
    find = Compiled(by_slug, slug="\ue000")
    for slug in ("mend", "ü-und-'quote'", "\ue001"):
        assert [row.slug for row in find(slug=slug)] == [slug]
    for slug in ("nothing", "\ue000", "' OR 1=1 --", "%s", ""):
        assert find(slug=slug) == []


@pytest.mark.django_db
def test_a_moment_is_a_value_too():
    now = timezone.now()
    update = UpdateFactory(published_at=now - timedelta(hours=1))
    find = Compiled(
        lambda petition, now: Update.objects.filter(petition=petition).published(now),
        petition=-1,
        now=datetime(1, 2, 3, tzinfo=UTC),
    )
    assert find(petition=update.petition_id, now=now) == [update]
    assert find(petition=update.petition_id, now=now - timedelta(hours=2)) == []
    assert find(petition=update.petition_id + 1, now=now) == []


@pytest.mark.django_db
def test_a_value_that_is_not_in_the_query_is_refused():
    find = Compiled(lambda slug, unused: by_slug(slug), slug="\ue000", unused=-1)
    with pytest.raises(ValueError, match="unused"):
        find(slug="mend", unused=3)


@pytest.mark.django_db(transaction=True)
def test_threads_use_their_own_connections():
    slugs = [f"petition-{n}" for n in range(8)]
    for slug in slugs:
        PetitionFactory(slug=slug)
    find = Compiled(by_slug, slug="\ue000")

    def ask(slug):
        try:
            return [row.slug for _ in range(20) for row in find(slug=slug)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for slug, found in zip(slugs, pool.map(ask, slugs), strict=True):
            assert found == [slug] * 20


@pytest.mark.django_db
def test_an_update_says_how_many_rows_it_changed():
    rename = CompiledUpdate(
        lambda slug, title: (Petition.objects.filter(slug=slug, status="draft"), {"title": title}),
        slug="\ue000",
        title="\ue001",
    )
    for slug in ("a", "b"):
        PetitionFactory(slug=slug, title="Old")
    assert [rename(slug=slug, title="New") for slug in ("a", "nothing")] == [1, 0]
    assert sorted(Petition.objects.values_list("slug", "title")) == [("a", "New"), ("b", "Old")]
