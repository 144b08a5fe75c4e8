"""Choosing, changing and removing the picture of a petition in the admin."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from petitions import pictures
from petitions.models import Petition
from tests.factories import PetitionFactory
from tests.photographs import PLACE, encoded, geotagged, halves, upload

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


def stored(media) -> set[str]:
    folder = media / "pictures"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def drawn() -> pictures.Picture:
    return pictures.compose(halves(60, 40))


def test_an_organizer_chooses_a_picture_for_a_draft(as_user, bo, page_of, media):
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    text = client.get(page(petition)).content.decode()
    assert 'enctype="multipart/form-data"' in text
    assert 'accept="image/jpeg,image/png,image/webp,image/avif"' in text
    assert "js/picture-input.js" in text
    data = page_of(client, petition, picture=upload(geotagged()), picture_alt="The bridge, shut.")
    answer = client.post(page(petition), data)
    assert answer.status_code == 302, answer.context["errors"]
    row = Petition.objects.get()
    assert row.picture_alt == "The bridge, shut."
    assert row.shown_picture.width == 600
    assert len(stored(media)) == 5
    assert all(PLACE not in path.read_bytes() for path in (media / "pictures").iterdir())

    again = client.get(page(petition)).content.decode()
    assert f'<img src="/media/{row.picture.name}" width="240" alt="The bridge, shut."' in again
    assert "Remove this picture" in again


def test_a_new_petition_may_come_with_its_picture(as_user, bo, media):
    data = {"title": "Mend it", "picture": upload(), "picture_alt": "A bridge"}
    for prefix in ("target_links", "new_targets", "steps", "events"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    answer = as_user(bo).post(f"{LIST}add/", data)
    assert answer.status_code == 302, answer.context["errors"]
    row = Petition.objects.get()
    assert (row.organizer, row.picture_alt) == (bo, "A bridge")
    assert f"{row.shown_picture.url}".endswith(".jpg")
    assert len(stored(media)) == 5


def test_an_open_petition_changes_its_picture_and_the_old_one_goes(
    as_user, bo, page_of, media, django_capture_on_commit_callbacks
):
    petition = PetitionFactory(organizer=bo, is_open=True, picture_alt="The bridge")
    petition.change_picture(drawn())
    old = stored(media)
    client = as_user(bo)
    data = page_of(client, petition, picture=upload())
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page(petition), data).status_code == 302
    assert len(stored(media)) == 5
    assert not stored(media) & old
    assert Petition.objects.get().picture_alt == "The bridge"


def test_saving_something_else_keeps_the_picture(as_user, bo, page_of, media):
    petition = PetitionFactory(organizer=bo, is_open=True, picture_alt="The bridge")
    petition.change_picture(drawn())
    client = as_user(bo)
    data = page_of(client, petition, goal="500")
    newer = drawn()
    petition.change_picture(newer)  # meanwhile, by somebody else
    assert client.post(page(petition), data).status_code == 302
    row = Petition.objects.get()
    assert (row.goal, row.picture.name, row.picture_alt) == (500, newer.name, "The bridge")


def test_removing_it_removes_the_words_too(
    as_user, bo, page_of, media, django_capture_on_commit_callbacks
):
    petition = PetitionFactory(organizer=bo, is_open=True, picture_alt="The bridge")
    petition.change_picture(drawn())
    client = as_user(bo)
    data = page_of(client, petition, **{"picture-clear": "on"})
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page(petition), data).status_code == 302
    row = Petition.objects.get()
    assert (row.picture.name, row.picture_alt, row.picture_renditions) == ("", "", {})
    assert stored(media) == set()


def test_both_at_once_is_a_contradiction(as_user, bo, page_of, media):
    petition = PetitionFactory(organizer=bo, picture_alt="The bridge")
    petition.change_picture(drawn())
    client = as_user(bo)
    data = page_of(client, petition, picture=upload(), **{"picture-clear": "on"})
    answer = client.post(page(petition), data)
    assert list(answer.context["adminform"].form.errors) == ["picture"]
    assert len(stored(media)) == 3


def errors_of(answer) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


@pytest.mark.parametrize("alt", ["", "   "])
def test_a_picture_needs_words_in_its_form(as_user, bo, page_of, media, alt):
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    answer = client.post(
        page(petition), page_of(client, petition, picture=upload(), picture_alt=alt, goal="70")
    )
    errors = errors_of(answer)
    assert "people who cannot see it" in errors["picture_alt"][0]
    assert "Choose the picture again" in errors["picture"][0]
    assert stored(media) == set()
    assert 'value="70"' in answer.content.decode()
    # An old picture needs them as much.
    petition.change_picture(drawn())
    answer = client.post(page(petition), page_of(client, petition, picture_alt=alt))
    assert list(errors_of(answer)) == ["picture_alt"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.jpg", b"<svg/>", "image/jpeg"), "Choose a JPEG, PNG, WebP or AVIF"),
        (SimpleUploadedFile("a.jpg", b"", "image/jpeg"), "empty"),
        (upload(encoded(halves(90, 60))), "only 90 pixels wide"),
        (upload(encoded(halves())[:-3000]), "damaged or incomplete"),
        (upload(encoded(halves()) + b"\0" * 1024 * 1024), "more than 1 MB"),
    ],
)
def test_what_is_wrong_is_said_in_place_and_the_rest_is_kept(
    as_user, bo, page_of, media, settings, file, words
):
    settings.PETITIONS_PICTURE_MB = 1
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    file.seek(0)
    answer = client.post(
        page(petition),
        page_of(client, petition, picture=file, picture_alt="A bridge", ask="What I typed."),
    )
    errors = errors_of(answer)
    assert list(errors) == ["picture"]
    assert words in errors["picture"][0]
    text = answer.content.decode()
    assert "What I typed." in text
    assert 'value="A bridge"' in text
    assert stored(media) == set()
    assert not Petition.objects.get().picture


def test_an_error_further_down_says_that_the_picture_was_not_kept(as_user, bo, page_of, media):
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    data = page_of(client, petition, picture=upload(), picture_alt="A bridge")
    data |= {
        "steps-0-kind": "call",
        "steps-0-link": "javascript:alert(1)",
        "steps-TOTAL_FORMS": "1",
    }
    errors = errors_of(client.post(page(petition), data))
    assert list(errors) == ["picture"]
    assert "Choose the picture again" in errors["picture"][0]
    assert stored(media) == set()


@pytest.mark.parametrize("status", ["in_review", "closed", "rejected", "hidden"])
def test_what_an_organizer_may_not_edit_takes_no_picture(as_user, bo, media, status):
    petition = PetitionFactory(organizer=bo, status=status)
    client = as_user(bo)
    assert 'name="picture"' not in client.get(page(petition)).content.decode()
    typed = {"title": "Changed", "picture": upload(), "picture_alt": "A bridge"}
    assert client.post(page(petition), typed).status_code == 403
    row = Petition.objects.get()
    assert (row.picture.name, row.picture_alt) == ("", "")
    assert stored(media) == set()


def test_another_organizers_petition_takes_none(as_user, bo, ana, media):
    petition = PetitionFactory(organizer=ana)
    answer = as_user(bo).post(page(petition), {"picture": upload(), "picture_alt": "Mine"})
    assert answer.status_code in {302, 403}
    assert not Petition.objects.get().picture
    assert stored(media) == set()


def test_a_moderator_may_take_away_what_should_not_be_there(as_user, bo, mo, page_of, media):
    petition = PetitionFactory(organizer=bo, is_closed=True, picture_alt="A face")
    petition.change_picture(drawn())
    client = as_user(mo)
    answer = client.post(page(petition), page_of(client, petition, **{"picture-clear": "on"}))
    assert answer.status_code == 302, answer.context["errors"]
    assert not Petition.objects.get().picture


def test_the_picture_is_made_before_the_transaction(as_user, bo, page_of, media, monkeypatch):
    """Half a second in which, on SQLite, nobody could sign."""
    petition = PetitionFactory(organizer=bo)
    client = as_user(bo)
    data = page_of(client, petition, picture=upload(), picture_alt="A bridge")
    depth, depths, make = len(connection.savepoint_ids), [], pictures.make

    def watched(file):
        depths.append(len(connection.savepoint_ids) - depth)
        return make(file)

    monkeypatch.setattr(pictures, "make", watched)
    assert client.post(page(petition), data).status_code == 302
    assert depths == [0]


def test_a_move_without_words_is_refused_with_a_reason(as_user, bo, mo, media):
    petition = PetitionFactory(organizer=bo)
    petition.change_picture(drawn())
    answer = as_user(bo).post(f"{LIST}{petition.pk}/move/submit/", follow=True)
    assert answer.redirect_chain == [(page(petition), 302)]
    assert "Say in words what the picture shows" in answer.content.decode()
    assert Petition.objects.get().status == "draft"

    waiting = PetitionFactory(in_review=True, title="Mend <it>")
    waiting.change_picture(drawn())
    ready = PetitionFactory(in_review=True)
    chosen = {"action": "publish_selected", "_selected_action": [waiting.pk, ready.pk]}
    answer = as_user(mo).post(LIST, {**chosen, "confirmed": "yes"}, follow=True)
    text = answer.content.decode()
    assert "“Mend &lt;it&gt;”: Say in words" in text
    assert "1 petition was changed." in text
    assert set(Petition.objects.filter(status="open")) == {ready}


def test_deleting_a_draft_deletes_its_files(as_user, bo, media, django_capture_on_commit_callbacks):
    petition = PetitionFactory(organizer=bo)
    petition.change_picture(drawn())
    with django_capture_on_commit_callbacks(execute=True):
        as_user(bo).post(f"{LIST}{petition.pk}/delete/", {"post": "yes"})
    assert not Petition.objects.exists()
    assert stored(media) == set()
