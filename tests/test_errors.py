"""What is said when there is nothing to show: in the language of the address, with our look."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.factories import PetitionFactory

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def visitor(settings) -> Client:
    """Is shown the page where the test's own client would raise."""
    settings.ROOT_URLCONF = "tests.broken_urls"
    return Client(raise_request_exception=False)


def looks_like_ours(page: str, language: str) -> None:
    assert page.count("<h1") == 1
    assert re.search(r'<html lang="([^"]+)"', page)[1] == language
    assert "css/site.css" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "secret" not in page
    home = "/" if language == "en" else f"/{language}/"
    assert f'<a class="mark" href="{home}"><span>Undersigned</span></a>' in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("fault", 500, "Something went wrong here"),
        ("damaged", 400, "We could not read that"),
        ("forbidden", 403, "This is not open to you"),
        ("nothing", 404, "There is no such page"),
        ("wrong_table", 500, "Something went wrong here"),
    ],
)
def test_errors(visitor, name, status, words, language):
    prefix = "" if language == "en" else f"/{language}"
    response = visitor.get(f"{prefix}/{name}/")
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    page = response.content.decode()
    looks_like_ours(page, language)
    if language == "en":
        assert f"<h1>{words}</h1>" in page


@pytest.mark.django_db
def test_a_foreign_host_is_told_no_more(visitor):
    response = visitor.get("/es/", headers={"host": "evil.example"})
    assert response.status_code == 400
    looks_like_ours(response.content.decode(), "es")
    assert "evil.example" not in response.content.decode()


@pytest.mark.django_db
def test_what_is_not_there_can_be_searched_for(client):
    page = client.get("/es/nothing/").content.decode()
    assert '<form class="search" role="search" action="/es/petitions/">' in page
    assert '<input id="q" name="q" type="search"' in page


@pytest.mark.django_db
def test_a_hidden_petition_says_so_and_leads_to_the_rules(client, admin_user):
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.hide(by=admin_user, note="It named a private person.")
    response = client.get("/petitions/mend/")
    assert response.status_code == 410
    page = response.content.decode()
    assert "This petition is no longer shown" in page
    assert "your signature is safe" in page
    assert "It named a private person." in page
    assert 'href="/help/rules/"' in page


# Without a database

ASK = """
import json, django
django.setup()
from django.test import Client
from supporters.tokens import Purpose, make
client = Client(raise_request_exception=False, headers={"host": "localhost"})
asked = {path: client.get(path) for path in [
    "/", "/es/petitions/mend/", "/petitions/mend/count.json", "/help/privacy/", "/accounts/login/",
    "/readyz", "/healthz", "/nothing/", "/site.webmanifest"]}
asked["sign"] = client.post("/petitions/mend/sign/", {"email": "a@b.org"})
confirm = "/confirm/" + make(Purpose.CONFIRM, 1) + "/"
asked["confirm"] = client.get(confirm, headers={"accept-language": "es"})
print(json.dumps({
    path: [answer.status_code, dict(answer.headers), answer.content.decode()]
    for path, answer in asked.items()
}))
"""


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", "postgres://nobody@127.0.0.1:1/nothing"]
)
def test_while_the_database_is_away(url):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PETITIONS_")
    }
    environment |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    answers = json.loads(done.stdout)
    for address in ("/", "/help/privacy/", "sign"):
        status, headers, page = answers[address]
        assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "60", "no-store")
        assert "Back in a moment" in page
        looks_like_ours(page, "en")
    status, _headers, page = answers["/es/petitions/mend/"]
    assert status == 503
    looks_like_ours(page, "es")
    status, headers, page = answers["confirm"]
    assert (status, headers["Cache-Control"]) == (503, "no-store")
    assert headers["Vary"] == "Accept-Language"
    looks_like_ours(page, "es")
    status, headers, body = answers["/petitions/mend/count.json"]
    assert (status, json.loads(body)) == (503, {"error": "unavailable"})
    assert headers["Access-Control-Allow-Origin"] == "*"
    asked = {address: answers[address][0] for address in ("/readyz", "/healthz", "/nothing/")}
    assert asked == {"/readyz": 503, "/healthz": 200, "/nothing/": 404}
    assert answers["/site.webmanifest"][0] == answers["/accounts/login/"][0] == 200
    away = [answer for path, answer in answers.items() if answer[0] == 503 and path != "/readyz"]
    assert done.stderr.count("The database does not answer: ") == len(away)
    assert set(re.findall(r"Service Unavailable: (\S+)", done.stderr)) <= {"/readyz"}
    assert "Traceback" not in done.stderr


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["cut_off", "slow", "deadlocked"])
def test_a_database_that_breaks_off_or_has_no_time(visitor, name):
    try:
        response = visitor.get(f"/{name}/")
    finally:
        connection.close()
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert visitor.get("/").status_code == 200  # the next one gets a new connection


# While the site is stopped


@pytest.mark.parametrize(("language", "home"), [("en", "/"), ("es", "/es/")])
def test_a_web_server_is_given_one_file_that_needs_no_other(capsys, language, home):
    call_command("maintenance_page", language=language)
    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{language}"' in page
    assert f'href="{home}"' in page
    assert "--paper: #fff" in page
    assert "<link" not in page
    assert "src=" not in page
