"""Editing a petition undoes nothing that happened meanwhile."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from petitions.models import (
    ModerationEvent,
    Petition,
    Update,
)
from supporters.admin import PetitionAdmin
from supporters.fold import fold
from supporters.models import Signature
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


def test_an_old_form_undoes_neither_a_closing_nor_counted_signatures(as_user, mo, page_of):
    petition = PetitionFactory(is_open=True)
    client = as_user(mo)
    stale = page_of(client, petition, title="A better title")
    SignatureFactory.create_batch(5, petition=petition, is_confirmed=True)
    fold(petition.pk)
    Petition.objects.get().close(by=None, outcome="victory", note="Mended.")

    assert client.post(page(petition), stale).status_code == 302
    after = Petition.objects.get()
    assert after.title == "A better title"
    assert (after.status, after.outcome, after.outcome_note) == ("closed", "victory", "Mended.")
    assert after.closed_at is not None
    assert after.supporter_count == 5


def test_closed_and_folded_while_the_form_is_being_saved(as_user, mo, page_of, monkeypatch):
    petition = PetitionFactory(is_open=True)
    client = as_user(mo)
    data = page_of(client, petition, title="A better title", goal="70")
    really_save = Petition.save

    def meanwhile(self, *args, **kwargs):  # this row was read; then others acted
        monkeypatch.setattr(Petition, "save", really_save)
        SignatureFactory.create_batch(5, petition=petition, is_confirmed=True)
        fold(petition.pk)
        Petition.objects.filter(pk=petition.pk).update(organizer_name="The Bridge Group")
        Petition.objects.get().close(by=None, outcome="declined")
        return really_save(self, *args, **kwargs)

    monkeypatch.setattr(Petition, "save", meanwhile)
    assert client.post(page(petition), data).status_code == 302
    after = Petition.objects.get()
    assert (after.title, after.goal, after.organizer_name) == (
        "A better title", 70, "The Bridge Group",
    )  # fmt: skip
    assert (after.status, after.outcome, after.supporter_count) == ("closed", "declined", 5)


def test_an_update_published_while_it_is_edited_stays_published(as_user, mo, monkeypatch):
    petition = PetitionFactory(is_open=True)
    update = UpdateFactory(petition=petition, published_at=None, body="As it was.")
    client = as_user(mo)
    typed = {"kind": "news", "body": "Better.", "happened_on": "2020-01-01", "when": "draft"}
    address = f"/admin/petitions/petition/{petition.pk}/updates/{update.pk}/"
    really_save = Update.save

    def meanwhile(self, *args, **kwargs):
        monkeypatch.setattr(Update, "save", really_save)
        Update.objects.get(pk=update.pk).publish()
        return really_save(self, *args, **kwargs)

    monkeypatch.setattr(Update, "save", meanwhile)
    answer = client.post(address, typed, follow=True)
    assert "It was published meanwhile." in answer.content.decode()
    update.refresh_from_db()
    assert update.body == "Better."
    assert "<p>Better.</p>" in update.html
    assert update.published_at is not None


def test_what_is_posted_beside_the_form_is_ignored(as_user, mo, page_of):
    petition = PetitionFactory(in_review=True)
    client = as_user(mo)
    data = page_of(
        client, petition, status="open", supporter_count="9000", outcome="victory",
        opened_at_0="2020-01-01", opened_at_1="00:00", source="x", source_id="1",
    )  # fmt: skip
    before = Petition.objects.values().get()
    assert client.post(page(petition), data).status_code == 302
    assert Petition.objects.values().get() == before


def test_events_are_read_only(as_user, mo, page_of):
    petition = PetitionFactory(in_review=True)
    petition.publish(by=mo)
    event = ModerationEvent.objects.get()
    client = as_user(mo)
    data = page_of(client, petition)
    data |= {
        "events-TOTAL_FORMS": "2", "events-INITIAL_FORMS": "1", "events-0-id": event.pk,
        "events-0-petition": petition.pk, "events-0-DELETE": "on",
        "events-0-private_note": "Changed", "events-1-to_status": "hidden",
        "events-1-from_status": "open", "events-1-petition": petition.pk,
    }  # fmt: skip
    assert client.post(page(petition), data).status_code == 302
    event.refresh_from_db()
    assert event.private_note == ""
    assert ModerationEvent.objects.count() == 1
    alone = f"/admin/petitions/moderationevent/{event.pk}/"
    assert client.get(f"{alone}change/").status_code == 200
    assert client.post(f"{alone}change/", {"private_note": "Changed"}).status_code == 403
    assert client.post(f"{alone}delete/", {"post": "yes"}).status_code == 403
    event.refresh_from_db()
    assert event.private_note == ""


def test_a_changed_address_redirects_and_a_taken_one_is_an_error(as_user, mo, page_of):
    gone = PetitionFactory(slug="bridge", is_open=True)
    gone.slug = "weir-lane"
    gone.save()
    petition = PetitionFactory(slug="clean-air", is_open=True)
    client = as_user(mo)
    data = page_of(client, petition)
    for slug in ("bridge", "weir-lane", "start", "a b", "a\x00b", "x" * 81):
        answer = client.post(page(petition), {**data, "slug": slug})
        assert answer.status_code == 200, slug
        assert "slug" in answer.context["adminform"].form.errors
    assert client.post(page(petition), {**data, "slug": ""}).status_code == 302
    assert Petition.objects.get(pk=petition.pk).slug == "clean-air"
    assert client.post(page(petition), {**data, "slug": "पानी"}).status_code == 302
    assert Petition.objects.get(pk=petition.pk).slug == "पानी"
    assert client.get("/petitions/clean-air/").status_code == 301


@pytest.mark.postgresql  # SQLite's write lock is held from before the check
@pytest.mark.django_db(transaction=True)
def test_an_address_taken_after_the_check_is_an_error_in_place(as_user, mo, page_of, monkeypatch):
    petition = PetitionFactory(slug="clean-air", is_open=True)
    client = as_user(mo)
    data = page_of(client, petition, slug="bridge", title="Typed with care")
    really_save = PetitionAdmin.save_model

    def take() -> None:
        PetitionFactory(slug="bridge")
        connection.close()

    def taken_meanwhile(self, *args, **kwargs):
        monkeypatch.setattr(PetitionAdmin, "save_model", really_save)
        rival = Thread(target=take)
        rival.start()
        rival.join()
        return really_save(self, *args, **kwargs)

    monkeypatch.setattr(PetitionAdmin, "save_model", taken_meanwhile)
    answer = client.post(page(petition), data)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert "slug" in form.errors
    assert form["title"].value() == "Typed with care"
    assert Petition.objects.get(pk=petition.pk).slug == "clean-air"


def test_a_closing_date_lies_ahead(as_user, mo, page_of):
    petition = PetitionFactory(is_open=True)
    client = as_user(mo)
    past = {"closes_at_0": "2020-01-01", "closes_at_1": "00:00:00"}
    answer = client.post(page(petition), page_of(client, petition, **past))
    assert "closes_at" in answer.context["adminform"].form.errors
    ahead = timezone.now() + timedelta(days=9)
    typed = {"closes_at_0": f"{ahead:%Y-%m-%d}", "closes_at_1": "12:00:00"}
    assert client.post(page(petition), page_of(client, petition, **typed)).status_code == 302
    # One that has passed meanwhile is no error in a form about something else.
    Petition.objects.update(closes_at=timezone.now() - timedelta(days=1))
    answer = client.post(page(petition), page_of(client, petition, title="Another title"))
    assert answer.status_code == 302


def test_a_language_outside_the_list_survives(as_user, mo, page_of):
    petition = PetitionFactory(language="tlh", is_open=True)
    client = as_user(mo)
    assert client.post(page(petition), page_of(client, petition, title="New")).status_code == 302
    assert Petition.objects.get().language == "tlh"


def test_a_name_that_changes_later_changes_that_signature_too(as_user, ana, mo, page_of):
    petition = PetitionFactory(in_review=True, organizer=ana)
    petition.publish(by=mo)
    assert Signature.objects.get().public_name == "Ana Ferreira"
    client = as_user(mo)
    for name in ("A worried parent", ""):
        data = page_of(client, Petition.objects.get(), organizer_name=name)
        address = f"/admin/petitions/petition/{petition.pk}/change/"
        assert client.post(address, data).status_code == 302
        assert Signature.objects.get().public_name == (name or "Ana Ferreira")
