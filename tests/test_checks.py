"""Each deployment check: silent where all is well, speaking with its id where it is not."""

import sqlite3
from pathlib import Path

import django
import pytest
from django.core.checks import run_checks

from config.checks import has_webhook_secret

# Django's own checks ask the database what it can do.
pytestmark = pytest.mark.django_db

# About the machine, not the settings: tests/supporters/test_lettering.py has them.
FONTS = {"undersigned.I031", "undersigned.I032"}
WELL = {
    "SITE_URL": "https://petitions.example.net",
    "ALLOWED_HOSTS": ["petitions.example.net"],
    "DEFAULT_FROM_EMAIL": "Petitions <petitions@example.net>",
    "PETITIONS_DEMO": False,
    "PETITIONS_TRUSTED_PROXIES": ["127.0.0.1", "10.0.0.0/8", "::1"],
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "WEB_CONCURRENCY": 2,
    "REDIS_URL": "redis://localhost",
    "PETITIONS_OPERATOR": "Weir Lane Association, 3 Mill Street",
    "PETITIONS_CONTACT_EMAIL": "people@example.net",
}


def mail_through(backend: str, timeout: int | None) -> dict:
    path = f"django.core.mail.backends.{backend}.EmailBackend"
    if django.VERSION >= (6, 1):
        options = {"timeout": timeout} if timeout else {}
        return {"MAILERS": {"default": {"BACKEND": path, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": path, "EMAIL_TIMEOUT": timeout}


@pytest.fixture
def site(settings, tmp_path: Path):
    """A well-configured site; `site(NAME=value)` spoils it and gives our ids that speak."""
    (tmp_path / "staticfiles.json").write_text("{}")
    for name, value in {**WELL, **mail_through("smtp", 20), "STATIC_ROOT": tmp_path}.items():
        setattr(settings, name, value)

    def ids(**changes) -> set[str]:
        for name, value in changes.items():
            setattr(settings, name, value)
        messages = run_checks(include_deployment_checks=True)
        found = {message.id for message in messages if message.id.startswith("undersigned.")}
        return found - FONTS

    return ids


def test_a_site_in_good_order_is_met_with_silence(site):
    assert site() == set()


@pytest.mark.parametrize(
    ("changes", "spoken"),
    [
        ({"SITE_URL": "http://petitions.example.net"}, {"undersigned.E011"}),
        ({"SITE_URL": "https://petitions.example.net/sign"}, {"undersigned.E012"}),
        ({"ALLOWED_HOSTS": ["www.example.net"]}, {"undersigned.E013"}),
        ({"ALLOWED_HOSTS": [".example.net"]}, set()),
        ({"ALLOWED_HOSTS": ["*"]}, {"undersigned.E014"}),
        ({"PETITIONS_DEMO": True}, {"undersigned.E015"}),
        (mail_through("console", 20), {"undersigned.E016"}),
        (mail_through("dummy", 20), {"undersigned.E016"}),
        ({"DEFAULT_FROM_EMAIL": "petitions@localhost"}, {"undersigned.W017"}),
        ({"DEFAULT_FROM_EMAIL": "Us <us@site.example>"}, {"undersigned.W017"}),
        ({"PETITIONS_TRUSTED_PROXIES": []}, {"undersigned.W018"}),
        ({"STATIC_ROOT": Path("/nowhere")}, {"undersigned.W019"}),
        ({"REDIS_URL": ""}, {"undersigned.I020"}),
        ({"REDIS_URL": "", "WEB_CONCURRENCY": 1}, set()),
        ({"PETITIONS_OPERATOR": ""}, {"undersigned.W021"}),
        ({"PETITIONS_CONTACT_EMAIL": ""}, {"undersigned.W021"}),
        ({"MEDIA_ROOT": Path("/dev/null/media")}, {"undersigned.W022"}),
        ({"MEDIA_ROOT": Path("/dev/null")}, {"undersigned.W022"}),
        ({"PETITIONS_RATE_LIMITS": {"sign": "often"}}, {"undersigned.E004"}),
        ({"PETITIONS_TRUSTED_PROXIES": ["the proxy"]}, {"undersigned.E005"}),
        ({"PETITIONS_TRUSTED_PROXIES": ["0.0.0.0/0"]}, {"undersigned.E005"}),
        ({"PETITIONS_OUTBOX_LEASE": 40}, {"undersigned.E006"}),
        ({"PETITIONS_OUTBOX_LEASE": 41}, set()),
    ],
)
def test_a_mistake_is_named(site, changes, spoken):
    assert site(**changes) == spoken


def test_https_without_a_proxy_is_a_question_of_redirects(site):
    assert site(
        PETITIONS_TRUSTED_PROXIES=[], SECURE_PROXY_SSL_HEADER=None, SECURE_SSL_REDIRECT=True
    ) == {"undersigned.W018"}


@pytest.mark.sqlite
def test_an_old_sqlite_is_refused(site, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert site() == {"undersigned.E001"}


@pytest.mark.sqlite
def test_sqlite_without_full_text_search_is_refused(site, monkeypatch):
    class Bare:
        def execute(self, sql):
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self):
            pass

    monkeypatch.setattr(sqlite3, "connect", lambda name: Bare())
    assert site() == {"undersigned.E002"}


@pytest.mark.postgresql
def test_another_driver_is_refused(site, monkeypatch):
    monkeypatch.setattr("django.db.backends.postgresql.psycopg_any.is_psycopg3", True)
    assert site() == {"undersigned.E003"}


def test_deployment_checks_wait_for_deploy(settings):
    settings.PETITIONS_DEMO = True
    ids = {message.id for message in run_checks()}
    assert "undersigned.E015" not in ids


def test_every_message_has_a_hint(site, settings):
    site(
        SITE_URL="http://elsewhere/x",
        ALLOWED_HOSTS=["*"],
        PETITIONS_DEMO=True,
        REDIS_URL="",
        PETITIONS_TRUSTED_PROXIES=["what"],
        **mail_through("console", 0),
    )
    messages = [
        message
        for message in run_checks(include_deployment_checks=True)
        if message.id.startswith("undersigned.")
    ]
    assert len(messages) >= 5
    assert all(message.hint for message in messages)


@pytest.mark.parametrize(
    ("told", "spoken"),
    [({}, {"undersigned.W023"}), ({"WEBHOOK_SECRET": "a:b"}, set())],
)
def test_webhooks_without_a_secret(site, settings, told, spoken):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "anymail"]
    assert site(ANYMAIL=told) == spoken
    assert has_webhook_secret() == (not spoken)
