"""While signing is paused: it is said, nothing typed is lost, and all else goes on."""

import logging
from datetime import UTC, datetime

import pytest

from supporters import switches
from supporters.models import OutgoingMail, Signature
from supporters.switching import turn
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, typed
from tests.supporters.test_petition_page import words

pytestmark = pytest.mark.django_db
SAID = "Back at noon."


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


def pause(**texts):
    turn(by="mo", signing_paused=True, texts=texts)
    switches.memory.refresh()


@pytest.fixture
def paused(petition):
    pause(en=SAID, es="Volvemos <b>a mediodía</b>.")


@pytest.mark.parametrize("address", ["/petitions/mend/", "/petitions/mend/sign/"])
def test_the_message_stands_in_the_forms_place(client, paused, address):
    page = client.get(address)
    assert page.status_code == 200
    html = page.content.decode()
    assert '<h2 id="sign-title">Signing is paused</h2>\n<p>Back at noon.</p>' in html
    assert '<form action="/petitions/mend/sign/"' not in html
    assert "is counting on you" not in html
    spanish = client.get(f"/es{address}").content.decode()
    assert "Volvemos &lt;b&gt;a mediodía&lt;/b&gt;." in spanish
    assert SAID not in spanish


def test_the_page_asks_no_more_than_before(client, petition, count_queries):
    with count_queries() as before:
        client.get("/petitions/mend/")
    pause()
    with count_queries() as after:
        page = client.get("/petitions/mend/")
    assert len(after) == len(before), after
    assert "We are taking no new signatures for the moment." in page.content.decode()


def test_what_was_typed_comes_back_with_the_message(client, paused):
    answer = client.post("/petitions/mend/sign/", typed(reason="I cross it daily."))
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert answer["Cache-Control"] == "private, no-cache"
    html = answer.content.decode()
    assert "<title>Signing is paused · " in html  # no mistake of who signs
    assert SAID in html
    assert "What you typed is kept" in html
    for name, value in typed(reason="I cross it daily.").items():
        if name in {"given_name", "family_name", "email", "reason"}:
            assert value in html
    assert html.count("Signing is paused") == 2
    assert not Signature.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_refusal_on_purpose_is_no_error_in_the_log(client, paused, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("django"), "propagate", True)
    turn(by="mo", starting_paused=True)
    switches.memory.refresh()
    assert client.post("/petitions/mend/sign/", typed()).status_code == 503
    assert client.post("/petitions/start/", {"title": "Mend the road"}).status_code == 503
    assert client.get("/petitions/nothing/").status_code == 404  # what is written down is seen here
    lines = [each.getMessage() for each in caplog.records if each.name.startswith("django")]
    assert set(lines) == {"Not Found: /petitions/nothing/"}


def test_the_message_comes_first_where_there_is_no_form(client, paused):
    html = client.get("/petitions/mend/sign/").content.decode()
    assert html.index("<h1") < html.index(">Signing is paused<") < html.index("What we ask")
    assert "Sign this petition" not in html
    assert '<a class="skip visually-hidden" href="#main">Skip to the text</a>' in html
    assert "<title>Signing is paused · Mend the bridge · " in html


def test_who_comes_back_to_correct_an_address_keeps_the_form(client, petition):
    to = client.post("/petitions/mend/sign/", typed(email="noor@example.org"))["Location"]
    pause(en=SAID)
    html = client.get(f"/petitions/mend/sign/?{to.partition('?')[2]}").content.decode()
    assert SAID in html
    assert 'value="noor@example.org"' in html


def test_a_closed_petition_says_that_it_is_closed(client, petition):
    petition.close(by=None)
    pause(en=SAID)
    assert SAID not in client.get("/petitions/mend/").content.decode()
    answer = client.post("/petitions/mend/sign/", typed())
    assert answer.status_code == 409
    assert SAID not in answer.content.decode()


def test_everything_else_goes_on(client, petition):
    signature = SignatureFactory(petition=petition, wants_updates=True)
    pause(en=SAID)
    token = {purpose: make(Purpose(purpose), signature.pk) for purpose in Purpose}
    assert client.post(f"/confirm/{token[Purpose.CONFIRM]}/").status_code == 302
    assert client.post(f"/unsubscribe/{token[Purpose.UNSUBSCRIBE]}/").status_code == 200
    counted = client.get("/petitions/mend/count.json").json()
    assert (counted["count"], counted["status"]) == (1, "open")
    withdraw = client.post(f"/signature/{token[Purpose.SIGNATURE]}/", {"action": "withdraw"})
    assert withdraw.status_code in {200, 302}
    signature.refresh_from_db()
    assert (signature.status, signature.wants_updates) == ("withdrawn", False)


def test_an_end_that_is_known_is_told_in_the_sites_words(client, petition, settings):
    settings.TIME_ZONE = "Europe/Madrid"
    end = datetime(2099, 12, 1, 9, 30, tzinfo=UTC)
    turn(by="mo", signing_paused=True, signing_until=end, starting_paused=True, starting_until=end)
    switches.memory.refresh()
    moment = "1 December 2099, 10:30 (Europe/Madrid)"
    page = words(client.get("/petitions/mend/"))
    assert f"We are taking no new signatures until {moment}." in page
    assert "Come back in a while" not in page
    assert f"No new petitions can be started until {moment}." in words(
        client.get("/petitions/start/")
    )
    spanish = words(client.get("/es/petitions/mend/"))
    assert "hasta el 1 de diciembre de 2099 a las 10:30 (Europe/Madrid)" in spanish
    assert switches.current().turned == ["signing_paused", "starting_paused"]
    turn(by="mo", texts={"en": SAID})
    switches.memory.refresh()
    page = words(client.get("/petitions/mend/"))
    assert SAID in page
    assert "2099" not in page


def test_signing_goes_on_afterwards(client, paused):
    turn(by="mo", signing_paused=False)
    switches.memory.refresh()
    assert client.post("/petitions/mend/sign/", typed()).status_code == 302
    assert Signature.objects.count() == 1
