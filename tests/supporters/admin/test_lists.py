"""The lists: how many statements, which indexes, and no counting of everything."""

import re
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import RequestFactory

from petitions.models import Petition, PetitionTarget
from supporters.admin import SignatureAdmin, lists
from supporters.fold import fold
from supporters.models import CountAdjustment, Mailing, OutgoingMail, Signature
from tests.factories import (
    ActionStepFactory,
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"
SIGNATURES = "/admin/supporters/signature/"


def titles(answer) -> list[str]:
    return [petition.title for petition in answer.context["cl"].result_list]


def ids(answer) -> list[int]:
    return [row.pk for row in answer.context["cl"].result_list]


def counts_without_limit(queries) -> list[str]:
    return [
        sql
        for sql in queries.statements
        if sql.startswith("SELECT COUNT(") and not re.search(r"LIMIT \d+\) subquery", sql)
    ]


# Petitions


@pytest.mark.parametrize("rows", [1, 60])
def test_the_list_of_petitions_takes_eight_statements(as_user, mo, count_queries, rows):
    for _ in range(rows):
        petition = PetitionFactory(is_open=True, organizer=UserFactory())
        SignatureFactory(petition=petition, is_confirmed=True)
    client = as_user(mo)
    client.get(f"{LIST}?status=open")
    with count_queries() as queries:
        answer = client.get(f"{LIST}?status=open")
    assert len(titles(answer)) == rows
    assert len(queries) <= 8, queries


def test_the_list_leaves_the_stories_where_they_are(as_user, mo, count_queries):
    PetitionFactory(in_review=True)
    with count_queries() as queries:
        as_user(mo).get(LIST)
    assert not [sql for sql in queries.statements if '"petitions_petition"."body"' in sql]


def test_a_moderators_list_begins_with_what_waits(as_user, mo):
    for status in ("draft", "in_review", "open", "closed", "rejected", "hidden"):
        PetitionFactory(status=status, title=status)
    client = as_user(mo)
    assert titles(client.get(LIST)) == ["in_review"]
    assert titles(client.get(f"{LIST}?status=closed")) == ["closed"]
    assert len(titles(client.get(f"{LIST}?status=all"))) == 6
    assert len(titles(client.get(f"{LIST}?status=%00"))) == 6
    text = client.get(LIST).content.decode()
    assert re.search(r'<li class="selected">\s*<a href="\?status=in_review"', text)


def test_petitions_are_found_by_words_in_any_script(as_user, mo):
    PetitionFactory(is_open=True, title="Чисте повітря для Львова")
    PetitionFactory(is_open=True, title="Clean air for Leeds")
    client = as_user(mo)

    def found(words):
        return titles(client.get(f"{LIST}?{urlencode({'status': 'all', 'q': words})}"))

    assert found("повітря") == ["Чисте повітря для Львова"]
    assert found("AIR clea") == ["Clean air for Leeds"]
    for hostile in ('"', "AND", "(", "title:", "*", "'; --", "%", "\x00", "a\x00b", "\ud800" + ""):
        query = urlencode({"q": hostile}, errors="surrogatepass")
        assert client.get(f"{LIST}?{query}").status_code in {200, 302}
    assert len(found("")) == 2


@pytest.mark.parametrize("query", ["o=1", "o=-3.1", "p=99", "p=x", "all=", "e=1", "_facets=True"])
def test_other_parameters_of_the_list_do_no_harm(as_user, mo, query):
    PetitionFactory(in_review=True)
    answer = as_user(mo).get(f"{LIST}?{query}", follow=True)
    assert answer.status_code == 200


def test_the_number_is_the_live_count(as_user, mo):
    petition = PetitionFactory(is_open=True)
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    fold(petition.pk)
    CountAdjustment.objects.create(petition=petition, kind="paper", quantity=38)
    SignatureFactory(petition=petition, is_confirmed=True)  # not folded yet
    SignatureFactory(petition=petition)  # pending
    client = as_user(mo)
    assert client.get(f"/petitions/{petition.slug}/count.json").json()["count"] == 41
    text = client.get(f"{LIST}?status=open").content.decode()
    assert 'class="field-supporters">41<' in text
    shown = re.search(
        r'field-supporters.*?class="readonly">(\d+)<',
        client.get(f"{LIST}{petition.pk}/change/").content.decode(),
        re.DOTALL,
    )
    assert shown
    assert shown[1] == "41"


@pytest.mark.parametrize("who", ["mo", "ana"])
def test_the_page_of_a_petition_takes_no_statement_per_row(as_user, mo, ana, count_queries, who):
    def statements(rows: int) -> int:
        petition = PetitionFactory(is_open=True, organizer=ana)
        for _ in range(rows):
            PetitionTarget.objects.create(petition=petition, target=TargetFactory())
            ActionStepFactory(petition=petition)
            UpdateFactory(petition=petition, author=UserFactory())
            petition.close(by=UserFactory())
            petition.reopen(by=UserFactory())
        client = as_user({"mo": mo, "ana": ana}[who])
        client.get(f"{LIST}{petition.pk}/change/")
        with count_queries() as queries:
            answer = client.get(f"{LIST}{petition.pk}/change/")
        assert answer.status_code == 200
        assert len(queries) <= 18, queries
        return len(queries)

    assert statements(1) == statements(7)


# Signatures


@pytest.fixture
def signed():
    petition = PetitionFactory(is_open=True)
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    fold(petition.pk)
    SignatureFactory(petition=petition, email="Noor+news@example.org")
    SignatureFactory.create_batch(2, is_confirmed=True)
    return petition


def test_signatures_are_never_counted_whole(as_user, mo, signed, count_queries):
    client = as_user(mo)
    for query in ("", f"?petition__id__exact={signed.pk}", "?q=1", "?p=1", "?all="):
        client.get(f"{SIGNATURES}{query}")
        with count_queries() as queries:
            assert client.get(f"{SIGNATURES}{query}").status_code == 200
        assert len(queries) <= 8, queries
        assert not counts_without_limit(queries)
        reads = [sql for sql in queries.statements if 'FROM "supporters_signature"' in sql]
        assert all("LIMIT" in sql for sql in reads if "COUNT" in sql), reads


def test_the_list_ends_after_its_first_ten_thousand(as_user, mo, signed, monkeypatch):
    monkeypatch.setattr(lists, "LISTED", 4)
    monkeypatch.setattr(SignatureAdmin, "list_per_page", 2)
    client = as_user(mo)
    newest = list(Signature.objects.order_by("-id").values_list("id", flat=True))
    assert len(newest) == 6
    assert ids(client.get(SIGNATURES)) == newest[:2]
    assert ids(client.get(f"{SIGNATURES}?p=2")) == newest[2:4]
    assert client.get(f"{SIGNATURES}?p=3").status_code == 302
    assert "newest 4 are listed" in client.get(SIGNATURES).content.decode()
    monkeypatch.setattr(lists, "LISTED", 6)
    assert "are listed" not in client.get(SIGNATURES).content.decode()


def test_the_counted_ones_of_a_petition_newest_first(as_user, mo, signed):
    answer = as_user(mo).get(f"{SIGNATURES}?petition__id__exact={signed.pk}")
    assert [row.position for row in answer.context["cl"].result_list] == [3, 2, 1]
    assert signed.title in answer.content.decode()
    assert (
        f"petition__id__exact={signed.pk}"
        in as_user(mo).get(f"{LIST}{signed.pk}/change/").content.decode()
    )


def test_an_address_is_found_under_one_petition_however_it_is_spelled(as_user, mo, signed):
    client = as_user(mo)
    noor = Signature.objects.get(email="Noor+news@example.org")

    def found(**query):
        return ids(client.get(f"{SIGNATURES}?{urlencode(query)}"))

    assert found(petition__id__exact=signed.pk, q="noor@EXAMPLE.org ") == [noor.pk]
    assert found(petition__id__exact=signed.pk, q="sam@example.org") == []
    assert found(petition__id__exact=signed.pk, q="nonsense") == []
    assert found(q="noor@example.org") == []
    assert found(q=str(noor.pk)) == [noor.pk]
    answer = client.get(f"{SIGNATURES}?q=noor@example.org")
    assert "of one petition" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["given_name__startswith=S", "email=x", "status=pending", "position__gt=1", "id__lt=9"]
)
def test_signatures_are_not_searched_without_an_index(as_user, mo, signed, query):
    assert as_user(mo).get(f"{SIGNATURES}?{query}").status_code == 400


