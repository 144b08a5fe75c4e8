"""Stopping the mail: a person's press, and a mail program's (RFC 8058)."""

import pytest

from supporters.models import Signature, SuppressedAddress
from supporters.suppression import Why, suppress, suppressed
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.factories import SignatureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def signature():
    return SignatureFactory(petition__slug="mend", is_confirmed=True, wants_updates=True)


def link(signature) -> str:
    return f"/unsubscribe/{make(Purpose.UNSUBSCRIBE, signature.pk)}/"


def test_get_asks_and_changes_nothing(client, signature):
    response = client.get(link(signature))
    assert response.status_code == 200
    html = response.content.decode()
    assert "Press the button, and you get no more updates about “<bdi>" in html
    assert "will get no more" not in html
    signature.refresh_from_db()
    assert signature.wants_updates


def test_one_click_without_login_cookie_or_redirect(client, signature):
    strict = type(client)(enforce_csrf_checks=True)
    response = strict.post(
        link(signature),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 200
    assert not response.cookies
    signature.refresh_from_db()
    assert not signature.wants_updates
    assert signature.status == "confirmed"


def test_the_title_of_a_hidden_petition_is_not_told(client, signature):
    signature.petition.hide(by=None)
    response = client.get(link(signature))
    assert response.status_code == 200
    assert signature.petition.title not in response.content.decode()
    assert signature.petition.title not in client.post(link(signature)).content.decode()


def test_again_is_fine(client, signature):
    assert client.post(link(signature)).status_code == 200
    assert client.post(link(signature)).status_code == 200


def test_second_visit_does_not_ask_again(client, signature):
    client.post(link(signature))
    html = client.get(link(signature)).content.decode()
    assert "<h1>You will get no more updates.</h1>" in html
    assert "<title>You will get no more updates · " in html
    assert "still counted" in html
    assert ">Stop updates</button>" not in html


def test_no_more_mail_of_the_site(client, signature):
    other = SignatureFactory(is_confirmed=True, wants_updates=True, email=signature.email.upper())
    asked = client.get(link(signature) + "?all").content.decode()
    first, second = (
        "No more news from this site</button>",
        "Stop updates about this petition</button>",
    )
    assert asked.index(first) < asked.index(second)
    assert "Press the button, and you get no more news by email" in asked
    assert "stays counted" in asked
    assert f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/" in asked
    assert "<h1>Stop all news from " in asked
    assert "<title>Stop all news from " in asked
    html = client.post(link(signature) + "?all", {"all": "1"}).content.decode()
    assert "<h1>You will get no more news from this site.</h1>" in html
    assert "<form" not in html
    signature.refresh_from_db()
    assert not signature.wants_updates
    [row] = SuppressedAddress.objects.all()
    assert row.why == "unsubscribed"
    assert signature.email not in row.key_hash
    assert suppressed([other.email, "noor@example.org"]) == {other.email}
    assert client.post(link(signature), {"all": "1"}).status_code == 200
    assert SuppressedAddress.objects.count() == 1


def test_to_stop_all_is_asked_even_where_one_was_stopped_before(client, signature):
    said = client.post(link(signature) + "?all").content.decode()
    assert "<h1>You will get no more updates.</h1>" in said
    asked = client.get(link(signature) + "?all").content.decode()
    assert "<h1>Stop all news from " in asked
    assert "You will get no more updates" not in asked
    assert asked.count("<form") == 1
    assert "No more news from this site</button>" in asked


def test_who_has_not_confirmed_is_told_of_nothing_that_counts(client):
    asked = client.get(link(SignatureFactory(wants_updates=True)) + "?all").content.decode()
    assert "Press the button" in asked
    assert "counted" not in asked


def test_one_click_is_about_one_petition_alone(client, signature):
    client.post(link(signature) + "?all", {"List-Unsubscribe": "One-Click"})
    assert not SuppressedAddress.objects.exists()


def test_an_erased_address_is_not_suppressed(client, signature):
    withdraw(signature.pk)
    assert client.post(link(signature), {"all": "1"}).status_code == 200
    assert not SuppressedAddress.objects.exists()


@pytest.mark.parametrize("action", ["follow", "save"])
def test_the_way_back_is_on_the_signers_page(client, signature, action):
    Signature.objects.update(wants_updates=True)
    suppress(signature.email, Why.UNSUBSCRIBED)
    suppress(signature.email, Why.BOUNCE)
    suppress("noor@example.org", Why.BOUNCE)
    own = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    html = client.get(own).content.decode()
    assert "<dt>Updates by email</dt><dd>No</dd>" in html
    typed = {"given_name": "Sam", "family_name": "Okoye", "display": "initial", "reason": ""}
    client.post(own, {"action": "save", **typed})
    assert SuppressedAddress.objects.count() == 3
    client.post(own, {"action": action, "wants_updates": "on", **typed})
    assert suppressed([signature.email, "noor@example.org"]) == {"noor@example.org"}
    assert "You stopped all news from this site" in html
    assert "You stopped all news from this site" not in client.get(own).content.decode()
    signature.refresh_from_db()
    assert signature.wants_updates


@pytest.mark.parametrize(
    ("end", "said"),
    [(withdraw, "You withdrew your signature."), (disown, "This signature was removed.")],
)
def test_after_the_signature_has_ended(client, signature, end, said):
    end(signature.pk)
    address = link(signature)
    for response in (client.get(address), client.post(address), client.get(f"{address}?all")):
        assert response.status_code == 200
        html = response.content.decode()
        assert f"<h1>{said}</h1>" in html
        assert "It is no longer counted" in html
        assert "To stop those about others" in html
        assert "still counted" not in html
        assert "<form" not in html


@pytest.mark.parametrize("token", ["x", "1.x", "%00"])
def test_bad_tokens(client, token):
    for query in ("", "?all"):
        answer = client.get(f"/unsubscribe/{token}/{query}")
        assert answer.status_code == 404
        assert "<form" not in answer.content.decode()
    assert client.post(f"/unsubscribe/{token}/").status_code == 404


def test_token_for_another_purpose(client, signature):
    address = f"/unsubscribe/{make(Purpose.CONFIRM, signature.pk)}/"
    assert client.post(address).status_code == 404
    signature.refresh_from_db()
    assert signature.wants_updates
