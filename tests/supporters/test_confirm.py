"""The page behind the link in a confirmation mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.models import Signature
from supporters.suppression import Why, suppress
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.factories import SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def signature():
    return SignatureFactory(petition__slug="mend", petition__title="Mend the bridge")


def link(signature) -> str:
    return f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/"


def test_get_shows_one_button_and_changes_nothing(client, signature):
    for _ in range(2):
        response = client.get(link(signature))
        assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<button") == html.count("<form") == 1
    assert "Confirm my signature" in html
    assert "Nothing is counted until you do." in html
    assert "Mend the bridge" in html
    assert "<script" not in html
    signature.refresh_from_db()
    assert signature.status == "pending"
    client.head(link(signature))
    assert client.get("/petitions/mend/count.json").json()["count"] == 0


def test_who_stopped_all_news_is_promised_none(client, signature):
    Signature.objects.update(wants_updates=True)
    assert "<dt>Updates by email</dt><dd>Yes</dd>" in client.get(link(signature)).content.decode()
    suppress(signature.email, Why.UNSUBSCRIBED)
    assert "<dt>Updates by email</dt><dd>No</dd>" in client.get(link(signature)).content.decode()


def test_the_way_out_for_who_did_not_sign(client, signature):
    own = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/?not-me"
    assert f'href="{own}"' in client.get(link(signature)).content.decode()


def test_press_counts_at_once(client, signature):
    response = client.post(link(signature))
    assert response.status_code == 302
    assert client.get("/petitions/mend/count.json").json()["count"] == 1
    thanks = client.get(response["Location"])
    assert "Thank you, Sam. You are counted." in thanks.content.decode()
    assert thanks["Cache-Control"] == "no-store"


def test_pressing_again_counts_once(client, signature):
    for _ in range(3):
        response = client.post(link(signature), follow=True)
        assert response.status_code == 200
    assert client.get("/petitions/mend/count.json").json()["count"] == 1
    assert "You are still counted, once." in client.get(link(signature)).content.decode()


def test_works_without_cookies_and_from_any_mail_program(signature, client):
    strict = type(client)(enforce_csrf_checks=True)
    response = strict.post(link(signature), headers={"origin": "null"})
    assert response.status_code == 302
    assert not strict.cookies


def test_within_a_day_of_closing(client, signature):
    signature.petition.close(by=None)
    assert client.get(link(signature)).status_code == 200
    client.post(link(signature))
    assert client.get("/petitions/mend/count.json").json()["count"] == 1


def test_too_late(client, signature):
    signature.petition.close(by=None)
    long_ago = timezone.now() - timedelta(hours=25)
    Petition.objects.update(closed_at=long_ago)
    Signature.objects.update(created_at=long_ago - timedelta(hours=1))
    for response in (client.get(link(signature)), client.post(link(signature))):
        assert response.status_code == 409
        assert "This petition has closed" in response.content.decode()
    assert client.get("/petitions/mend/count.json").json()["count"] == 0


def test_hidden_petition_is_gone(client, signature):
    signature.petition.hide(by=None)
    for response in (client.get(link(signature)), client.post(link(signature))):
        assert response.status_code == 410
        assert "Mend the bridge" not in response.content.decode()
        said = " ".join(response.content.decode().split())
        assert "Your signature is not confirmed and not counted." in said
        assert "within 7 days after you signed" in said
    signature.refresh_from_db()
    assert signature.status == "pending"


def test_hidden_after_confirming_says_that_the_signature_is_safe_and_why_it_is_hidden(
    client, signature
):
    client.post(link(signature))
    signature.petition.hide(by=None, reason="private_person", note="A name in it.")
    said = " ".join(client.get(link(signature)).content.decode().split())
    for words in (
        "You confirmed before, and your signature is safe.",
        "It is about a private person who has not agreed to be named.",
        "A name in it.",
        "See or change your signature",
    ):
        assert words in said
    assert "not counted" not in said


def test_withdrawn_signature_is_not_revived(client, signature):
    client.post(link(signature))
    withdraw(signature.pk)
    client.post(link(signature), follow=True)
    assert client.get("/petitions/mend/count.json").json()["count"] == 0


def test_erased_signature(client, signature):
    address = link(signature)
    Signature.objects.all().delete()
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 404
        assert "This link no longer works." in response.content.decode()


@pytest.mark.parametrize(
    ("end", "said"),
    [(withdraw, "You withdrew your signature."), (disown, "This signature was removed.")],
)
def test_dead_link_says_what_happened_and_promises_nothing(client, signature, end, said):
    end(signature.pk)
    response = client.get(link(signature))
    assert response.status_code == 410
    html = response.content.decode()
    assert f"<h1>{said}</h1>" in html
    assert f"<title>{said.rstrip('.')} · " in html
    assert "It was never counted" in html
    assert "send a new one" not in html
    assert "<form" not in html


@pytest.mark.parametrize("token", ["x", "1.x", "%00", "1.%F0%9F%98%80", "9" * 300])
def test_bad_tokens(client, token):
    for response in (client.get(f"/confirm/{token}/"), client.post(f"/confirm/{token}/")):
        assert response.status_code == 404


@pytest.mark.parametrize("purpose", [Purpose.SIGNATURE, Purpose.UNSUBSCRIBE, Purpose.PREVIEW])
def test_token_for_another_purpose(client, signature, purpose):
    response = client.post(f"/confirm/{make(purpose, signature.pk)}/")
    assert response.status_code == 404
    signature.refresh_from_db()
    assert signature.status == "pending"


def test_link_survives_a_changed_key(client, signature, settings):
    address = link(signature)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key, long enough to be one"
    assert client.post(address).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    assert client.post(address).status_code == 404


def test_page_headers(client, signature):
    response = client.get(link(signature))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_budget(client, signature, count_queries):
    with count_queries() as queries:
        client.post(link(signature))
    assert len(queries) <= 3, queries