@pytest.mark.parametrize("petition", ["x", "0", "999999", "9" * 30, "%00", "-1", ""])
def test_a_petition_that_is_none_lists_no_more_than_it_should(as_user, mo, signed, petition):
    answer = as_user(mo).get(f"{SIGNATURES}?petition__id__exact={petition}")
    assert answer.status_code == 200
    assert len(ids(answer)) in {0, Signature.objects.count()}


def plan(queryset) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    return queryset.explain()


@pytest.mark.parametrize(
    ("path", "query", "index"),
    [
        ("supporters.signature", {}, "supporters_signature_pkey"),
        ("supporters.signature", {"petition__id__exact": "1"},
         "supporters_signature_position_once"),
        ("supporters.signature", {"petition__id__exact": "1", "q": "noor@example.org"},
         "supporters_signature_once"),
        ("supporters.signature", {"q": "7"}, "supporters_signature_pkey"),
        ("supporters.outgoingmail", {}, "supporters_outgoingmail_pkey"),
        ("supporters.outgoingmail", {"state": "waiting"}, "supporters_mail_waiting"),
        ("supporters.outgoingmail", {"state": "failed"}, "supporters_mail_failed"),
        ("supporters.countadjustment", {}, "supporters_countadjustment_pkey"),
        ("supporters.mailing", {}, "supporters_mailing_pkey"),
        ("petitions.petition", {"status": "all"}, "petitions_petition_pkey"),
    ],
)  # fmt: skip
def test_each_list_has_its_index(mo, path, query, index):
    model = apps.get_model(path)
    request = RequestFactory().get("/admin/", query)
    request.user = mo
    changelist = site.get_model_admin(model).get_changelist_instance(request)
    explained = plan(changelist.queryset[:100])
    if connection.vendor == "sqlite":
        assert "TEMP B-TREE" not in explained
        if index.endswith("_pkey"):
            table = model._meta.db_table
            assert re.search(
                rf"(SCAN|SEARCH) {table}( USING INTEGER PRIMARY KEY.*)?$", explained, re.MULTILINE
            )
        else:
            assert index in explained
    else:
        assert index in explained
        assert "Sort" not in explained


