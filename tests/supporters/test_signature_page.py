"""The signer's own page: see, change, withdraw, download."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.fold import fold
from supporters.models import CountAdjustment, PageRecall, Signature
from supporters.tokens import Purpose, make
from supporters.withdrawing import withdraw
from tests.factories import (
    ActionStepFactory,
    PetitionFactory,
    SignatureFactory,
    typed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def signature():
    return SignatureFactory(
        petition__slug="mend", is_confirmed=True, email="sam@example.org", reason="I cross it."
    )


def link(signature) -> str:
    return f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"


def count(client) -> int:
    return client.get("/petitions/mend/count.json").json()["count"]


def edited(**changes):
    return {
        "action": "save",
        "given_name": "Sam",
        "family_name": "Okoye",
        "display": "initial",
        "reason": "",
        **changes,
    }


def test_position_on_the_first_look(client, signature):
    """Without waiting for the worker, and without counting anybody twice."""
    html = client.get(link(signature)).content.decode()
    assert 'You are supporter number</span> <data value="1"' in html
    assert 'This petition has</span> <data value="1"' in html
    assert fold(signature.petition_id) == 0
    assert Petition.objects.get().supporter_count == 1


def test_where_many_sign_the_position_is_left_to_the_worker(client, signature):
    Petition.objects.update(trend=1_000_000)
    address = link(signature) + "?confirmed"
    html = client.get(address).content.decode()
    assert "You are supporter number" not in html
    assert f'<a href="{address}">See which number you are</a>' in html
    fold(signature.petition_id)
    html = client.get(address).content.decode()
    assert "You are supporter number" in html
    assert "See which number you are" not in html


def test_who_is_not_counted_gets_no_position(client):
    signature = SignatureFactory(petition__slug="mend")
    html = client.get(link(signature)).content.decode()
    assert "number you are" not in html
    signature.refresh_from_db()
    assert signature.position is None


@pytest.mark.parametrize("kind", ["carried_over", "paper"])
def test_no_position_where_others_were_counted_without_one(client, signature, kind):
    CountAdjustment.objects.create(petition=signature.petition, kind=kind, quantity=1_240)
    fold(signature.petition_id)
    html = client.get(link(signature)).content.decode()
    assert "You are supporter number" not in html
    assert '<data value="1241"' in html


def test_position_and_count_stand_together(client, signature):
    for _ in range(2):
        SignatureFactory(petition=signature.petition, is_confirmed=True)
    fold(signature.petition_id)
    html = client.get(link(signature)).content.decode()
    position = html.index('You are supporter number</span> <data value="1"')
    assert position < html.index('This petition has</span> <data value="3"')


def test_a_position_above_the_count_is_explained(client, signature):
    earlier = SignatureFactory(petition=signature.petition, is_confirmed=True)
    fold(signature.petition_id)
    last = Signature.objects.order_by("position").last()
    first = Signature.objects.order_by("position").first()
    words = "Your number stays yours when others withdraw."
    assert words not in client.get(link(last)).content.decode()
    assert {first.pk, last.pk} == {earlier.pk, signature.pk}
    withdraw(first.pk)
    html = client.get(link(last)).content.decode()
    assert 'You are supporter number</span> <data value="2"' in html
    assert 'This petition has</span> <data value="1"' in html
    assert words in html


def sections(html: str) -> list[str]:
    return re.findall(r'<section class="[^"]*" aria-labelledby="([a-z]+)-title"', html)


def test_sharing_comes_first_only_in_the_minutes_after_confirming(client, signature):
    ActionStepFactory(petition=signature.petition)
    fresh = client.get(link(signature) + "?confirmed").content.decode()
    assert "Thank you, Sam. You are counted." in fresh
    assert sections(fresh) == ["share", "follow", "steps", "mine", "change"]
    later = client.get(link(signature)).content.decode()
    assert sections(later) == ["mine", "change", "share", "follow", "steps"]
    Signature.objects.update(confirmed_at=timezone.now() - timedelta(minutes=11))
    again = client.get(link(signature) + "?confirmed").content.decode()
    assert "You are still counted, once." in again
    assert "Thank you" not in again
    assert sections(again) == ["mine", "change", "share", "follow", "steps"]


def test_following_in_one_press(client, signature):
    response = client.post(link(signature) + "?confirmed", {"action": "follow"})
    assert response["Location"] == link(signature) + "?confirmed&saved"
    html = client.get(response["Location"]).content.decode()
    assert "Thank you, Sam. You are counted." in html
    assert "Saved." in html
    assert "follow" not in sections(html)
    signature.refresh_from_db()
    assert (signature.wants_updates, signature.reason) == (True, "I cross it.")


def test_whoever_withdrew_cannot_follow(client, signature):
    client.post(link(signature), {"action": "withdraw"})
    client.post(link(signature), {"action": "follow"})
    signature.refresh_from_db()
    assert signature.wants_updates is False


def test_the_count_follows_along_while_the_petition_is_open(client, signature):
    assert b"data-count-url" in client.get(link(signature)).content
    signature.petition.close(by=None)
    assert b"data-count-url" not in client.get(link(signature)).content


def test_a_form_with_mistakes_can_be_gone_back_to(client, signature):
    again = client.post(link(signature), edited(given_name=""))
    assert (again.status_code, again["Cache-Control"]) == (200, "private, no-cache")
    assert client.post(link(signature), edited())["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Your signature"),
        ("?confirmed", "You are counted"),
        ("?saved", "Saved · Your signature"),
    ],
)
def test_title_says_what_happened(client, signature, query, title):
    html = client.get(link(signature) + query).content.decode()
    assert f"<title>{title} · Undersigned</title>" in html


def test_what_was_said_takes_the_focus(client, signature):
    html = client.get(link(signature) + "?saved").content.decode()
    assert '<p class="said" role="status" tabindex="-1" autofocus>Saved.</p>' in html


def test_changing_display_reason_and_updates(client, signature):
    response = client.post(
        link(signature), edited(display="full", reason="Every day.", wants_updates="on")
    )
    assert response.status_code == 302
    assert b"Saved." in client.get(response["Location"]).content
    signature.refresh_from_db()
    assert (signature.display, signature.reason) == ("full", "Every day.")
    assert signature.wants_updates
    client.post(link(signature), edited())
    signature.refresh_from_db()
    assert not signature.wants_updates


def test_errors_in_place(client, signature):
    response = client.post(link(signature), edited(given_name="", reason="x" * 538))
    html = response.content.decode()
    assert "Enter your first name" in html
    assert "Your reason is 38 characters too long" in html
    signature.refresh_from_db()
    assert signature.given_name == "Sam"


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (None, "You can sign again while the petition is open."),
        ("close", "The petition is closed: this cannot be undone."),
        ("hide", "This cannot be undone."),
    ],
)
def test_withdrawing_promises_only_what_can_be(client, signature, move, said):
    if move:
        getattr(signature.petition, move)(by=None)
    again = "You can sign again while the petition is open."
    before = client.get(link(signature)).content.decode()
    assert said in before
    assert (again in before) is (move is None)
    after = client.post(link(signature), {"action": "withdraw"}, follow=True).content.decode()
    assert "<title>You withdrew your signature · " in after
    assert "It is no longer counted." in after
    assert (again in after) is (move is None)


def test_withdrawing_what_was_never_counted(client):
    signature = SignatureFactory(petition__slug="mend")
    html = client.post(link(signature), {"action": "withdraw"}, follow=True).content.decode()
    assert "It was never counted." in html
    assert "no longer counted" not in html


@pytest.mark.parametrize("folded", [True, False])
def test_withdrawing_erases_and_uncounts(client, signature, folded):
    if folded:
        fold(signature.petition_id)
    assert count(client) == 1
    response = client.post(link(signature), {"action": "withdraw"}, follow=True)
    assert "You withdrew your signature." in response.content.decode()
    assert count(client) == 0
    signature.refresh_from_db()
    assert signature.status == "withdrawn"
    kept = [signature.given_name, signature.family_name, signature.email, signature.reason]
    assert kept == ["", "", "", ""]
    assert signature.email_key is None
    assert CountAdjustment.objects.count() == (1 if folded else 0)
    client.post(link(signature), {"action": "withdraw"})
    assert count(client) == 0


def test_signing_again_after_withdrawing_counts_again(client, signature):
    client.post(link(signature), {"action": "withdraw"})
    client.post("/petitions/mend/sign/", typed(email="sam@example.org"))
    again = Signature.objects.get(status="pending")
    client.post(f"/confirm/{make(Purpose.CONFIRM, again.pk)}/")
    assert count(client) == 1


def test_saving_in_another_window_does_not_bring_the_person_back(client, signature):
    client.post(link(signature), {"action": "withdraw"})
    client.post(link(signature), edited(given_name="Sam"))
    signature.refresh_from_db()
    assert signature.given_name == ""


def test_download_is_all_that_is_kept(client, signature):
    response = client.get(link(signature) + "?download")
    assert response["Content-Disposition"] == 'attachment; filename="signature.json"'
    assert response["Cache-Control"] == "no-store"
    data = response.json()
    assert data["email"] == "sam@example.org"
    assert data["reason"] == "I cross it."
    assert data["petition"].endswith("/petitions/mend/")


def test_download_of_a_hidden_petition_keeps_its_title_to_itself(client, signature):
    signature.petition.hide(by=None)
    data = client.get(link(signature) + "?download").json()
    assert (data["title"], data["email"]) == ("", "sam@example.org")


def test_page_of_a_hidden_petition_still_belongs_to_its_signer(client, signature):
    signature.petition.hide(by=None)
    response = client.get(link(signature))
    assert response.status_code == 200
    assert signature.petition.title not in response.content.decode()
    client.post(link(signature), {"action": "withdraw"})
    signature.refresh_from_db()
    assert signature.status == "withdrawn"


@pytest.mark.parametrize("action", ["", "explode", "\x00"])
def test_unknown_action_changes_nothing_of_a_withdrawn_one(client, signature, action):
    client.post(link(signature), {"action": "withdraw"})
    assert client.post(link(signature), {"action": action}).status_code == 302


def test_get_never_changes_anything(client, signature):
    client.get(link(signature) + "?action=withdraw")
    client.get(link(signature), {"action": "not_me"})
    signature.refresh_from_db()
    assert signature.status == "confirmed"


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.UNSUBSCRIBE, Purpose.PREVIEW])
def test_token_for_another_purpose(client, signature, purpose):
    address = f"/signature/{make(purpose, signature.pk)}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"action": "withdraw"}).status_code == 404
    signature.refresh_from_db()
    assert signature.status == "confirmed"


def test_page_headers(client, signature):
    response = client.get(link(signature))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_signature_of_one_petition_says_nothing_of_another(client, signature):
    other = PetitionFactory(is_open=True, title="Another matter")
    SignatureFactory(petition=other, email="sam2@example.org", is_confirmed=True)
    assert b"Another matter" not in client.get(link(signature)).content


def test_budget(client, signature, count_queries):
    ActionStepFactory(petition=signature.petition)
    with count_queries() as first:
        client.get(link(signature) + "?confirmed")
    assert len(first) <= 13, first  # eight of them give the position, once
    with count_queries() as later:
        client.get(link(signature))
    assert len(later) <= 5, later


def test_who_changes_it_again_and_again_is_held_up_and_what_was_typed_is_kept(
    client, signature, settings
):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "change": "1/minute"}
    for reason in ("First words.", "First words.", "Other words."):
        answer = client.post(link(signature), edited(action="save", reason=reason))
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert "This was changed very often within a short time." in answer.content.decode()
    assert "Other words." in answer.content.decode()
    signature.refresh_from_db()
    assert signature.reason == "First words."
    other = {"petition": signature.petition, "confirmed_at": signature.confirmed_at}
    neighbour = SignatureFactory(is_confirmed=True, **other)  # who shares the address
    assert client.post(link(neighbour), edited(action="save")).status_code == 302
    # Nor is who hides their name, or withdraws.
    hidden = edited(action="save", display="hidden")
    assert client.post(link(signature), hidden).status_code == 302
    assert client.post(link(signature), edited(action="save")).status_code == 429
    assert client.post(link(signature), {"action": "withdraw"}).status_code == 302
    signature.refresh_from_db()
    assert signature.status == "withdrawn"


def test_nobody_saves_for_ever_what_is_shown_nowhere_but_may_hide(client, signature, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "save": "1/minute"}
    Signature.objects.update(status="pending", confirmed_at=None)  # shown nowhere
    for reason in ("First words.", "Other words."):
        answer = client.post(link(signature), edited(action="save", reason=reason))
    assert answer.status_code == 429
    assert "Other words." in answer.content.decode()
    hidden = edited(action="save", display="hidden", reason="")
    assert client.post(link(signature), hidden).status_code == 302
    signature.refresh_from_db()
    assert (signature.reason, signature.display) == ("", "hidden")
    assert client.post(link(signature), hidden).status_code == 429  # there is nothing to hide
    neighbour = SignatureFactory(petition=signature.petition)
    assert client.post(link(neighbour), edited(action="save")).status_code == 302


def test_only_what_pages_show_counts_as_a_change_of_them(client, signature, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "change": "0/minute"}
    waiting = SignatureFactory(petition=signature.petition)
    for reason in ("Mine.", "Ours."):
        typed = edited(action="save", reason=reason)
        assert client.post(link(waiting), typed).status_code == 302
    assert client.post(link(signature), edited(action="save", display="hidden")).status_code == 302
    recalls = PageRecall.objects.count()
    typed = edited(action="save", display="hidden", reason="Mine alone.")
    assert client.post(link(signature), typed).status_code == 302
    assert PageRecall.objects.count() == recalls
    assert client.post(link(signature), edited(action="save")).status_code == 429
