"""What the pages "very busy", "back in a moment" and "something went wrong" say to do next."""

import pytest
from django.utils.translation import override

from config import errors
from config.shedding import Gate
from supporters import switches
from supporters.switching import turn
from tests.factories import PetitionFactory, typed

PAGE = "/petitions/mend/"


def _three(request):
    return (
        errors.busy(request, retry_after=60),
        errors.database_away(request),
        errors.server_error(request),
    )


@pytest.mark.parametrize(
    ("method", "path", "language", "words"),
    [
        ("get", "/confirm/token/", "en", "The link in your email goes on working"),
        ("post", "/confirm/token/", "es", "El enlace de tu correo sigue funcionando"),
        ("get", "/signature/token/", "es", "El enlace de tu correo sigue funcionando"),
        ("post", "/signature/token/", "es", "recarga esta página dentro de un minuto"),
        ("post", "/petitions/start/token/story/", "en", "reload this page in a minute"),
        ("post", "/petitions/mend/sign/", "en", "go back and press the button again in a minute"),
        ("get", "/petitions/mend/", "en", "go back and press the button again in a minute"),
        ("get", "/petitions/mend/signed/?for=x", "en", "The link in your email goes on working"),
        ("get", "/reports/token/", "en", "The link in your email goes on working"),
        ("get", "/es/reports/token/", "en", "The link in your email goes on working"),
        ("post", "/es/organizer-mail/token/", "en", "The link in your email goes on working"),
    ],
)
def test_each_is_told_how_to_try_again(rf, method, path, language, words):
    """Behind links in mails in the reader's language, elsewhere in that of the address."""
    request = getattr(rf, method)(path, headers={"accept-language": "es,en;q=0.5"})
    with override("en"):
        if language == "en" and path.startswith(errors.LINKS):
            request = getattr(rf, method)(path, headers={"accept-language": "en-GB"})
        answers = _three(request)
    is_behind_link = path.startswith(errors.LINKS)
    for each in answers:
        page = each.content.decode()
        assert f'<html lang="{language}"' in page
        assert words in page
        assert each.get("Vary", "") == ("Accept-Language" if is_behind_link else "")


def test_who_works_here_is_promised_nothing(rf):
    for path in ("/admin/petitions/petition/1/change/", "/accounts/email/"):
        for answer in _three(rf.post(path)):
            page = answer.content.decode()
            assert "look in another window first whether it was done" in page
            assert "counted twice" not in page
        for answer in _three(rf.get(path)):
            page = answer.content.decode()
            assert "window" not in page
            assert "If you were signing" not in page


LINK = '<a href="../">'


@pytest.mark.parametrize(
    ("method", "path", "has_link", "is_told"),
    [
        ("post", "/petitions/mend/sign/", True, True),
        ("post", "/es/petitions/mend/sign/", True, False),  # in Spanish
        ("get", "/petitions/mend/sign/?for=code", True, False),
        ("get", "/petitions/mend/", False, False),
        ("post", "/petitions/sign/", False, False),
        ("post", "/petitions/mend/report/", False, False),
        ("post", "//petitions/mend/sign/", False, False),
    ],
)
def test_who_signs_at_a_busy_site_is_led_back_to_the_petition(rf, method, path, has_link, is_told):
    with override("es" if path.startswith("/es/") else "en"):
        answer = errors.busy(getattr(rf, method)(path), retry_after=60)
    page = answer.content.decode()
    assert (LINK in page) is has_link
    assert (
        "Your signature was not sent. What you typed is still there: go back" in page
    ) is is_told
    assert page.count("go back") == (0 if path.startswith("/es/") else 1)


def test_one_page_serves_who_sign_different_petitions(rf):
    errors._busy_page.cache_clear()
    for slug in ("mend", "road"):
        errors.busy(rf.post(f"/petitions/{slug}/sign/"), retry_after=60)
    assert errors._busy_page.cache_info().currsize == 1


# While signing is paused, too


@pytest.fixture
def petition(db):
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


def switch(**values):
    turn(by="mo", **values)
    switches.memory.refresh()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_a_form_open_while_signing_is_paused_gets_what_staff_say(
    petition, client, count_queries, method
):
    said = {"en": "Back <b>at noon</b>.", "es": "Volvemos a mediodía."}
    switch(busy=True, signing_paused=True, texts=said)
    with count_queries() as queries:
        answer = getattr(client, method)(f"{PAGE}sign/", typed())
        spanish = getattr(client, method)(f"/es{PAGE}sign/", typed())
        other = client.get("/petitions/")
    assert len(queries) == 0
    html = answer.content.decode()
    assert answer.status_code == 503
    assert "<title>Signing is paused · " in html
    assert "<h1>Signing is paused</h1>\n<p>Back &lt;b&gt;at noon&lt;/b&gt;.</p>" in html
    assert "your signature was not sent" in html
    assert LINK in html
    assert "in a minute" not in html
    assert "<p>Volvemos a mediodía.</p>" in spanish.content.decode()
    assert "at noon" not in other.content.decode()
    switch(signing_paused=False)
    answer = client.post(f"{PAGE}sign/", typed())
    assert "<h1>This site is very busy</h1>" in answer.content.decode()


def test_a_full_site_does_not_say_that_signing_is_paused(petition, client, monkeypatch):
    monkeypatch.setattr(Gate, "enter", lambda self, rank: False)
    switch(signing_paused=True)
    answer = client.post(f"{PAGE}sign/", typed())
    html = answer.content.decode()
    assert "<h1>This site is very busy</h1>" in html
    assert LINK in html
