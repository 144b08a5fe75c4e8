"""The number as JSON, and the same number everywhere."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from supporters.count import live_count
from supporters.fold import fold
from supporters.models import CountAdjustment
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


def test_what_it_says(client):
    petition = PetitionFactory(is_open=True, slug="mend", goal=50)
    before = timezone.now() - timedelta(seconds=1)
    SignatureFactory.create_batch(2, petition=petition, is_confirmed=True)
    response = client.get("/petitions/mend/count.json")
    said = response.json()
    assert set(said) == {"count", "goal", "status", "confirmed_at", "as_of"}
    assert (said["count"], said["goal"], said["status"]) == (2, 50, "open")
    assert before < parse_datetime(said["confirmed_at"]) <= parse_datetime(said["as_of"])
    assert response["Access-Control-Allow-Origin"] == "*"
    cached = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"
    assert response["Cache-Control"] == cached
    assert "Vary" not in response or "Cookie" not in response["Vary"]


def test_nobody_yet(client):
    PetitionFactory(is_open=True, slug="mend")
    said = client.get("/petitions/mend/count.json").json()
    assert (said["count"], said["goal"], said["confirmed_at"]) == (0, None, None)


def test_unchanged_answers_304_and_changed_does_not(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    etag = client.get("/petitions/mend/count.json")["ETag"]
    again = client.get("/petitions/mend/count.json", headers={"if-none-match": etag})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"
    assert again["Cache-Control"].startswith("public")
    SignatureFactory(petition=petition, is_confirmed=True)
    after = client.get("/petitions/mend/count.json", headers={"if-none-match": etag})
    assert after.status_code == 200
    assert after.json()["count"] == 1


def test_same_number_everywhere_at_every_step(client):
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend it")
    rows = SignatureFactory.create_batch(5, petition=petition, is_confirmed=True)

    def everywhere() -> set[int]:
        page = client.get("/petitions/mend/").content.decode()
        listed = client.get("/petitions/").content.decode()
        return {
            live_count(petition.pk),
            client.get("/petitions/mend/count.json").json()["count"],
            int(re.search(r'<data value="(\d+)"', page)[1]),
            int(re.search(r'<data value="(\d+)"', listed)[1]),
        }

    assert everywhere() == {5}
    fold(petition.pk)
    assert everywhere() == {5}
    withdraw(rows[0].pk)
    assert everywhere() == {4}
    SignatureFactory(petition=petition, is_confirmed=True)
    assert everywhere() == {5}
    CountAdjustment.objects.create(petition=petition, kind="paper", quantity=30)
    assert everywhere() == {35}
    petition.close(by=None)
    assert everywhere() == {35}


def test_follows_a_changed_slug(client):
    petition = PetitionFactory(is_open=True, slug="old")
    petition.slug = "new"
    petition.save()
    response = client.get("/petitions/old/count.json")
    assert response.status_code == 301
    assert response["Location"] == "/petitions/new/count.json"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_unknown_answers_are_not_kept(client):
    response = client.get("/petitions/nobody-knows/count.json")
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_wrong_verbs(client):
    PetitionFactory(is_open=True, slug="mend")
    assert client.post("/petitions/mend/count.json").status_code == 405
    assert client.head("/petitions/mend/count.json").status_code == 200


@pytest.mark.parametrize("signatures", [0, 50])
def test_budget(client, count_queries, signatures):
    petition = PetitionFactory(is_open=True, slug="mend")
    SignatureFactory.create_batch(signatures, petition=petition, is_confirmed=True)
    with count_queries() as queries:
        client.get("/petitions/mend/count.json")
    assert len(queries) <= 1, queries
