"""Finding signatures across petitions, and which statements it takes."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from supporters import signature_search
from supporters.fold import fold
from supporters.fraud import decisions
from supporters.models import Signature, Sweep
from supporters.signature_acts import erase
from supporters.signature_search import Asked, find, of_address
from supporters.subject_access import everything_of
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.fraud_world import moderator, propose, sign, work
from tests.supporters.test_plans import assert_nothing_is_read_whole, petition, plans

pytestmark = pytest.mark.django_db

__all__ = ["petition"]


@pytest.fixture
def bridge():
    return PetitionFactory(is_open=True, slug="bridge")


@pytest.fixture
def ferry():
    return PetitionFactory(is_open=True, slug="ferry")


def signed(petition, given="Sam", family="Okoye", **more):
    row = SignatureFactory(
        petition=petition, given_name=given, family_name=family, is_confirmed=True, **more
    )
    fold(petition.pk)
    return row


def found(**asked):
    return set(find(Asked(**asked)).signatures)


def test_an_address_finds_all_that_it_signed(bridge, ferry):
    counted = signed(bridge, email="N.oor+x@gmail.com")
    waiting = SignatureFactory(petition=ferry, email="noor@gmail.com")
    tail = SignatureFactory(is_confirmed=True, email="noor@gmail.com")
    other = signed(bridge, email="anoor@gmail.com")
    removed = signed(ferry, email="noor@example.org")
    Signature.objects.filter(pk=removed.pk).update(status="removed", ended_at=timezone.now())
    assert found(key="noor@gmail.com") == {counted, waiting, tail}
    assert found(key="noor@gmail.com", petition_id=bridge.pk) == {counted}
    assert found(key="noor@example.org") == {removed}
    assert found(key="nobody@example.org") == set()
    assert set(of_address("noor@gmail.com")) == {counted, waiting, tail}
    assert other not in found(key="noor@gmail.com")


def test_who_withdrew_is_not_found(bridge):
    gone = signed(bridge, email="noor@example.org")
    withdraw(gone.pk)
    assert found(key="noor@example.org") == set()
    assert found(name="okoye") == set()


def test_what_a_sweep_took_before_it_was_counted_is_found_by_its_address(bridge):
    sign(bridge, 1, domain="wave.example")
    sign(bridge, 1, domain="wave.example", status="pending")
    mo = moderator("mo")
    sweep = propose(bridge, mo)
    if sweep.state == Sweep.State.PROPOSED:
        decisions.approve(sweep, by=moderator("lee"))
    work(sweep)
    tail, waited = Signature.objects.order_by("pk")
    assert {(each.status, each.position) for each in (tail, waited)} == {("removed", None)}
    for each in (tail, waited):
        assert found(key=each.email_key) == set(of_address(each.email_key)) == {each}
        assert [row["id"] for row in everything_of(each.email)["signatures"]] == [each.pk]
        assert found(key=each.email_key, petition_id=bridge.pk + 1) == set()
    assert erase(waited, by=mo, reason="By letter.")
    assert found(key=waited.email_key) == set()
    assert decisions.undo(sweep, by=mo)
    work(sweep)
    waited.refresh_from_db()
    assert (waited.status, waited.email) == ("removed", "")
    assert found(key=tail.email_key) == {tail}


def test_a_domain_is_a_whole_one(bridge, ferry):
    first = signed(bridge, email="a@mail.example")
    second = signed(ferry, email="b@mail.example")
    signed(bridge, email="c@email.example")
    signed(bridge, email="d@sub.mail.example")
    signed(bridge, email="mail.example@example.org")
    assert found(domain="mail.example") == {first, second}
    assert found(domain="mail.example", petition_id=ferry.pk) == {second}


@pytest.mark.parametrize(
    "typed", ["Okoye", "okoye sam", "Sam Okoye", "SAM OKOYE", "oko", "okoye s"]
)
def test_a_name_is_found_either_way_round(bridge, typed):
    sam = signed(bridge)
    signed(bridge, "Noor", "Haddad")
    assert found(name=typed) == {sam}


def test_names_of_one_or_many_words(bridge):
    mononym = signed(bridge, "Sukarno", "")
    long = signed(bridge, "Ana María", "de la Cruz")
    hidden = signed(bridge, "100%", "_\\")
    assert found(name="Sukarno") == {mononym}
    assert found(name="Ana María de la Cruz") == {long}
    assert found(name="de la cruz") == {long}
    assert found(name="_\\ 100%") == {hidden}
    assert found(name="%") == set()


def test_places(bridge, ferry):
    one = signed(bridge, postal_code="MV3 7QT")
    two = signed(ferry, postal_code="MV3 9AA", locality="Ørsta")
    assert found(postal_code="mv3") == {one, two}
    assert found(postal_code="MV3 7") == {one}
    assert found(locality="Ørs") == {two}
    assert found(locality="Ørs", name="okoye", petition_id=bridge.pk) == set()


def test_days_and_petitions(bridge, ferry):
    now = timezone.now()
    rows = [
        signed(bridge if day % 2 else ferry, created_at=now - dt.timedelta(days=9 - day))
        for day in range(9)
    ]
    since, until = now - dt.timedelta(days=6.5), now - dt.timedelta(days=3.5)
    assert found(since=since, until=until) == set(rows[3:6])
    assert found(since=since) == set(rows[3:])
    assert found(until=until, name="okoye") == set(rows[:6])
    assert found(petition_id=bridge.pk, since=since) == {rows[3], rows[5], rows[7]}
    assert found(since=now) == set()


def test_those_that_wait_are_found_apart(bridge, ferry):
    waiting = SignatureFactory(petition=bridge, family_name="Haddad", email="n@mail.example")
    old = SignatureFactory(petition=ferry, created_at=timezone.now() - dt.timedelta(days=3))
    counted = signed(bridge, family="Haddad")
    assert found(waiting=True) == {waiting, old}
    assert found(waiting=True, name="haddad") == {waiting}
    assert found(waiting=True, domain="mail.example") == {waiting}
    assert found(waiting=True, petition_id=ferry.pk) == {old}
    assert counted not in found(waiting=True)
    assert found(name="haddad") == {counted}


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "okoye"},
        {"name": "okoye sam"},
        {"domain": "example.org"},
        {"postal_code": "MV"},
        {"name": "okoye", "postal_code": "MV"},
        {"domain": "example.org", "postal_code": "MV"},
        {"name": "okoye", "since": timezone.now() - dt.timedelta(days=2)},
        {"name": "okoye", "petition_id": True},
        {"petition_id": True},
        {"petition_id": True, "since": timezone.now() - dt.timedelta(days=2)},
        {"since": timezone.now() - dt.timedelta(days=2)},
        {"waiting": True},
        {"waiting": True, "name": "okoye"},
    ],
)
def test_pages_leave_none_out_and_show_none_twice(bridge, asked, monkeypatch):
    monkeypatch.setattr(signature_search, "SHOWN", 3)
    asked = {**asked, **({"petition_id": bridge.pk} if "petition_id" in asked else {})}
    confirmed = not asked.get("waiting")
    rows = [
        SignatureFactory(
            petition=bridge, is_confirmed=confirmed, postal_code=f"MV{n}",
            given_name=f"Sam{n % 2}", family_name="Okoye" if n % 3 else "Okoye-Berg",
        )
        for n in range(11)
    ]  # fmt: skip
    if not confirmed:
        Signature.objects.update(status="pending", confirmed_at=None)
    fold(bridge.pk)
    after, seen = "", []
    while True:
        page = find(Asked(**asked), after=after)
        seen += page.signatures
        if not page.further:
            break
        assert len(page.signatures) == 3
        after = page.further
    if asked.get("name") == "okoye sam":  # "Okoye-Berg Sam" does not begin so
        rows = [row for row in rows if row.family_name == "Okoye"]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(rows)


@pytest.mark.parametrize(
    "after",
    [
        "x", "1", ".", "1.", "99999999999999999999.x", "1.2026", "-1.-1", "1.a\0b", "\0.1",
        "1.0", "1.3x", "1.p", "1.p7", "1.i7", "1.i99999999999999999999", "1.0001-01-01T00:00:00+23:59", "1.9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked", [{"name": "ok"}, {"waiting": True}, {"since": timezone.now()}])
def test_a_place_that_is_none_is_no_fault(bridge, after, asked):
    signed(bridge)
    find(Asked(**asked), after=after)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"key": "sam77@example.org"}, "supporters_signature_by_address"),
        ({"key": "sam77@example.org"}, "supporters_signature_once"),
        ({"domain": "example.net"}, "supporters_signature_by_address"),
        ({"name": "okoye"}, "supporters_signature_by_name"),
        ({"postal_code": "MV"}, "supporters_signature_by_postcode"),
        ({"locality": "Fen"}, "supporters_signature_by_locality"),
        ({"since": timezone.now()}, "supporters_signature_pkey"),
        ({"waiting": True}, "supporters_signature_pending"),
    ],
)
def test_an_index_answers(petition, asked, index):
    found = plans(lambda: find(Asked(**asked)))
    for plan in found:
        assert_nothing_is_read_whole(plan)
    assert any(index in plan for plan in found), found


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("rare", "index"),
    [
        ({"postal_code": "MV9"}, "supporters_signature_by_postcode"),
        ({"locality": "Fen"}, "supporters_signature_by_locality"),
        ({"domain": "rare.example"}, "supporters_signature_by_address"),
    ],
)
@pytest.mark.parametrize("name", ["okoye", "okoye sam"])
def test_what_is_common_is_compared_among_what_is_rare(petition, name, rare, index):
    """15,000 have the name, three what else is asked, and one has both."""
    both, *others = Signature.objects.filter(petition=petition, position__in=[7, 8, 9])
    values = {"postal_code": "MV9 1", "locality": "Fenwick"}
    for row in (both, *others):
        key = f"{row.pk}@rare.example"
        Signature.objects.filter(pk=row.pk).update(**values, email=key, email_key=key)
    Signature.objects.filter(pk__in=[row.pk for row in others]).update(family_name="Haddad")
    assert found(name=name, **rare) == {both}
    looks = plans(lambda: find(Asked(name=name, **rare)))
    assert index in looks[-2], looks  # the last one loads what was found
    assert "supporters_signature_by_name" not in looks[-2], looks


@pytest.mark.postgresql
def test_a_day_of_a_large_petition_is_read_by_its_ids(petition):
    old = timezone.now() - dt.timedelta(days=9)
    Signature.objects.filter(pk__lte=Signature.objects.first().pk + 3).update(created_at=old)
    asked = {"petition_id": petition.pk, "until": old + dt.timedelta(days=1)}
    assert len(found(**asked)) == 4
    looks = plans(lambda: find(Asked(**asked)))
    assert "(id >= " in looks[-2], looks
    assert '"position" >= ' not in looks[-2], looks
    # Of a small one, its positions.
    asked["petition_id"] = PetitionFactory(is_open=True).pk
    looks = plans(lambda: find(Asked(**asked)))
    assert '"position" >= ' in looks[-1], looks


@pytest.mark.postgresql
def test_a_name_is_looked_for_among_those_of_a_small_petition(petition):
    small = PetitionFactory(is_open=True)
    mine = signed(small, email="sam@example.org")
    asked = {"name": "okoye", "petition_id": small.pk}
    assert found(**asked) == {mine}
    looks = plans(lambda: find(Asked(**asked)))
    assert "supporters_signature_by_name" not in looks[-2], looks


@pytest.mark.postgresql
def test_nobody_who_signs_or_confirms_pays_for_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname LIKE %s",
                       ["supporters_signature_by_%"])  # fmt: skip
        made = [row[0] for row in cursor.fetchall()]
    assert len(made) == 4
    assert all('"position" IS NOT NULL' in index for index in made), made
