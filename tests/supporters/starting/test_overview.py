"""Everything at a glance: what is missing, what should perhaps not be public, how it will look."""

import pytest

from petitions.models import PetitionDraft
from supporters.models import OutgoingMail
from supporters.tokens import Purpose, make

from .flow import NOOR, TITLE, WHOLE, at, draft

pytestmark = pytest.mark.django_db


def test_each_part_is_shown_with_a_way_to_change_it(client):
    row = draft()
    text = client.get(at(row)).content.decode()
    for stage in ("title", "story", "targets", "steps", "picture", "goal", "who"):
        assert f'href="{at(row, stage)}"' in text
    for value in WHOLE.values():
        shown = "Call" if value == "call" else value.replace("'", "&#x27;")
        assert shown in text


def test_what_is_missing_is_marked_and_keeps_it_from_being_sent(client):
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    assert "Enter your first name" in client.get(at(row)).content.decode()
    answer = client.post(at(row))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Your petition was not sent yet" in text
    assert "Tell what it is about" in text
    assert not OutgoingMail.objects.exists()


def test_passages_are_marked_and_do_not_keep_it_from_being_sent(client):
    row = draft(body="His number is A123456789. Call me on +34 600 123 456.")
    text = client.get(at(row)).content.decode()
    assert "Should this be public?" in text
    assert "<mark>A123456789</mark>" in text
    assert "<mark>+34 600 123 456</mark>" in text
    assert client.post(at(row)).status_code == 302
    assert "Should this be public?" not in client.get(at(draft())).content.decode()


def test_the_office_in_a_second_step_has_a_number_on_purpose(client):
    text = client.get(at(draft(step_1_phone="+34 600 123 456"))).content.decode()
    assert "Should this be public?" not in text


def test_the_preview_is_the_page_itself(client):
    row = draft()
    answer = client.get(f"/petitions/preview/{make(Purpose.DRAFT_PREVIEW, row.pk)}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"
    assert '<article class="wrap page petition">' in text
    assert "<em>flood</em>" in text
    assert "Vale Transport Board" in text
    assert "Noor Haddad" in text
    assert NOOR["email"] not in text
    assert make(Purpose.DRAFT, row.pk) not in text
    assert 'name="given_name"' not in text  # nothing to sign


@pytest.mark.parametrize("typed", [{}, {"body": "<script>alert(1)</script>", "goal": "many"}])
def test_a_preview_of_half_a_draft_is_no_fault(client, typed):
    row = PetitionDraft.objects.create(typed={"title": TITLE, **typed})
    answer = client.get(f"/petitions/preview/{make(Purpose.DRAFT_PREVIEW, row.pk)}/")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_in_spanish(client):
    row = draft()
    text = client.get(f"/es{at(row)}").content.decode()
    assert '<html lang="es"' in text
    assert f"/es{at(row, 'story')}" in text
