"""Rows of which something is made only where somebody looks, and which are known by their values."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from petitions.models import Update
from supporters.compiled import Compiled
from supporters.kept import key_of
from supporters.rows import Rows
from tests.factories import UpdateFactory


def tens(values, _connection):
    return [10 * value for (value,) in values]


def rows(*numbers):
    return Rows([(number,) for number in numbers], tens, None)


def test_they_are_read_as_a_list():
    some = rows(1, 2, 3)
    assert (list(some), len(some), bool(some), bool(rows())) == ([10, 20, 30], 3, True, False)
    assert (some[0], some[-1], list(some[1:]), list(some.into(str))) == (10, 30, [20, 30], [
        "10", "20", "30",
    ])  # fmt: skip
    assert some.into(str).into(len)[0] == 2
    with pytest.raises(IndexError):
        some[3]


def test_they_are_known_by_their_values_and_by_what_is_made_of_them():
    assert key_of(rows(1, 2)) == key_of(rows(1, 2)) == key_of(rows(1, 2, 3)[:2])
    assert key_of(rows(1, 2).into(str)) == key_of(rows(1, 2).into(str))
    others = [rows(2, 1), rows(1), rows(), rows(1, 2).into(str), Rows([(1,), (2,)], list, None)]
    assert len({key_of(each) for each in [rows(1, 2), *others]}) == 1 + len(others)


def test_what_was_made_is_known_by_itself_alone():
    def pairs(values, _connection):
        return [(value[:5], "shown") for (value,) in values]

    one, other = (Rows([(name,)], pairs, None).made() for name in ("Maria Okoro", "Maria Lund"))
    assert key_of(one) == key_of(other) != key_of(Rows([("Noor",)], pairs, None).made())
    assert (one[0], list(other), len(one)) == (("Maria", "shown"), [("Maria", "shown")], 1)
    assert "Okoro" not in repr(key_of(one))


@pytest.mark.django_db
def test_models_of_a_query_are_made_at_a_look(count_queries):
    update = UpdateFactory(published_at=timezone.now() - timedelta(hours=1), title="They met us")
    find = Compiled(lambda petition: Update.objects.filter(petition=petition), petition=-1)
    with count_queries() as queries, connection.cursor() as cursor:
        one, other = (find.rows(cursor, petition=update.petition_id) for _ in range(2))
        assert key_of(one) == key_of(other)
        assert (list(one), one[0].title) == ([update], "They met us")
    assert len(queries) == 2
    Update.objects.update(title="They met us again")
    with connection.cursor() as cursor:
        assert key_of(one) != key_of(find.rows(cursor, petition=update.petition_id))
