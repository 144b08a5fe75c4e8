"""Pictures of petitions as files and rows: which are kept, which are removed, what words they need."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction

from petitions import pictures
from petitions.models import Petition
from petitions.states import NotReady, StateConflict
from tests.factories import PetitionFactory, UserFactory
from tests.photographs import LEFT, PLACE, geotagged, halves, upload

from .test_pictures import is_near


def stored(media) -> set[str]:
    folder = media / "pictures"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def file_names(picture: pictures.Picture) -> set[str]:
    return {name.removeprefix("pictures/") for name in picture.files}


def drawn(width: int = 60, height: int = 40) -> pictures.Picture:
    """One that is made at once."""
    return pictures.compose(halves(width, height))


@pytest.mark.django_db
def test_a_new_picture_takes_the_place_of_the_old(media, django_capture_on_commit_callbacks):
    petition = PetitionFactory(picture_alt="The bridge")
    first, second = drawn(), drawn()
    with django_capture_on_commit_callbacks(execute=True):
        petition.change_picture(first)
    assert stored(media) == file_names(first)
    with django_capture_on_commit_callbacks(execute=True):
        Petition.objects.get().change_picture(second)
    assert stored(media) == file_names(second)
    row = Petition.objects.get()
    assert (row.picture.name, row.picture_alt) == (second.name, "The bridge")
    assert row.picture_renditions == second.renditions

    with django_capture_on_commit_callbacks(execute=True):
        row.change_picture(None)
    assert stored(media) == set()
    row = Petition.objects.get()
    assert (row.picture.name, row.picture_alt, row.picture_renditions) == ("", "", {})
    assert row.shown_picture is None


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_loses_no_file(media):
    petition = PetitionFactory()
    picture = drawn()
    petition.change_picture(picture)
    with transaction.atomic():
        petition.change_picture(None)
        transaction.set_rollback(True)
    assert stored(media) == file_names(picture)
    assert Petition.objects.get().picture.name == picture.name


@pytest.mark.django_db
def test_files_that_another_row_shows_stay(media, django_capture_on_commit_callbacks):
    petition = PetitionFactory()
    picture = drawn()
    petition.change_picture(picture)
    copy = PetitionFactory(picture=picture.name, picture_renditions=picture.renditions)
    with django_capture_on_commit_callbacks(execute=True):
        petition.change_picture(None)
    assert stored(media) == file_names(picture)
    with django_capture_on_commit_callbacks(execute=True):
        copy.delete()
    assert stored(media) == set()


@pytest.mark.django_db
def test_a_stale_copy_brings_no_old_picture_back(media):
    petition = PetitionFactory()
    petition.change_picture(drawn())
    stale = Petition.objects.get()
    newer = drawn()
    petition.change_picture(newer)
    stale.summary = "Shut since May."
    stale.save()
    row = Petition.objects.get()
    assert (row.summary, row.picture.name) == ("Shut since May.", newer.name)
    assert row.picture_renditions == newer.renditions


@pytest.mark.django_db
def test_a_file_that_a_script_assigns_is_painted_afresh_too(media):
    petition = Petition(title="Mend the bridge")
    petition.picture = ContentFile(geotagged(), name="IMG_2210.jpg")
    petition.save()
    first = stored(media)
    assert len(first) == 5
    assert petition.picture.name == Petition.objects.get().picture.name
    petition.picture = upload(geotagged("PNG"))
    petition.save()
    assert petition.title == Petition.objects.get().title
    assert len(stored(media) - first) == 5
    for path in (media / "pictures").iterdir():
        assert PLACE not in path.read_bytes()
    petition.picture = upload(b"no picture")
    with pytest.raises(ValidationError):
        petition.save()


@pytest.mark.django_db
def test_only_what_was_made_here_is_ever_removed(media):
    (media / "pictures").mkdir(parents=True)
    (media / "other.txt").write_text("mine")
    pictures.remove("pictures/../other.txt", {})
    pictures.remove("other.txt", {})
    assert (media / "other.txt").exists()
    pictures.remove(f"pictures/{'0' * 20}.jpg", {"widths": [480], "formats": ["avif"]})


@pytest.mark.django_db
def test_what_a_page_needs_is_known_without_opening_a_file(media, count_queries):
    petition = PetitionFactory(picture_alt="The bridge in May")
    picture = drawn(600, 400)
    petition.change_picture(picture)
    for path in (media / "pictures").iterdir():
        path.unlink()
    row = Petition.objects.get()
    with count_queries() as queries:
        shown = row.shown_picture
    assert len(queries) == 0, queries
    assert (shown.width, shown.height, shown.alt) == (600, 400, "The bridge in May")
    assert shown.url == f"/media/pictures/{picture.stem}.jpg"
    assert [source.type for source in shown.sources] == ["image/avif", "image/webp"]
    assert shown.sources[1].srcset == (
        f"/media/pictures/{picture.stem}-480.webp 480w, "
        f"/media/pictures/{picture.stem}-600.webp 600w"
    )
    json.dumps(row.picture_renditions)


@pytest.mark.django_db
def test_the_largest_is_given_to_who_draws_with_it(media):
    petition = PetitionFactory()
    assert pictures.open_largest(petition) is None
    picture = drawn(1200, 800)
    petition.change_picture(picture)
    image = pictures.open_largest(Petition.objects.get())
    assert (image.mode, image.size) == ("RGB", (1200, 800))
    assert is_near(image.getpixel((40, 40)), LEFT)
    (media / picture.name).unlink()
    assert pictures.open_largest(Petition.objects.get()) is None


@pytest.mark.django_db
def test_the_row_of_a_picture_is_found_by_its_index(media):
    Petition.objects.bulk_create(Petition(title=f"{n}", slug=f"{n}") for n in range(500))
    petition = PetitionFactory()
    petition.change_picture(drawn())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = Petition.objects.with_picture(petition.picture.name)
    assert found.get() == petition
    assert "petitions_with_picture" in found.values_list("status").explain()


# Words for those who cannot see it


@pytest.mark.django_db
@pytest.mark.parametrize("alt", ["", "  "])
def test_a_picture_without_words_is_neither_submitted_nor_published(media, alt):
    draft, waiting = (
        PetitionFactory(picture_alt=alt),
        PetitionFactory(in_review=True, picture_alt=alt),
    )
    by = UserFactory()
    for petition, move in ((draft, draft.submit), (waiting, waiting.publish)):
        petition.change_picture(drawn())
        with pytest.raises(NotReady, match="what the picture shows"):
            move(by=by)
        status = petition.status
        petition.refresh_from_db()
        assert petition.status == status
        petition.picture_alt = "The bridge, shut."
        petition.save()
        move(by=by)
    assert {draft.status, waiting.status} == {"in_review", "open"}


@pytest.mark.django_db
def test_the_state_is_said_before_what_is_missing(media):
    petition = PetitionFactory(is_open=True)
    petition.change_picture(drawn())
    with pytest.raises(StateConflict):
        petition.publish(by=None)
