"""The statements that everything waits for find their index, on either database.

What is explained is what the code really sends, captured while it runs on 20,000 signatures.
"""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from petitions.models import Petition
from supporters import petition_page
from supporters.count import live_count, with_newest_confirmation
from supporters.fold import fold, fold_all
from supporters.models import Signature
from supporters.signing import Signer, ask_again, sign
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db

# 15,000 with a position, 200 in the tail, the rest pending; one in fifty has a reason.
ROWS = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, position, mails_asked,
    created_at, confirmed_at, language, source
)
SELECT %s, %s, 'Sam', 'Okoye', 'sam' || n || '@example.org', 'sam' || n || '@example.org', 'IE',
    '', '', CASE WHEN n %% 50 = 0 THEN 'Because.' ELSE '' END, 'full', {no},
    CASE WHEN n <= 15200 THEN 'confirmed' ELSE 'pending' END, 'online', {no},
    CASE WHEN n <= 15000 THEN n END, 1, {now},
    CASE WHEN n <= 15200 THEN {now} END, 'en', ''
FROM numbers
"""


@pytest.fixture
def petition():
    """A petition with 20,000 signatures, beside another with 3,000."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    quoted = f"'{now}'" if connection.vendor == "sqlite" else f"'{now}'::timestamptz"
    no = "0" if connection.vendor == "sqlite" else "false"
    petition, other = PetitionFactory(is_open=True), PetitionFactory(is_open=True)
    with connection.cursor() as cursor:
        for number, row in ((20_000, petition), (3_000, other)):
            cursor.execute(ROWS.format(no=no, now=quoted), [number, row.pk, row.version_id])
        cursor.execute("ANALYZE")
    Petition.objects.filter(pk=petition.pk).update(supporter_count=15_000)
    return petition


def plans(act):
    """What the database does for each statement about signatures that act() sends."""
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        act()
        transaction.set_rollback(True)
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[connection.vendor]
    found = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            sql = query["sql"]
            if "supporters_signature" in sql and not sql.startswith(("SAVEPOINT", "ROLLBACK")):
                cursor.execute(explain + sql)
                found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def assert_nothing_is_read_whole(plan):
    """Every row of signatures is reached through an index or its id."""
    lines = [line for line in plan.splitlines() if "supporters_signature" in line]
    for line in lines:
        assert "Seq Scan" not in line, plan
        if connection.vendor == "sqlite" and "SCAN supporters_signature" in line:
            assert "USING" in line, plan


def test_the_live_count_reads_the_tail_alone(petition):
    [plan] = plans(lambda: live_count(petition.pk))
    assert live_count(petition.pk) == 15_200
    assert "supporters_signature_tail" in plan
    assert_nothing_is_read_whole(plan)


def test_the_newest_confirmation_is_a_step_into_each_of_two_indexes(petition):
    [plan] = plans(lambda: with_newest_confirmation(Petition.objects.all()).get(pk=petition.pk))
    assert "supporters_signature_tail" in plan
    assert "supporters_signature_position_once" in plan
    assert_nothing_is_read_whole(plan)


def test_the_fold_reads_the_tail_and_the_last_position(petition):
    taken = []
    waiting, last, give = plans(lambda: taken.append(fold(petition.pk)))
    assert taken == [200]
    assert "supporters_signature_tail" in waiting
    assert "supporters_signature_position_once" in last
    assert "supporters_signature_tail" in give
    assert {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "supporters_signature_pkey"}[
        connection.vendor
    ] in give
    for plan in (waiting, last, give):
        assert_nothing_is_read_whole(plan)


def test_the_worker_finds_the_tails_without_reading_the_rest(petition):
    waiting = plans(fold_all)[0]
    assert "supporters_signature_tail" in waiting
    assert_nothing_is_read_whole(waiting)


def test_signing_infers_its_conflict_from_the_index(petition):
    signer = Signer(
        given_name="Sam", family_name="O", email="Sam7@example.org", email_key="sam7@example.org"
    )
    plan = plans(lambda: sign(petition.pk, signer))[0]
    if connection.vendor == "postgresql":
        assert "Conflict Arbiter Indexes: supporters_signature_once" in plan
    assert_nothing_is_read_whole(plan)
    sign(petition.pk, signer)
    assert Signature.objects.get(petition=petition, email_key="sam7@example.org").mails_asked == 2


def test_an_address_is_found_by_the_same_index(petition):
    find = plans(lambda: ask_again(petition.pk, "sam7@example.org"))[0]
    assert "supporters_signature_once" in find
    assert_nothing_is_read_whole(find)


def test_the_reasons_of_a_page_have_an_index_of_their_own(petition):
    rows = []
    [plan] = plans(lambda: rows.extend(petition_page._reasons(petition)))
    assert len(rows) == petition_page.REASONS
    assert "supporters_signature_reasons" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_newest_supporters_of_a_page_come_by_position(petition):
    rows = []
    [plan] = plans(lambda: rows.extend(petition_page._recent(petition)))
    assert len(rows) == petition_page.RECENT
    assert "supporters_signature_position_once" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_whether_the_organizer_signed_is_one_step(petition):
    [plan] = plans(lambda: petition_page.page_petitions().get(pk=petition.pk))
    assert "supporters_signature_organizer_once" in plan
    assert_nothing_is_read_whole(plan)
