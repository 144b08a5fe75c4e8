"""The files of pictures: for ever under their names, and gone with what a moderator hides."""

from io import BytesIO

import pytest
from django.template.loader import render_to_string
from PIL import Image

from petitions import pictures
from petitions.models import Petition
from tests.factories import PetitionFactory, UserFactory
from tests.photographs import halves

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(media):
    petition = PetitionFactory(is_open=True, picture_alt="The bridge, shut.", slug="mend")
    petition.change_picture(pictures.compose(halves()))
    return petition


@pytest.fixture
def stem(petition) -> str:
    return petition.picture.name.removeprefix("pictures/").removesuffix(".jpg")


def test_every_file_that_the_page_names_is_there(client, petition, stem):
    text = client.get("/petitions/mend/").content.decode()
    for name, kind in (
        (f"{stem}.jpg", "jpeg"), (f"{stem}-480.avif", "avif"), (f"{stem}-600.avif", "avif"),
        (f"{stem}-480.webp", "webp"), (f"{stem}-600.webp", "webp"),
    ):  # fmt: skip
        assert f"/media/pictures/{name}" in text
        answer = client.get(f"/media/pictures/{name}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == f"image/{kind}"
        assert Image.open(BytesIO(answer.content)).format == kind.upper()
        assert int(answer["Content-Length"]) == len(answer.content)


def test_it_may_be_kept_for_ever_and_does_nothing_but_show(client, stem):
    answer = client.get(f"/media/pictures/{stem}.jpg")
    kept = {part.strip() for part in answer["Cache-Control"].split(",")}
    assert kept == {"public", "max-age=31536000", "s-maxage=3600", "immutable"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline"
    assert set(answer["Content-Security-Policy"].split("; ")) == {"default-src 'none'", "sandbox"}
    assert "Vary" not in answer
    assert not answer.cookies


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_a_draft_has_pictures_that_are_nobodys_to_keep(client, stem, status):
    Petition.objects.update(status=status, opened_at=None)
    answer = client.get(f"/media/pictures/{stem}.jpg")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")


def test_who_has_it_already_gets_no_second_copy(client, stem):
    path = f"/media/pictures/{stem}-480.webp"
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert "immutable" in again["Cache-Control"]
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_only_the_head_and_only_reading(client, stem):
    path = f"/media/pictures/{stem}.jpg"
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head["Content-Length"]) > 1000
    for method in (client.post, client.put, client.delete):
        assert method(path).status_code == 405


def test_one_statement(client, stem, count_queries):
    with count_queries() as queries:
        client.get(f"/media/pictures/{stem}.jpg")
    assert len(queries) == 1, queries


@pytest.mark.parametrize(
    "name",
    [
        "{stem}", "{stem}.png", "{stem}.JPG", "{stem}-480.jpg", "{stem}-480.html", "{stem}-5.avif",
        "{stem}-99999.avif", "{stem}.jpg%00.html", "{stem}.jpg%0A", "..%2F{stem}.jpg",
        "../pictures/{stem}.jpg", "x/{stem}.jpg", "00000000000000000000.jpg", "", "%2e%2e/secret",
        "..%5C..%5Csecret", "{stem}-700.avif", "{stem}%D9%A3.jpg",
    ],
)  # fmt: skip
def test_no_other_name_finds_anything(client, stem, media, name, count_queries):
    (media / "secret").write_text("secret")
    with count_queries() as queries:
        answer = client.get(f"/media/pictures/{name.format(stem=stem)}")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"
    assert len(queries) <= 1


def test_nothing_else_of_the_folder_is_handed_out(client, media, stem):
    (media / "secret.jpg").write_text("secret")
    for path in ("/media/", "/media/secret.jpg", "/media/pictures", "/media/pictures/"):
        assert client.get(path).status_code == 404


def test_what_no_petition_shows_is_not_there(client, petition, stem, media):
    petition.change_picture(None)  # the file itself goes with the commit, which no test reaches
    assert (media / "pictures" / f"{stem}.jpg").exists()
    assert client.get(f"/media/pictures/{stem}.jpg").status_code == 404


def test_a_file_that_somebody_removed_is_not_there(client, stem, media):
    (media / "pictures" / f"{stem}-480.avif").unlink()
    assert client.get(f"/media/pictures/{stem}-480.avif").status_code == 404


def test_the_picture_is_hidden_and_restored_with_its_petition(client, petition, stem):
    path = f"/media/pictures/{stem}-480.avif"
    etag = client.get(path)["ETag"]
    petition.hide(by=UserFactory(), note="It shows a private person.")
    for answer in (client.get(path), client.get(path, headers={"if-none-match": etag})):
        assert answer.status_code == 410
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Type"].startswith("text/plain")
    petition.restore(by=UserFactory())
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("status", ["draft", "in_review", "rejected", "closed"])
def test_a_preview_and_every_public_page_have_their_picture(client, media, status):
    petition = PetitionFactory(status=status)
    petition.change_picture(pictures.compose(halves(60, 40)))
    assert client.get(f"/media/{petition.picture.name}").status_code == 200


# On the page


def test_the_page_says_how_large_it_is_and_what_it_shows(client, petition, stem):
    petition.picture_alt = 'The "bridge" <i>shut</i>'
    petition.save()
    text = client.get("/petitions/mend/").content.decode()
    picture = text[text.index("<picture>") : text.index("</picture>")]
    assert picture.index("image/avif") < picture.index("image/webp") < picture.index("<img")
    assert f"/media/pictures/{stem}-480.avif 480w, /media/pictures/{stem}-600.avif 600w" in picture
    assert 'width="600" height="400"' in picture
    assert 'alt="The &quot;bridge&quot; &lt;i&gt;shut&lt;/i&gt;"' in picture
    assert 'sizes="' in picture
    assert "style=" not in picture
    # What the reader waits for does not wait itself.
    assert "loading=" not in picture


def test_without_a_picture_nothing_is_said_of_one(client):
    PetitionFactory(is_open=True, slug="plain")
    text = client.get("/petitions/plain/").content.decode()
    assert "<picture" not in text
    assert "<figure" not in text


def test_in_lists_it_waits_until_somebody_scrolls_there(petition):
    context = {"petition": petition, "sizes": "10rem", "lazy": True}
    text = render_to_string("petitions/_picture.html", context)
    assert 'loading="lazy"' in text
    assert 'sizes="10rem"' in text
