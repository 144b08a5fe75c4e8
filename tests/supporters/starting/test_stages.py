"""Writing a draft: what is typed is kept, whatever goes wrong, and is its writer's alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionDraft, PetitionTarget, Target
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory
from tests.photographs import upload

from .flow import NOOR, TITLE, WHOLE, at, draft

pytestmark = pytest.mark.django_db
START = "/petitions/start/"


def test_looking_leaves_nothing_behind_and_sets_no_cookie(client):
    answer = client.get(START)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    assert not PetitionDraft.objects.exists()


def test_a_title_makes_a_draft_with_a_private_link(client):
    answer = client.post(START, {"title": f"  {TITLE}\n"})
    row = PetitionDraft.objects.get()
    assert row.typed == {"title": TITLE}
    assert answer["Location"] == at(row, "story")
    page = client.get(answer["Location"])
    assert f"http://localhost:8000{at(row)}" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"
    assert not page.cookies
    assert not answer.cookies
    assert not Petition.objects.exists()


def test_similar_open_petitions_come_first(client):
    PetitionFactory(is_open=True, title="Mend the bridge at Weir Lane")
    answer = client.post(START, {"title": TITLE})
    row = PetitionDraft.objects.get()
    assert answer["Location"] == at(row, "similar")
    text = client.get(answer["Location"]).content.decode()
    assert "Mend the bridge at Weir Lane" in text
    assert at(row, "story") in text


@pytest.mark.parametrize("title", ["", " ", "\x00", "x" * 151])
def test_a_wrong_title_comes_back_with_an_error(client, title):
    answer = client.post(START, {"title": title})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'aria-invalid="true"' in text
    field = re.search(r'<input[^>]* name="title"[^>]*>', text)[0]
    value = re.search(r' value="([^"]*)"', field)
    assert (value[1] if value else "").strip(" \x00") == title.strip(" \x00")
    assert not PetitionDraft.objects.exists()


def test_a_program_that_fills_in_everything_makes_nothing(client):
    assert client.post(START, {"title": TITLE, "website": "https://example.com"}).status_code == 302
    assert not PetitionDraft.objects.exists()


def test_another_site_cannot_post(client):
    for address in (START, at(row := draft()), at(row, "story")):
        answer = client.post(address, {"title": "Other"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    row.refresh_from_db()
    assert row.typed == WHOLE


def test_every_stage_shows_what_was_typed_and_leads_on(client):
    row = draft()
    order = ("title", "story", "targets", "steps", "picture", "goal", "who")
    for stage, following in zip(order, (*order[1:], ""), strict=True):
        text = client.get(at(row, stage)).content.decode()
        fields = client.get(at(row, stage)).context["form"].fields
        data = {name: WHOLE[name] for name in fields if name in WHOLE}
        for value in data.values():
            assert value.replace("'", "&#x27;") in text
        answer = client.post(at(row, stage), {**data, "action": "next"})
        assert answer["Location"] == at(row, following), stage
        assert client.post(at(row, stage), {**data, "action": "overview"})["Location"] == at(row)
    row.refresh_from_db()
    assert {name: row.typed[name] for name in WHOLE} == WHOLE


@pytest.mark.parametrize(
    ("stage", "typed", "said"),
    [
        ("story", {"body": "x" * 20_002, "ask": "a"}, "This is 2 characters too long"),
        ("story", {"body": "", "ask": "a"}, "Tell what it is about"),
        ("targets", {"target_1_role": "Mayor"}, "Enter a name, or leave the role empty"),
        ("steps", {"step_1_contact": "Office"}, "Choose what to do"),
        ("steps", {"step_1_kind": "call"}, "Say how"),
        ("steps", {"step_1_kind": "write", "step_1_email": "nobody@"}, "Enter an email address"),
        ("steps", {"step_2_kind": "other", "step_2_link": "javascript:alert(1)"}, "Enter a web"),
        ("goal", {"goal": "a thousand"}, "Enter a whole number"),
        ("goal", {"goal": "0"}, "Enter a number above zero"),
        ("goal", {"closes_on": "2020-01-01"}, "Choose a day to come"),
        ("goal", {"closes_on": "soon"}, "Enter a date"),
        ("who", {**NOOR, "email": "noor@"}, "Enter an email address"),
        ("who", {**NOOR, "given_name": "www.example.com"}, "Enter a name without a web address"),
    ],
)
def test_an_error_is_told_in_its_place_and_nothing_typed_is_lost(client, stage, typed, said):
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    answer = client.post(at(row, stage), typed)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert said in text
    assert text.index('class="errors"') < text.index("<form")
    for value in typed.values():
        assert value in text
    later = client.get(at(row, stage)).content.decode()  # the tab was closed
    for value in typed.values():
        assert value in later
    assert 'aria-invalid="true"' not in later


def test_hostile_characters_and_endless_text_are_stored_without_harm(client):
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    body = "a\x00\ud800b\r\nc" + "́" * 1_000 + "x" * 100_000
    answer = client.post(
        at(row, "story"), {"body": body.encode("utf-8", "replace").decode(), "ask": "a"}
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert len(row.typed["body"]) <= 40_000
    assert "\x00" not in row.typed["body"]
    assert client.get(at(row)).status_code == 200


def test_what_is_typed_is_kept_while_it_is_typed(client):
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    answer = client.post(at(row, "story"), {"body": "Half a sent", "action": "keep"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Half a sent" in client.get(at(row, "story")).content.decode()


def test_two_windows_on_two_stages_lose_nothing():
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    other = PetitionDraft.objects.get(pk=row.pk)
    row.keep({"body": "The story"})
    other.keep({"goal": "500"})
    row.refresh_from_db()
    assert row.typed == {"title": TITLE, "body": "The story", "goal": "500"}
    assert row.revision == 3
    row.keep({"goal": "500"})
    assert row.revision == 3


# Strangers


@pytest.mark.parametrize("stage", ["", "story", "similar", "sent", "nothing"])
def test_without_the_link_there_is_nothing(client, stage):
    row = draft()
    own = make(Purpose.DRAFT, row.pk)
    forged = [
        f"{row.pk}.forged",
        own[:-1] + ("a" if own[-1] != "a" else "b"),
        f"{row.pk + 1}{own[len(str(row.pk)) :]}",
        make(Purpose.DRAFT_PREVIEW, row.pk),
        make(Purpose.PREVIEW, row.pk),
        make(Purpose.SIGNATURE, row.pk),
        "x" * 500,
    ]
    for token in forged:
        address = f"{START}{token}/{stage}/" if stage else f"{START}{token}/"
        for answer in (client.get(address), client.post(address, {"body": "Mine now"})):
            assert answer.status_code in {404, 405}
            assert TITLE not in answer.content.decode()
    row.refresh_from_db()
    assert row.typed == WHOLE


def test_a_draft_expires_even_without_a_worker(client, settings):
    row = draft()
    then = timezone.now() - timedelta(days=settings.PETITIONS_DRAFT_DAYS, seconds=1)
    PetitionDraft.objects.update(changed_at=then)
    assert client.get(at(row)).status_code == 404
    preview = f"/petitions/preview/{make(Purpose.DRAFT_PREVIEW, row.pk)}/"
    assert client.get(preview).status_code == 404


def test_too_many_drafts_are_refused_with_what_was_typed(client, settings):
    limits = {**settings.PETITIONS_RATE_LIMITS, "start": "1/minute"}
    settings.PETITIONS_RATE_LIMITS = limits
    assert client.post(START, {"title": TITLE}).status_code == 302
    answer = client.post(START, {"title": TITLE})
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert TITLE in answer.content.decode()
    assert PetitionDraft.objects.count() == 1


def test_too_many_texts_of_a_draft_are_refused_with_what_was_typed(client, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "draft": "2/minute"}
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    assert client.post(at(row, "story"), {"body": "One", "action": "keep"}).status_code == 204
    assert client.post(at(row, "story"), {"body": "Two", "ask": "Mend it"}).status_code == 302
    for typed in ({"body": "Three", "ask": "Mend it"}, {"body": "Four", "action": "keep"}):
        answer = client.post(at(row, "story"), typed)
        assert answer.status_code == 429
        assert answer["Retry-After"]
        assert typed["body"] in answer.content.decode()
    row.refresh_from_db()
    assert row.typed["body"] == "Two"
    other = PetitionDraft.objects.create(typed={"title": TITLE})
    assert client.post(at(other, "story"), {"body": "One", "action": "keep"}).status_code == 204


# Targets


def test_known_targets_are_offered_and_those_in_drafts_are_not(client):
    for name, is_open in (("Vale Transport Board", True), ("Somebody in a draft", False)):
        target = Target.objects.create(name=name, slug=name.lower().replace(" ", "-"))
        PetitionTarget.objects.create(petition=PetitionFactory(is_open=is_open), target=target)
    text = client.get(at(draft(), "targets")).content.decode()
    assert '<option value="Vale Transport Board">' in text
    assert "Somebody in a draft" not in text


# The picture


def stored(media) -> set[str]:
    folder = media / "pictures"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_picture_is_kept_even_when_its_words_are_missing(client, media):
    row = draft()
    answer = client.post(at(row, "picture"), {"picture": upload(), "picture_alt": ""})
    assert "Say in words what the picture shows" in answer.content.decode()
    row.refresh_from_db()
    assert row.picture
    shown = client.get(f"/media/{row.picture}")
    assert shown.status_code == 200
    assert shown["Cache-Control"] == "private, no-cache"
    done = client.post(at(row, "picture"), {"picture_alt": "The bridge, shut."})
    assert done["Location"] == at(row, "goal")


def test_another_picture_takes_its_place_and_the_old_files_go(
    client, media, django_capture_on_commit_callbacks
):
    row = draft()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(row, "picture"), {"picture": upload(), "picture_alt": "a"})
    first = stored(media)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(row, "picture"), {"picture": upload(), "picture_alt": "a"})
    second = stored(media)
    assert first
    assert second
    assert not first & second
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(row, "picture"), {"action": "remove"})
    assert not stored(media)
    row.refresh_from_db()
    assert row.picture == ""


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n" + b"x" * 500])
def test_what_is_no_picture_is_refused_in_words(client, media, content):
    row = draft()
    file = upload(content or b"x")
    answer = client.post(at(row, "picture"), {"picture": file, "picture_alt": "The bridge"})
    assert answer.status_code == 200
    assert "id_picture_error" in answer.content.decode()
    assert "The bridge" in answer.content.decode()
    assert not stored(media)


def test_files_are_read_of_who_has_the_link_alone_and_not_without_end(client, media, settings):
    row = draft()
    forged = f"{START}{row.pk}.forged/picture/"
    assert client.post(forged, {"picture": upload()}).status_code == 404
    assert client.post(at(row, "story"), {"body": upload(), "ask": "a"}).status_code == 200
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "start": "0/minute"}
    answer = client.post(at(row, "picture"), {"picture_alt": "The bridge", "picture": upload()})
    assert answer.status_code == 429
    assert not stored(media)
