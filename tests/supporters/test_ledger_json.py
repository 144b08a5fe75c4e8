"""The ledger as JSON: its terms add up to the number, at every step and whatever goes on beside."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from petitions.models import Petition
from supporters.count import with_live_count
from supporters.fold import fold
from supporters.ledger import SHOWN, ledger_of
from supporters.models import CountAdjustment
from supporters.withdrawing import disown, withdraw
from tests.factories import PetitionFactory, SignatureFactory, UserFactory
from tests.threads import in_background, spread

pytestmark = pytest.mark.django_db

ADDRESS = "/petitions/mend/ledger.json"


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend")


def terms(said):
    return {term["kind"]: term["quantity"] for term in said["terms"]}


def entry(petition, kind, quantity, **more):
    return CountAdjustment.objects.create(petition=petition, kind=kind, quantity=quantity, **more)


def test_what_it_says(client, petition):
    signatures = SignatureFactory.create_batch(5, petition=petition, is_confirmed=True)
    fold(petition.pk)
    withdraw(signatures[0].pk)
    disown(signatures[1].pk)
    mo = UserFactory()
    entry(petition, "paper", 30, happened_on=dt.date(2026, 8, 17), source="The market")
    swept = entry(petition, "removed", -2, reason="One network.", recorded_by=mo)
    before = timezone.now() - dt.timedelta(seconds=1)
    response = client.get(ADDRESS)
    said = response.json()
    assert set(said) == {"count", "status", "terms", "entries", "next", "as_of"}
    assert (said["count"], said["status"], said["next"]) == (31, "open", None)
    assert terms(said) == {"signed": 5, "paper": 30, "withdrawn": -1, "removed": -2, "disowned": -1}
    assert said["entries"] == [
        {
            "date": str(swept.happened_on),
            "kind": "removed",
            "quantity": -2,
            "reason": "One network.",
            "source": "",
        },
        {
            "date": "2026-08-17",
            "kind": "paper",
            "quantity": 30,
            "reason": "",
            "source": "The market",
        },
    ]
    assert parse_datetime(said["as_of"]) > before
    assert response["Access-Control-Allow-Origin"] == "*"
    cached = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"
    assert response["Cache-Control"] == cached
    assert mo.username not in response.content.decode()


def test_it_adds_up_at_every_step(client, petition):
    rows = SignatureFactory.create_batch(6, petition=petition, is_confirmed=True)

    def check():
        said = client.get(ADDRESS).json()
        assert sum(terms(said).values()) == said["count"]
        assert said["count"] == client.get("/petitions/mend/count.json").json()["count"]
        return terms(said)

    assert check() == {"signed": 6}
    fold(petition.pk)
    assert check() == {"signed": 6}
    withdraw(rows[0].pk)
    assert check() == {"signed": 6, "withdrawn": -1}
    SignatureFactory(petition=petition, is_confirmed=True)
    entry(petition, "removed", -3, reason="Sweep.")
    entry(petition, "restored", 3, reason="The sweep was a mistake.")
    assert check() == {"signed": 7, "withdrawn": -1, "removed": -3, "restored": 3}


@pytest.mark.django_db(transaction=True)
def test_no_withdrawal_gets_between_the_number_and_its_terms():
    """All have confirmed, so that what was signed is the same number in every snapshot."""
    petition = PetitionFactory(is_open=True)
    number = 60
    rows = SignatureFactory.create_batch(number, petition=petition, is_confirmed=True)
    seen = []

    def look():
        found = ledger_of(with_live_count(Petition.objects.all()).get(pk=petition.pk))
        lines = {line.kind: line.quantity for line in found.lines}
        seen.append((lines["signed"], sum(lines.values()) - found.total))

    fold(petition.pk)
    with in_background(look):
        spread(withdraw, [row.pk for row in rows[:50]])
    assert set(seen) == {(number, 0)}


def test_every_entry_is_on_one_of_its_pages(client, petition):
    for number in range(2 * SHOWN + 7):
        day = dt.date(2026, 3, 1) + dt.timedelta(days=number % 90)
        entry(petition, "restored", 1, reason=f"Entry {number}", happened_on=day)
    address, seen = ADDRESS, []
    while address:
        said = client.get(address).json()
        assert said["count"] == 2 * SHOWN + 7
        assert len(said["entries"]) <= SHOWN
        seen += said["entries"]
        address = said["next"] and said["next"].removeprefix("http://testserver")
    assert len({each["reason"] for each in seen}) == len(seen) == 2 * SHOWN + 7
    assert [each["date"] for each in seen] == sorted((each["date"] for each in seen), reverse=True)


def test_nothing_in_it_tells_how_many_entries_other_petitions_have(client, petition):
    other = PetitionFactory(is_open=True)
    day = dt.date(2026, 3, 1)
    for number in range(SHOWN + 3):
        for each in (other, petition):
            entry(each, "restored", 1, reason=f"Entry {number}", happened_on=day)
    said = client.get(ADDRESS).json()
    assert all("id" not in each for each in said["entries"])
    # Three are older than this page, whatever happened on other petitions.
    assert said["next"].endswith("?before=2026-03-01.4")
    rest = client.get(ADDRESS, {"before": "2026-03-01.4"}).json()["entries"]
    assert [each["reason"] for each in rest] == ["Entry 2", "Entry 1", "Entry 0"]
    assert client.get(ADDRESS, {"before": "2026-03-01.999999999"}).json()["next"] is None


@pytest.mark.parametrize("before", ["x", "2026-13-01.1", "2026-01-01", "2026-01-01.", "١.١"])
def test_what_is_no_place_in_it_begins_anew(client, petition, before):
    entry(petition, "paper", 3)
    assert len(client.get(ADDRESS, {"before": before}).json()["entries"]) == 1


def test_unchanged_answers_304(client, petition):
    etag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"if-none-match": etag}).status_code == 304
    entry(petition, "paper", 3)
    assert client.get(ADDRESS, headers={"if-none-match": etag}).json()["count"] == 3


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        ("draft", 404, "not found"),
        ("in_review", 404, "not found"),
        ("rejected", 404, "not found"),
        ("hidden", 410, "gone"),
        ("closed", 200, None),
    ],
)
def test_states(client, status, answer, error):
    PetitionFactory(slug="mend", status=status)
    response = client.get(ADDRESS)
    assert response.status_code == answer
    assert response.json().get("error") == error
    assert response["Access-Control-Allow-Origin"] == "*"


def test_an_old_slug_a_stranger_and_a_wrong_verb(client, petition):
    petition.slug = "new"
    petition.save()
    response = client.get(ADDRESS)
    assert (response.status_code, response["Location"]) == (301, "/petitions/new/ledger.json")
    assert client.get("/petitions/nobody-knows/ledger.json").json() == {"error": "not found"}
    assert client.post(ADDRESS).status_code == 405


def test_budget(client, petition, count_queries):
    SignatureFactory.create_batch(30, petition=petition, is_confirmed=True)
    entry(petition, "paper", 3)
    with count_queries() as queries:
        client.get(ADDRESS)
    assert len(queries) <= 3, queries
