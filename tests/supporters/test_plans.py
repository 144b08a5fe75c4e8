"""The statements that everything waits for find their index, on either database.

What is explained is what the code really sends, captured while it runs on 20,000 signatures.
"""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from petitions.models import Petition
from supporters import mailings, outbox, petition_page, reasons, recipients
from supporters.confirming import Answer, confirm
from supporters.count import live_count, with_newest_confirmation
from supporters.fold import fold, fold_all
from supporters.models import Signature
from supporters.signing import Signer, ask_again, sign
from supporters.views import home
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.outbox_rows import mailing

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
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Or rows that other tests took back make it longer.
            cursor.execute("TRUNCATE supporters_signature CASCADE")
            # As for an SSD: with that of a hard disk this few rows are read whole sooner.
            cursor.execute("SET LOCAL random_page_cost = 1.1")
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


def plans(act, about="supporters_signature"):
    """What the database does for each statement about signatures that act() sends."""
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        act()
        transaction.set_rollback(True)
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[connection.vendor]
    found = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            sql = query["sql"]
            if about in sql and not sql.startswith(("SAVEPOINT", "ROLLBACK")):
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


def test_who_gets_an_update_is_found_by_an_index_of_its_own(petition):
    found = plans(lambda: recipients.reach(petition.pk))
    mailing(petition=petition)
    found += plans(mailings.fill)
    for plan in found:
        assert "supporters_signature_wanting" in plan
        assert_nothing_is_read_whole(plan)


SAM = Signer(
    given_name="Sam", family_name="O", email="Sam7@example.org", email_key="sam7@example.org"
)


@pytest.mark.sqlite
def test_signing_reads_no_table_whole(petition):
    found = plans(lambda: sign(petition.pk, SAM))
    assert found
    for plan in found:
        assert_nothing_is_read_whole(plan)


def test_signing_again_meets_the_index_of_addresses(petition):
    sign(petition.pk, SAM)
    assert Signature.objects.get(petition=petition, email_key="sam7@example.org").mails_asked == 2


def scans(name):
    """How often this transaction has read a table from end to end, or rows by an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_numscans(oid) FROM pg_class WHERE relname = %s", [name]
        )
        return cursor.fetchone()[0]


@pytest.mark.postgresql
def test_signing_and_confirming_read_no_table_whole_nor_all_that_is_pending():
    """Not even by plans that were made when there were five rows, and are kept."""
    petition = PetitionFactory(is_open=True)
    SignatureFactory.create_batch(30, petition=petition)
    ids = list(Signature.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE supporters_signature, petitions_petition")
    before, pending = scans("supporters_signature"), scans("supporters_signature_pending")
    petitions = scans("petitions_petition")
    for number, signature_id in enumerate(ids):
        sign(petition.pk, replace(SAM, email_key=f"new{number}@example.org"))
        assert confirm(signature_id) == Answer.CONFIRMED
    assert scans("supporters_signature") == before
    assert scans("petitions_petition") == petitions
    assert scans("supporters_signature_pending") == pending
    assert Signature.objects.filter(status="confirmed").count() == 30


def test_an_address_is_found_by_the_same_index(petition):
    find = plans(lambda: ask_again(petition.pk, "sam7@example.org"))[0]
    assert "supporters_signature_once" in find
    assert_nothing_is_read_whole(find)


def test_the_reasons_of_a_page_have_an_index_of_their_own(petition):
    rows = []

    def ask():
        with connection.cursor() as cursor:
            rows.extend(reasons.of_page(cursor, petition.pk, limit=petition_page.REASONS))

    [plan] = plans(ask)
    assert len(rows) == petition_page.REASONS
    assert "supporters_signature_reasons" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_newest_supporters_of_a_page_come_by_position(petition):
    rows = []
    [plan] = plans(lambda: rows.extend(petition_page._recent(petition=petition.pk)))
    assert len(rows) == petition_page.RECENT
    assert "supporters_signature_position_once" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_whether_the_organizer_signed_is_one_step(petition):
    [plan] = plans(lambda: petition_page.page_petitions().get(pk=petition.pk))
    assert "supporters_signature_organizer_once" in plan
    assert_nothing_is_read_whole(plan)


def test_the_newest_victories_are_the_first_rows_of_their_index():
    first = PetitionFactory(is_closed=True)
    Petition.objects.update(outcome="victory")
    names = [f.column for f in Petition._meta.concrete_fields]
    kept = ", ".join(name for name in names if name not in {"id", "slug", "version_id"})
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
            f" WHERE n < 5000) INSERT INTO petitions_petition ({kept}, slug)"
            f" SELECT {kept}, 'victory-' || n FROM petitions_petition, numbers"
        )
        cursor.execute("ANALYZE")
    blocks = []
    plan = plans(lambda: blocks.append(home._blocks()), about="victories")[0]
    assert len(blocks[0]["victories"]) == home.VICTORIES
    assert first not in blocks[0]["victories"]  # of one day, the last stored
    assert "petitions_victories" in plan
    read = [line for line in plan.splitlines() if "petitions_victories" in line]
    assert len(read) == 1


def test_a_claim_does_not_walk_past_the_updates_that_wait(petition):
    news = mailing(petition=petition).pk
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supporters_outgoingmail (kind, recipient, petition_id, signature_id,"
            " mailing_id, payload, created_at, not_before, attempts, failure)"
            " SELECT 'update', email, petition_id, id, %s, '{}', %s, %s, 0, ''"
            " FROM supporters_signature WHERE petition_id = %s",
            [news, now, now, petition.pk],
        )
        cursor.execute("ANALYZE")
    single, _updates = plans(outbox.claim, "ORDER BY")
    assert "supporters_mail_by_mailing" in single, single
    assert "Sort" not in single, single


@pytest.mark.postgresql
def test_pages_of_signatures_leave_room_for_what_is_written_again():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reloptions FROM pg_class WHERE oid = 'supporters_signature'::regclass"
        )
        assert "fillfactor=90" in cursor.fetchone()[0]
