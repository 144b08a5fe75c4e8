"""Open petitions that may ask for the same."""

import pytest
from django.db import connection

from petitions import similar as module
from petitions.similar import similar
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    module.has_trigrams.cache_clear()
    yield
    module.has_trigrams.cache_clear()


def titles(title: str) -> list[str]:
    return [petition.title for petition in similar(title)]


def test_the_most_alike_comes_first_and_the_unlike_not_at_all():
    for title in (
        "Open the Harrow Lane library on Saturdays",
        "Keep the library at Eastmere",
        "Mend the bridge on Weir Lane",
    ):
        PetitionFactory(is_open=True, title=title)
    assert titles("Open Harrow Lane library on Saturday and Sunday")[0] == (
        "Open the Harrow Lane library on Saturdays"
    )
    assert "Mend the bridge on Weir Lane" not in titles("Keep the libraries of Eastmere open")


def test_another_form_of_a_word_is_found():
    PetitionFactory(is_open=True, title="More buses in the evening")
    PetitionFactory(is_open=True, title="Bibliotecas abiertas los sábados")
    assert titles("More evening bus services") == ["More buses in the evening"]
    assert titles("Una biblioteca abierta el sabado") == ["Bibliotecas abiertas los sábados"]


def test_only_what_can_be_signed_is_shown():
    PetitionFactory(is_closed=True, title="Keep the library open")
    PetitionFactory(title="Keep the library open")
    PetitionFactory(in_review=True, title="Keep the library open")
    PetitionFactory(is_open=True, read_only=True, title="Keep the library open")
    assert titles("Keep the library open") == []


@pytest.mark.parametrize("title", ["", "!!!", "a", "' OR 1=1 --", '") NEAR(', "\x00library*"])
def test_any_title_may_be_asked_about(title):
    PetitionFactory(is_open=True, title="Mend the bridge")
    assert titles(title) == []


@pytest.mark.postgresql
def test_postgresql_also_finds_words_written_otherwise():
    PetitionFactory(is_open=True, title="Swimming lessons")
    assert module.has_trigrams()
    assert titles("Swiming lesons") == ["Swimming lessons"]


@pytest.mark.postgresql
def test_without_the_extension_words_are_enough():
    PetitionFactory(is_open=True, title="Keep the library open")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_trgm")  # undone with the test's transaction
    assert titles("Keep our library open") == ["Keep the library open"]
