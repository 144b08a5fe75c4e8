"""What Petition.save() stores, and what it leaves alone."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from petitions.models import Petition, PetitionSlug, PetitionVersion
from tests.factories import PetitionFactory, UserFactory
from tests.threads import spread, together

pytestmark = pytest.mark.django_db


def stored(petition):
    return Petition.objects.get(pk=petition.pk)


def slugs(petition):
    return set(petition.slugs.values_list("slug", flat=True))


# A new row


def test_a_petition_as_scripts_make_it_can_be_signed():
    ana = UserFactory()
    petition = Petition(
        slug="mend-the-bridge",
        title="Mend the bridge",
        body="Since May.",
        ask="Mend it.",
        organizer=ana,
        organizer_name="Ana Ferreira",
        status="open",
        opened_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    petition.save()
    after = stored(petition)
    assert after.is_signable
    assert after.version.number == 1
    assert after.version == petition.version
    assert (after.version.title, after.version.body, after.version.ask) == (
        "Mend the bridge",
        "Since May.",
        "Mend it.",
    )


def test_slug_and_title_are_enough():
    petition = Petition(slug="mend-the-bridge", title="Mend the bridge")
    petition.save()
    after = stored(petition)
    assert (after.status, after.outcome, after.supporter_count) == ("draft", "none", 0)
    assert (after.goal, after.opened_at, after.closes_at, after.closed_at) == (None,) * 4
    assert (after.summary, after.body, after.ask, after.organizer) == ("", "", "", None)


def test_the_language_is_the_sites_unless_given():
    assert PetitionFactory().language == "en"
    assert stored(PetitionFactory(language="ar")).language == "ar"


def test_a_draft_that_was_cleared_of_its_language_gets_the_sites():
    petition = PetitionFactory(language="es")
    petition.language = ""
    petition.save()
    assert stored(petition).language == "en"


def test_a_new_row_keeps_what_a_script_gave_it():
    petition = PetitionFactory(
        is_closed=True, supporter_count=41, created_at=datetime(2012, 5, 1, tzinfo=UTC)
    )
    after = stored(petition)
    assert (after.status, after.supporter_count) == ("closed", 41)
    assert after.created_at == datetime(2012, 5, 1, tzinfo=UTC)


def test_an_id_that_is_taken_is_refused_and_its_row_left_alone():
    petition = PetitionFactory(is_open=True, title="Mend the bridge")
    Petition.objects.filter(pk=petition.pk).update(supporter_count=50)
    with pytest.raises(IntegrityError), transaction.atomic():
        Petition(pk=petition.pk, slug="other", title="Other").save()
    after = stored(petition)
    assert (after.title, after.status, after.supporter_count) == ("Mend the bridge", "open", 50)


# Versions


def test_the_text_is_rendered_once_and_sanitised():
    petition = PetitionFactory(
        body="# Loud\n\n[link](https://board.test/) <script>alert(1)</script>", ask="**Now.**"
    )
    version = PetitionVersion.objects.get(petition=petition)
    assert "<h2>Loud</h2>" in version.html
    assert "<script" not in version.html
    assert "<strong>Now.</strong>" in version.ask_html
    assert petition.safe_html == version.html
    assert petition.safe_ask_html == version.ask_html


def test_the_hash_is_over_the_four_texts():
    petition = Petition(title="Mend", summary="Shut.", body="Since May.", ask="Now “please”.")
    petition.save()
    # printf '["Mend","Shut.","Since May.","Now “please”."]' | sha256sum
    assert petition.version.sha256 == (
        "3c708bbd288d1dcf0890b6113d7a6c6d2b74238887e20655566c15f93c7795cf"
    )


@pytest.mark.parametrize("status", ["draft", "in_review", "rejected"])
def test_before_the_opening_the_one_version_is_rewritten(status):
    petition = PetitionFactory(status=status, body="Since May.")
    petition.body = "Since June."
    petition.save()
    version = PetitionVersion.objects.get(petition=petition)
    assert (version.number, version.body) == (1, "Since June.")
    assert stored(petition).version == version


def test_after_the_opening_a_changed_text_is_a_new_version():
    petition = PetitionFactory(is_open=True, body="Since May.")
    petition.body = "Since June."
    petition.save()
    numbers = PetitionVersion.objects.filter(petition=petition).order_by("number")
    assert [(row.number, row.body) for row in numbers] == [(1, "Since May."), (2, "Since June.")]
    assert stored(petition).version.number == 2
    assert petition.safe_html == "<p>Since June.</p>\n"


def test_what_is_no_text_makes_no_version():
    petition = PetitionFactory(is_open=True)
    petition.goal = 5000
    petition.save()
    petition.save()
    assert petition.versions.count() == 1


def test_a_version_says_who_and_why():
    mo = UserFactory(username="mo")
    petition = PetitionFactory(is_open=True)
    petition.title = "Mend the bridge on Weir Lane"
    petition.changed_by, petition.change_reason = mo, "A wrong name."
    petition.save()
    assert petition.version.created_by == mo
    assert petition.version.reason == "A wrong name."


def test_a_version_holds_what_is_stored_not_what_a_stale_copy_holds():
    petition = PetitionFactory(is_open=True, title="Mend it", body="Since May.")
    stale = stored(petition)
    petition.body = "Since June."
    petition.save(update_fields=["body"])
    stale.title = "Mend it now"
    stale.save(update_fields=["title"])
    after = stored(petition)
    assert (after.title, after.body) == ("Mend it now", "Since June.")
    assert (after.version.title, after.version.body) == ("Mend it now", "Since June.")


@pytest.mark.django_db(transaction=True)
def test_texts_saved_at_once_are_numbered_in_a_row():
    petition = PetitionFactory(is_open=True)

    def edit(number):
        copy = stored(petition)
        copy.body = f"Text {number}"
        copy.save()

    together(*[lambda number=number: edit(number) for number in range(8)])
    numbers = petition.versions.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    after = stored(petition)
    assert after.version.number == 9
    assert after.version.body == after.body


# Slugs


def test_a_slug_is_made_from_the_title():
    assert PetitionFactory(title="Mend the Bridge!").slug == "mend-the-bridge"
    assert PetitionFactory(title="За чисте повітря").slug == "за-чисте-повітря"
    assert PetitionFactory(title="स्वच्छ हवा").slug == "स्वच्छ-हवा"
    assert PetitionFactory(title="أصلحوا الجسر").slug == "أصلحوا-الجسر"
    assert PetitionFactory(title="?!").slug == "petition"
    assert PetitionFactory(title="Start").slug == "start-petition"


def test_a_taken_slug_gets_a_number():
    made = [PetitionFactory(title="Mend the bridge").slug for _ in range(4)]
    assert made[:3] == ["mend-the-bridge", "mend-the-bridge-2", "mend-the-bridge-3"]
    assert made[3].startswith("mend-the-bridge-")
    assert len(set(made)) == 4


def test_a_long_title_makes_a_slug_that_fits():
    made = [PetitionFactory(title="bridge " * 40).slug for _ in range(5)]
    assert all(len(slug) <= 80 for slug in made)
    assert len(set(made)) == 5


def test_a_given_slug_that_is_taken_is_refused():
    PetitionFactory(slug="bridge")
    petition = PetitionFactory.build(slug="bridge", organizer=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        petition.save()
    assert Petition.objects.count() == 1
    petition.slug = "weir"
    petition.save()
    assert stored(petition).slug == "weir"


def test_a_slug_given_in_pieces_is_put_together():
    pieces = unicodedata.normalize("NFD", "réparez-le-pont")
    assert stored(PetitionFactory(slug=pieces)).slug == "réparez-le-pont"


def test_an_old_slug_stays_the_petitions():
    petition = PetitionFactory(title="Mend the bridge")
    petition.slug = "weir-lane"
    petition.save()
    assert slugs(petition) == {"mend-the-bridge", "weir-lane"}
    assert PetitionFactory(title="Mend the bridge").slug == "mend-the-bridge-2"
    with pytest.raises(IntegrityError), transaction.atomic():
        PetitionFactory(slug="mend-the-bridge")
    petition.slug = "mend-the-bridge"
    petition.save()
    assert slugs(petition) == {"mend-the-bridge", "weir-lane"}


@pytest.mark.parametrize("slug", ["weir-lane", "old-weir-lane"])
def test_a_slug_is_not_taken_over_from_another(slug):
    other = PetitionFactory(slug="old-weir-lane")
    other.slug = "weir-lane"
    other.save()
    petition = PetitionFactory(slug="bridge")
    petition.slug = slug
    with pytest.raises(IntegrityError), transaction.atomic():
        petition.save()
    assert stored(petition).slug == "bridge"
    assert PetitionSlug.objects.get(slug=slug).petition == other


def test_an_address_is_never_given_up_for_none():
    petition = PetitionFactory(slug="bridge")
    petition.slug = ""
    petition.save()
    assert stored(petition).slug == petition.slug == "bridge"
    assert slugs(petition) == {"bridge"}


def test_a_failed_row_does_not_use_up_a_slug():
    PetitionFactory(title="Mend", source="council", source_id="7")
    with pytest.raises(IntegrityError), transaction.atomic():
        PetitionFactory(title="Mend", source="council", source_id="7")
    assert set(PetitionSlug.objects.values_list("slug", flat=True)) == {"mend"}


@pytest.mark.django_db(transaction=True)
def test_forty_with_one_title_at_once_get_forty_addresses():
    def start(number):
        petition = Petition(title="Mend the bridge", status="open")
        petition.save()
        return petition.slug

    made = spread(start, range(40))
    assert len(set(made)) == 40
    assert set(made) >= {"mend-the-bridge", "mend-the-bridge-2", "mend-the-bridge-3"}
    assert all(slug.startswith("mend-the-bridge") for slug in made)
    assert set(PetitionSlug.objects.values_list("slug", flat=True)) == set(made)
    assert PetitionVersion.objects.filter(number=1).count() == 40


# What a plain save leaves out


def test_a_stale_save_undoes_neither_a_closing_nor_a_count():
    mo = UserFactory(username="mo")
    petition = PetitionFactory(is_open=True)
    stale = stored(petition)
    petition.close(by=mo, outcome="victory", note="It opens.", source="https://board.test/9")
    Petition.objects.filter(pk=petition.pk).update(supporter_count=50, trend=7)
    before = stored(petition)
    stale.title, stale.goal = "Mend the bridge on Weir Lane", 100
    stale.save()
    after = stored(petition)
    assert (after.title, after.goal) == ("Mend the bridge on Weir Lane", 100)
    assert (after.status, after.outcome, after.supporter_count) == ("closed", "victory", 50)
    for name in ("opened_at", "closed_at", "outcome_note", "outcome_source", "created_at", "trend"):
        assert getattr(after, name) == getattr(before, name), name


def test_guarded_fields_are_not_written_even_when_named():
    petition = PetitionFactory(is_open=True, goal=100)
    petition.status, petition.supporter_count, petition.goal = "closed", 1000, 200
    petition.save(update_fields=["status", "supporter_count", "goal"])
    after = stored(petition)
    assert (after.status, after.supporter_count, after.goal) == ("open", 0, 200)


def test_a_version_is_not_undone_by_a_stale_save():
    petition = PetitionFactory(is_open=True, body="Since May.")
    stale = stored(petition)
    petition.body = "Since June."
    petition.save()
    stale.goal = 100
    stale.save(update_fields=["goal"])
    assert stored(petition).version.number == 2


def test_update_fields_are_djangos():
    petition = PetitionFactory()
    noor = UserFactory(username="noor")
    petition.organizer = noor
    petition.save(update_fields=["organizer_id"])
    assert stored(petition).organizer == noor
    with pytest.raises(ValueError, match="supporters"):
        petition.save(update_fields=["supporters"])


# What can be signed now


def test_a_passed_closing_date_closes_without_a_worker():
    now = timezone.now()
    due = PetitionFactory(is_open=True, closes_at=now - timedelta(seconds=1))
    later = PetitionFactory(is_open=True, closes_at=now + timedelta(days=1))
    always = PetitionFactory(is_open=True)
    closed = PetitionFactory(is_closed=True)
    PetitionFactory()
    assert set(Petition.objects.open()) == {later, always}
    assert set(Petition.objects.closed()) == {due, closed}
    assert set(Petition.objects.due_to_close()) == {due}
    assert [p.is_open for p in (due, later, always, closed)] == [False, True, True, False]
    assert [p.is_closed for p in (due, later, always, closed)] == [True, False, False, True]
    assert (due.ended_at, later.ended_at, always.ended_at) == (due.closes_at, None, None)
    assert closed.ended_at == closed.closed_at


def test_a_read_only_petition_is_open_but_not_to_be_signed():
    petition = PetitionFactory(is_open=True, read_only=True)
    assert petition.is_open
    assert not petition.is_signable


def test_what_strangers_may_read():
    for status in ("draft", "in_review", "open", "closed", "rejected", "hidden"):
        PetitionFactory(status=status)
    assert set(Petition.objects.public().values_list("status", flat=True)) == {
        "open",
        "closed",
        "rejected",
    }
    assert set(Petition.objects.published().values_list("status", flat=True)) == {"open", "closed"}


# Names


@pytest.mark.parametrize(
    ("account", "organizer_name", "first", "full"),
    [
        (("Ana", "Ferreira"), "", "Ana", "Ana Ferreira"),
        (("Ana", "Ferreira"), "Ana F.", "Ana", "Ana F."),
        (("Ana", "Ferreira"), "Anabel", "Anabel", "Anabel"),
        (("Ana", "Ferreira"), "A worried parent", "A worried parent", "A worried parent"),
        (("", ""), "Weir Lane Parents", "Weir Lane Parents", "Weir Lane Parents"),
        (None, "Weir Lane Parents", "Weir Lane Parents", "Weir Lane Parents"),
        (("", ""), "", "", ""),
        (None, "", "", ""),
    ],
)
def test_the_organizers_names(account, organizer_name, first, full):
    organizer = UserFactory(first_name=account[0], last_name=account[1]) if account else None
    petition = PetitionFactory(organizer=organizer, organizer_name=organizer_name)
    assert petition.organizer_first_name == first
    assert petition.organizer_display == full


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("xx", "auto")]
)
def test_the_direction_of_the_text(language, direction):
    assert PetitionFactory.build(language=language, organizer=None).text_direction == direction
