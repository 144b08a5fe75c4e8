"""Parts of pages, kept by the values that they show."""

from datetime import timedelta

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from config.cached_pages import pages
from petitions.models import ActionStep, Petition, PetitionTarget, Target, Update
from supporters.kept import Kept, key_of
from supporters.templatetags.kept import KeptNode
from tests.factories import PetitionFactory, SignatureFactory


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __str__(self) -> str:
        self.asked += 1
        return "made"


# What is kept


def test_it_is_made_once_for_equal_keys():
    kept, made = Kept(), []
    for key in ("a", "b", "a"):
        kept.get(key, lambda key=key: made.append(key))
    assert made == ["a", "b"]


def test_there_is_an_end_to_it():
    kept = Kept(most=4)
    for number in range(100):
        assert kept.get(number, lambda number=number: number) == number
        assert len(kept) <= 4


def test_what_fails_is_not_kept():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 / 0)
    assert kept.get("a", lambda: 1) == 1


# Keys


def test_a_safe_text_is_another_than_one_that_is_not():
    assert key_of("<b>") != key_of(mark_safe("<b>"))
    assert key_of([1, "a"]) == key_of((1, "a")) != key_of((1, "b"))
    assert key_of({"a": [1]}) == key_of({"a": [1]}) != key_of({"a": [2]})
    assert key_of(1) != key_of(1.0)


def test_what_has_no_value_is_refused():
    with pytest.raises(TypeError):
        key_of({1, 2})


@pytest.mark.django_db
def test_a_row_is_known_by_what_was_read_of_it():
    petition = PetitionFactory(is_open=True)
    one, other = Petition.objects.get(), Petition.objects.get()
    assert key_of(one) == key_of(other)
    other.title = "Another"
    assert key_of(one) != key_of(other)
    assert key_of(one) != key_of(petition.version)


@pytest.mark.django_db
def test_a_row_is_known_by_the_rows_beside_it():
    PetitionFactory(is_open=True)
    one, other = (Petition.objects.select_related("organizer").get() for _ in range(2))
    assert key_of(one) == key_of(other) != key_of(Petition.objects.get())
    other.organizer.first_name = "Somebody"
    assert key_of(one) != key_of(other)
    # Nor does a circle go on for ever.
    one.version._state.fields_cache["petition"] = one
    one._state.fields_cache["version"] = one.version
    assert hash(key_of(one))


@pytest.mark.django_db
def test_numbers_that_change_all_the_time_are_left_out():
    PetitionFactory(is_open=True)
    one, other = Petition.objects.get(), Petition.objects.get()
    other.supporter_count, other.trend, other.progress, other.live_count = 7, 7, 7, 7
    assert key_of(one) == key_of(other)


# The tag


def test_a_part_is_made_once():
    template = Template("{% kept word=word %}{{ word }}{{ other }}{% endkept %}")
    maker = Maker()
    for _ in range(3):
        # `other` is not named: it is not there.
        assert template.render(Context({"word": "a", "other": maker})) == "a"
    assert maker.asked == 0
    assert template.render(Context({"word": "b"})) == "b"
    assert template.render(Context({"word": "<b>"})) == "&lt;b&gt;"
    assert template.render(Context({"word": mark_safe("<b>")})) == "<b>"


def test_a_part_is_of_one_language():
    template = Template("{% load i18n %}{% kept a=1 %}{% translate 'Updates' %}{% endkept %}")
    english = template.render(Context())
    with translation.override("es"):
        assert template.render(Context()) != english
    assert template.render(Context()) == english


@pytest.mark.django_db
def test_a_column_that_its_key_does_not_know_is_refused_by_these_tests():
    PetitionFactory(is_open=True)
    template = Template("{% kept petition=petition %}{{ petition.title }}{% endkept %}")
    context = {"petition": Petition.objects.only("slug").get()}
    with pytest.raises(AssertionError, match="title"):
        template.render(Context(context))
    asked = Template(
        "{% kept petition=petition %}{% if not petition.title %}a{% endif %}{% endkept %}"
    )
    with pytest.raises(AssertionError, match="title"):
        asked.render(Context({"petition": Petition.objects.only("slug").get()}))
    assert template.render(Context({"petition": Petition.objects.only("title").get()}))
    beside = Template("{% kept petition=petition %}{{ petition.organizer.pk }}{% endkept %}")
    with pytest.raises(AssertionError, match="petitions_user"):
        beside.render(Context({"petition": Petition.objects.get()}))
    with pytest.raises(AssertionError, match="petitions_petition"):
        Kept().get(1, Petition.objects.count)


@pytest.mark.parametrize("text", ["{% kept %}{% endkept %}", "{% kept a %}{% endkept %}"])
def test_a_part_of_nothing_is_a_mistake(text):
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        Template(text)


# A petition's page, made twice


@pytest.fixture
def petition(db):
    return PetitionFactory(
        is_open=True, slug="mend", title="The bridge of Meda", goal=10, organizer__first_name="Ana"
    )


def close(petition):
    Petition.objects.filter(pk=petition.pk).update(closes_at=timezone.now() - timedelta(hours=1))


CHANGES = {
    "title": (
        lambda petition: Petition.objects.filter(pk=petition.pk).update(title="Build it"),
        ["Build it"],
    ),
    "goal": (
        lambda petition: Petition.objects.filter(pk=petition.pk).update(goal=77),
        ["Goal: 77"],
    ),
    "supporter": (
        lambda petition: SignatureFactory(
            petition=petition, is_confirmed=True, reason="I cross it.", display="full"
        ),
        ['<data value="1"', "I cross it.", '"userInteractionCount":1'],
    ),
    "target": (
        lambda petition: PetitionTarget.objects.create(
            petition=petition, target=Target.objects.create(name="The council", slug="council")
        ),
        ["The council"],
    ),
    "step": (
        lambda petition: ActionStep.objects.create(
            petition=petition, kind="call", contact="The office", phone="01632 960001"
        ),
        ["Call The office"],
    ),
    "update": (
        lambda petition: Update.objects.create(
            petition=petition, title="They met us", happened_on="2012-08-17",
            published_at=timezone.now(),
        ),
        ["They met us", "17 August 2012"],
    ),
    "organizer": (
        lambda petition: type(petition.organizer).objects.update(first_name="Bea"),
        ["Bea</bdi> is counting on you"],
    ),
    "time": (close, ["<strong>Petition closed</strong>", "<span>This petition had</span>"]),
}  # fmt: skip


def test_what_is_the_same_is_not_made_again(client, petition, monkeypatch):
    client.get("/petitions/mend/")
    made = []
    monkeypatch.setattr(KeptNode, "_made", lambda *_: made.append(1) or "")
    pages.clear()
    assert client.get("/petitions/mend/").status_code == 200
    assert made == []


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_shows(client, petition, what):
    change, words = CHANGES[what]
    before = [client.get("/petitions/mend/").content.decode() for _ in range(2)]
    assert not any(word in page for page in before for word in words)
    change(petition)
    pages.clear()
    after = client.get("/petitions/mend/").content.decode()
    assert [word for word in words if word not in after] == []


def test_one_petition_says_nothing_of_another(client, petition):
    client.get("/petitions/mend/")
    PetitionFactory(is_open=True, slug="other", title="Open the pool")
    other = client.get("/petitions/other/").content.decode()
    assert "The bridge of Meda" not in other
    assert "/petitions/mend" not in other