# The others


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("model", ["countadjustment", "outgoingmail", "mailing"])
def test_the_other_lists_take_no_statement_per_row(as_user, mo, count_queries, model, rows):
    for _ in range(rows):
        petition = PetitionFactory(is_open=True)
        CountAdjustment.objects.create(petition=petition, kind="paper", quantity=1)
        OutgoingMail.objects.create(kind="signature", recipient="a@example.org", petition=petition)
        Mailing.objects.create(update=UpdateFactory(petition=petition))
    client = as_user(mo)
    client.get(f"/admin/supporters/{model}/")
    with count_queries() as queries:
        answer = client.get(f"/admin/supporters/{model}/")
    assert len(ids(answer)) == rows
    assert len(queries) <= 7, queries
    assert not counts_without_limit(queries)


def test_mails_show_addresses_only_to_whoever_may_see_signatures(as_user, nobody_yet):
    mail = OutgoingMail.objects.create(
        kind="signature", recipient="noor@example.org", failure="550 <noor@example.org>"
    )
    nobody_yet.user_permissions.add(Permission.objects.get(codename="view_outgoingmail"))
    client = as_user(nobody_yet)
    for address in ("", f"{mail.pk}/change/"):
        answer = client.get(f"/admin/supporters/outgoingmail/{address}")
        assert answer.status_code == 200
        assert "noor" not in answer.content.decode()


def test_a_ledger_entry_is_chosen_from_petitions_by_search(as_user, mo, count_queries):
    PetitionFactory(title="Clean air")
    PetitionFactory(title="Mend the bridge")
    asked = {
        "app_label": "supporters", "model_name": "countadjustment", "field_name": "petition",
        "term": "clea",
    }  # fmt: skip
    client = as_user(mo)
    with count_queries() as queries:
        answer = client.get("/admin/autocomplete/", asked)
    assert [row["text"] for row in answer.json()["results"]] == ["Clean air"]
    assert not counts_without_limit(queries)
    assert Petition.objects.count() == 2
