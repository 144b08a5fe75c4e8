"""Moderators edit the help pages: each begins with what is shipped, and can go back to it."""

import pytest

from petitions.models import Page

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/page/"
TYPED = {"title": "Privacy here", "language": "en", "slug": "privacy", "body": "Nothing is kept."}


@pytest.fixture
def moderator(as_user, mo):
    return as_user(mo)


def test_the_list_has_every_page_in_every_language(moderator):
    Page.objects.create(slug="imprint", language="es", title="Aviso legal", body="x")
    page = moderator.get(LIST).content.decode()
    for title in ("How it works", "Cómo funciona", "Privacy", "Privacidad", "Aviso legal"):
        assert f">{title}</a>" in page
    assert page.count("as shipped") == 12
    assert "Use the shipped text again" not in page
    assert ">Delete</a>" in page


def test_a_new_text_begins_with_the_shipped_one(moderator, client):
    address = f"{LIST}add/?slug=privacy&language=es"
    assert address.replace("&", "&amp;") in moderator.get(LIST).content.decode()
    page = moderator.get(address)
    assert page.context["adminform"].form.initial["title"] == "Privacidad"
    assert "## Cuánto tiempo" in page.content.decode()
    assert "<code>{unconfirmed}</code> 7" in page.content.decode()


def test_what_is_saved_is_shown_until_the_shipped_text_is_used_again(moderator, mo, client):
    assert moderator.post(f"{LIST}add/?slug=privacy&language=en", TYPED).status_code == 302
    row = Page.objects.get()
    assert row.updated_by == mo
    assert "Nothing is kept." in client.get("/help/privacy/").content.decode()
    listed = moderator.get(LIST).content.decode()
    assert "by mo" in listed
    assert "Use the shipped text again" in listed
    # The same address leads on to what is there now.
    again = moderator.get(f"{LIST}add/?slug=privacy&language=en")
    assert again["Location"] == f"{LIST}{row.pk}/change/"

    asked = moderator.get(f"{LIST}{row.pk}/delete/").content.decode()
    assert "the text that comes with the site is shown again" in asked
    moderator.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert "Reading sets no cookies" in client.get("/help/privacy/").content.decode()


def test_an_address_and_a_language_stay(moderator):
    row = Page.objects.create(slug="privacy", language="en", title="P", body="x")
    moderator.post(f"{LIST}{row.pk}/change/", {**TYPED, "slug": "other", "language": "es"})
    row.refresh_from_db()
    assert (row.slug, row.language, row.body) == ("privacy", "en", "Nothing is kept.")


def test_a_page_of_ones_own_has_an_address_made_of_its_title(moderator, client):
    moderator.post(f"{LIST}add/", {"title": "Who pays", "language": "en", "slug": "", "body": "x"})
    assert client.get("/help/who-pays/").status_code == 200
    row = Page.objects.get()
    asked = moderator.get(f"{LIST}{row.pk}/delete/").content.decode()
    assert "Use the shipped text" not in asked


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "a/b"}, "slug"),
        ({"slug": "start"}, "slug"),
        ({"language": "fr"}, "language"),
        ({"body": "x" * 40_001}, "body"),
        ({"body": ""}, "body"),
        ({"title": "a\0b"}, "title"),
    ],
)
def test_what_cannot_be_is_said_in_place(moderator, changes, field):
    response = moderator.post(f"{LIST}add/", {**TYPED, **changes})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not Page.objects.exists()


def test_a_second_one_is_refused(moderator):
    Page.objects.create(slug="privacy", language="en", title="P", body="x")
    response = moderator.post(f"{LIST}add/", TYPED)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors


@pytest.mark.parametrize(
    "query", ["slug=a%00b&language=en", "slug=privacy&language=%ED%A0%80", "slug=x"]
)
def test_nonsense_in_the_address_begins_with_nothing(moderator, query):
    response = moderator.get(f"{LIST}add/?{query}")
    assert response.status_code == 200
    assert response.context["adminform"].form.initial == {"language": "en"}


def test_organizers_have_nothing_to_do_with_it(as_user, ana):
    organizer = as_user(ana)
    row = Page.objects.create(slug="privacy", language="en", title="P", body="x")
    for address in (LIST, f"{LIST}add/", f"{LIST}{row.pk}/change/", f"{LIST}{row.pk}/delete/"):
        assert organizer.get(address).status_code == 403
