"""Rules: which signatures they mean, the same on both databases."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from supporters.fraud.groups import slice_of
from supporters.fraud.rules import Rule, is_pattern, pattern_of, sweepable
from supporters.models import Signature
from tests.factories import PetitionFactory, SignatureFactory

NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def petition(db):
    petition = PetitionFactory(is_open=True)
    for number, values in enumerate(
        [
            {"email": "sam1@mail.wave.example", "source": "w", "country": "FR"},
            {"email": "sam22@wave.example", "source": "", "country": "IE"},
            {"email": "samuel@wave.example", "given_name": "Ann", "network": "0123456789abcdef"},
            {"email": "noor@notwave.example", "given_name": "José", "family_name": "Ñíguez"},
            {"email": "pat.x@example.org", "given_name": "A.*", "family_name": "B+"},
        ]
    ):
        SignatureFactory(petition=petition, created_at=NOON + timedelta(hours=number), **values)
    return petition


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule(domain="wave.example"), "sam1 sam22 samuel"),
        (Rule(domain="mail.wave.example"), "sam1"),
        (Rule(address="sam#"), "sam1 sam22"),
        (Rule(address="sam*"), "sam1 sam22 samuel"),
        (Rule(address="sam?"), "sam1"),
        (Rule(address="pat.x"), "pat.x"),
        (Rule(address="patx"), ""),
        (Rule(address="am1"), ""),
        (Rule(name="ann okoye"), "samuel"),
        (Rule(name="JOSÉ ñ*"), "noor"),
        (Rule(name="A.* B+"), "pat.x"),
        (Rule(name="ann"), ""),
        (Rule(country="FR"), "sam1"),
        (Rule(source="w"), "sam1"),
        (Rule(source=""), "noor pat.x sam22 samuel"),
        (Rule(network="0123456789abcdef"), "samuel"),
        (Rule(signed_from=NOON, signed_until=NOON + timedelta(hours=1)), "sam1"),
        (Rule(signed_from=NOON + timedelta(hours=3)), "noor pat.x"),
        (Rule(domain="wave.example", source="", address="sam#"), "sam22"),
    ],
    ids=str,
)
def test_what_a_rule_means(petition, rule, found):
    for each in (rule, Rule.read(rule.as_stored())):
        keys = each.of(sweepable(petition.pk)).values_list("email_key", flat=True)
        assert " ".join(sorted(key.partition("@")[0] for key in keys)) == found


def test_some_are_never_meant(petition):
    everybody = Rule(address="*m*")
    before = everybody.of(sweepable(petition.pk)).count()
    Signature.objects.filter(email_key__startswith="sam1@").update(is_organizer=True)
    Signature.objects.filter(email_key__startswith="sam22@").update(kind="paper")
    Signature.objects.filter(email_key__startswith="samuel@").update(status="withdrawn")
    assert (before, everybody.of(sweepable(petition.pk)).count()) == (3, 0)


def test_an_empty_rule_is_known():
    assert Rule().is_empty
    assert not Rule(source="").is_empty


def test_patterns():
    assert pattern_of("sam12.x7") == "sam#.x#"
    assert [is_pattern(each) for each in ("a*", "*", "??#", "a" + "*" * 6)] == [
        True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "may"),
    [
        ("*a*b*", True), ("*a*b*c*", False), ("*a*a*a*a*ab", False), ("a?b?c?d?e", True),
        ("#1#1", True), ("#1#1#1#1", False), ("####b", False), ("a*#?#", True), ("*a*#?#", False),
    ],
)  # fmt: skip
def test_what_takes_long_to_compare_is_no_pattern(typed, may):
    assert is_pattern(typed) == may


def test_what_the_addresses_of_robots_look_like_is_one():
    assert is_pattern(pattern_of("a1b22c3d4e5f6"))


@pytest.mark.django_db
def test_stars_in_a_row_are_one(petition):
    found = Rule(address="s***m*").of(sweepable(petition.pk))
    assert found.count() == Rule(address="s*m*").of(sweepable(petition.pk)).count() == 3


@pytest.mark.django_db
@given(
    st.text(min_size=1, max_size=12).filter(lambda typed: "\0" not in typed and typed.isprintable())
)
def test_whatever_is_typed_is_understood_by_the_database(typed):
    """No pattern is an error."""
    assert not Rule(address=typed, name=typed).of(Signature.objects.all()).exists()


def test_what_signatures_have_in_common(petition):
    Signature.objects.update(status="confirmed", confirmed_at=timezone.now())
    for position, pk in enumerate(Signature.objects.order_by("pk").values_list("pk", flat=True)):
        Signature.objects.filter(pk=pk).update(position=position + 1)
    found = slice_of(petition.pk)
    assert (found.first, found.last, found.newest, found.size, found.earlier) == (1, 5, 5, 5, 0)
    tables = {
        table.name: {str(row.value): row.number for row in table.rows} for table in found.tables
    }
    assert tables["domain"] == {
        "wave.example": 2, "mail.wave.example": 1, "notwave.example": 1, "example.org": 1,
    }  # fmt: skip
    assert tables["address"] == {}  # each pattern once
    assert tables["name"] == {"sam okoye": 2}
    assert tables["source"] == {"": 4, "w": 1}
    assert tables["network"] == {}
    assert len(tables["hour"]) == 5
    part = slice_of(petition.pk, last=3)
    assert (part.first, part.last, part.newest, part.size) == (1, 3, 5, 3)
    assert slice_of(petition.pk, last=99).last == 5
    assert slice_of(PetitionFactory().pk).tables[0].rows == []
