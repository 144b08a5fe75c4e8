"""System checks for mistakes that a site would otherwise find out in production.

A number stays with its mistake for ever, so that it can be silenced and looked up. Those marked
`deploy` run only with `manage.py check --deploy`, on the server, with its environment. Django's
own deployment checks (SECRET_KEY, DEBUG, cookies, HSTS) come with them and are not repeated.
"""

import ipaddress
import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import limits
from django.apps import apps
from django.conf import settings
from django.core.checks import (
    CheckMessage,
    Error,
    Info,
    Tags,
    Warning,  # noqa: A004 - Django's name
    register,
)
from django.http.request import validate_host

from supporters.lettering.fonts import Style, font_file
from supporters.lettering.lines import can_shape

OLDEST_SQLITE = (3, 35)  # INSERT … RETURNING
TEST_DOMAINS = ("localhost", "test", "invalid", "example", "example.com", "example.org")
# A letter of each script that most readers of the world read.
SCRIPTS = {
    "Latin": "ạ", "Greek": "Ω", "Cyrillic": "Ж", "Arabic": "ع", "Hebrew": "ש",
    "Devanagari": "क", "Bengali": "ক", "Tamil": "க", "Thai": "ก", "Chinese": "请",
    "Japanese": "あ", "Korean": "한",
}  # fmt: skip
NO_DELIVERY = ("console", "dummy", "locmem", "filebased")


def _database_engine() -> str:
    return str(settings.DATABASES["default"]["ENGINE"])


def _mailer() -> tuple[str, int]:
    """The mail backend's path and its timeout in seconds (0: none), on either Django."""
    if mailers := getattr(settings, "MAILERS", None):  # from 6.1 on
        mailer = mailers["default"]
        return str(mailer["BACKEND"]), int(mailer.get("OPTIONS", {}).get("timeout") or 0)
    return str(settings.EMAIL_BACKEND), int(settings.EMAIL_TIMEOUT or 0)


# Always: the site would fail or miscount


@register(Tags.compatibility)
def check_sqlite(**kwargs: Any) -> list[CheckMessage]:
    if not _database_engine().endswith("sqlite3"):
        return []
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return [
            Error(
                f"This Python brings SQLite {sqlite3.sqlite_version}; 3.35 or later is needed.",
                hint="Use a newer Python build, or PostgreSQL through DATABASE_URL.",
                id="undersigned.E001",
            )
        ]
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(word)")
    except sqlite3.OperationalError:
        return [
            Error(
                "This Python's SQLite has no FTS5, so petitions cannot be searched.",
                hint="Use another Python build, or PostgreSQL through DATABASE_URL.",
                id="undersigned.E002",
            )
        ]
    finally:
        connection.close()
    return []


@register(Tags.compatibility)
def check_postgresql_driver(**kwargs: Any) -> list[CheckMessage]:
    if not _database_engine().endswith("postgresql"):
        return []
    from django.db.backends.postgresql.psycopg_any import is_psycopg3  # noqa: PLC0415

    if not is_psycopg3:
        return []
    return [
        Error(
            "psycopg 3 is installed beside psycopg2, and Django prefers it without a word.",
            hint="pip uninstall psycopg: this site is written and measured with psycopg2.",
            id="undersigned.E003",
        )
    ]


@register(Tags.security)
def check_rate_limits(**kwargs: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    for scope, rate in settings.PETITIONS_RATE_LIMITS.items():
        try:
            limits.parse(rate)
        except ValueError:
            messages.append(
                Error(
                    f"The rate limit “{rate}” for “{scope}” cannot be understood.",
                    hint="Write it like 600/10 minutes or 60/hour.",
                    id="undersigned.E004",
                )
            )
    return messages


@register(Tags.security)
def check_trusted_proxies(**kwargs: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    for proxy in settings.PETITIONS_TRUSTED_PROXIES:
        try:
            everybody = ipaddress.ip_network(proxy, strict=False).prefixlen == 0
        except ValueError:
            everybody = None
        if everybody is None:
            text = f"“{proxy}” in PETITIONS_TRUSTED_PROXIES is no address or network."
            hint = "List addresses or networks: 127.0.0.1,10.0.0.0/8."
        elif everybody:
            text = f"“{proxy}” in PETITIONS_TRUSTED_PROXIES believes what any client claims."
            hint = "Name the proxies' own addresses only."
        else:
            continue
        messages.append(Error(text, hint=hint, id="undersigned.E005"))
    return messages


@register(Tags.compatibility)
def check_outbox_lease(**kwargs: Any) -> list[CheckMessage]:
    _, timeout = _mailer()
    if timeout * 2 < settings.PETITIONS_OUTBOX_LEASE:  # no mail is begun in its second half
        return []
    return [
        Error(
            f"A mail may take {timeout} s, but its lease ends after "
            f"{settings.PETITIONS_OUTBOX_LEASE} s: a second worker would send it again.",
            hint="Raise PETITIONS_OUTBOX_LEASE or lower ?timeout= in EMAIL_URL.",
            id="undersigned.E006",
        )
    ]


# With --deploy: fine on a laptop, not on the net


@register(Tags.compatibility, deploy=True)
def check_shaping(**kwargs: Any) -> list[CheckMessage]:
    if can_shape():
        return []
    return [
        Info(
            "Share images cannot join letters: titles in Hindi, Bengali, Tamil, Thai and related "
            "scripts are left out of them.",
            hint="Install the library FriBiDi, which Pillow loads: apt install libfribidi0.",
            id="undersigned.I031",
        )
    ]


@register(Tags.compatibility, deploy=True)
def check_fonts(**kwargs: Any) -> list[CheckMessage]:
    style = Style(serif=True, weight=700)
    missing = [name for name, letter in SCRIPTS.items() if not font_file(letter, style)]
    if not missing:
        return []
    return [
        Info(
            f"No font has the letters of {', '.join(missing)}: titles in them are left out of "
            "share images.",
            hint="apt install fonts-noto-core fonts-noto-cjk, or name a folder of fonts in "
            "PETITIONS_FONT_DIRS.",
            id="undersigned.I032",
        )
    ]


@register(Tags.security, deploy=True)
def check_site_url(**kwargs: Any) -> list[CheckMessage]:
    site = urlsplit(settings.SITE_URL)
    messages: list[CheckMessage] = []
    if site.scheme != "https":
        messages.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}: confirmation links and log-ins would travel "
                "readable.",
                hint="SITE_URL=https://…; secure cookies, the redirect and HSTS follow from it.",
                id="undersigned.E011",
            )
        )
    if site.path or site.query or site.fragment:
        messages.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}, but the site lives at the root of its host.",
                hint="Leave out everything after the host's name and port.",
                id="undersigned.E012",
            )
        )
    if not validate_host(site.hostname or "", settings.ALLOWED_HOSTS):
        messages.append(
            Error(
                f"ALLOWED_HOSTS does not have {site.hostname}, where the links in mails lead.",
                hint="Add the host of SITE_URL, or leave ALLOWED_HOSTS out: it is the default.",
                id="undersigned.E013",
            )
        )
    return messages


@register(Tags.security, deploy=True)
def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "ALLOWED_HOSTS has “*”: a page made for a forged host could be cached for everybody.",
            hint="List the hosts by name, or leave it out: SITE_URL's host is the default.",
            id="undersigned.E014",
        )
    ]


@register(Tags.security, deploy=True)
def check_demo(**kwargs: Any) -> list[CheckMessage]:
    if not settings.PETITIONS_DEMO:
        return []
    return [
        Error(
            "PETITIONS_DEMO is on: everybody can read every mail, and the log-ins are printed.",
            hint="Leave PETITIONS_DEMO out, and start with an empty database.",
            id="undersigned.E015",
        )
    ]


@register(Tags.security, deploy=True)
def check_mail(**kwargs: Any) -> list[CheckMessage]:
    backend, _ = _mailer()
    messages: list[CheckMessage] = []
    if any(f".{name}." in backend for name in NO_DELIVERY):
        messages.append(
            Error(
                f"Mail goes to {backend}: nobody could confirm a signature.",
                hint="EMAIL_URL=smtp://user:password@host:587/?tls=True, or another real one.",
                id="undersigned.E016",
            )
        )
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">").lower()
    if domain in TEST_DOMAINS or domain.rpartition(".")[2] in TEST_DOMAINS:
        messages.append(
            Warning(
                f"Mail comes from {settings.DEFAULT_FROM_EMAIL}, which nobody can answer.",
                hint="Set DEFAULT_FROM_EMAIL to an address that somebody reads.",
                id="undersigned.W017",
            )
        )
    return messages


@register(Tags.security, deploy=True)
def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    if settings.PETITIONS_TRUSTED_PROXIES:
        return []
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        text = "SECURE_PROXY_SSL_HEADER is set, but PETITIONS_TRUSTED_PROXIES names no proxy."
    elif settings.SECURE_SSL_REDIRECT:
        text = (
            "SITE_URL is https, but PETITIONS_TRUSTED_PROXIES names no proxy: behind one, every "
            "page would redirect to itself for ever."
        )
    else:
        return []
    return [
        Warning(
            text,
            hint="List the proxies' addresses, or silence this where the server itself does TLS.",
            id="undersigned.W018",
        )
    ]


@register(Tags.staticfiles, deploy=True)
def check_static_manifest(**kwargs: Any) -> list[CheckMessage]:
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        return []
    return [
        Warning(
            f"{settings.STATIC_ROOT} has no manifest: files go out uncompressed and uncacheable.",
            hint="Run manage.py collectstatic --noinput, then start the server again.",
            id="undersigned.W019",
        )
    ]


@register(Tags.security, deploy=True)
def check_shared_limits(**kwargs: Any) -> list[CheckMessage]:
    if settings.WEB_CONCURRENCY <= 1 or settings.REDIS_URL:
        return []
    return [
        Info(
            f"Each of {settings.WEB_CONCURRENCY} processes counts requests by itself, so that "
            "the rate limits are that many times as generous.",
            hint="Set REDIS_URL to share them.",
            id="undersigned.I020",
        )
    ]


@register(Tags.security, deploy=True)
def check_contact(**kwargs: Any) -> list[CheckMessage]:
    missing = [
        name
        for name in ("PETITIONS_OPERATOR", "PETITIONS_CONTACT_EMAIL")
        if not getattr(settings, name)
    ]
    if not missing:
        return []
    return [
        Warning(
            f"{' and '.join(missing)} empty: the privacy and contact pages cannot say who is "
            "responsible and how to be reached.",
            hint="PETITIONS_OPERATOR=Name, postal address; PETITIONS_CONTACT_EMAIL=a mailbox "
            "that people read.",
            id="undersigned.W021",
        )
    ]


def has_webhook_secret() -> bool:
    """Whether anymail's webhooks ask for one, by either of the names that anymail reads."""
    named = getattr(settings, "ANYMAIL", {}).get("WEBHOOK_SECRET")
    return bool(named or getattr(settings, "ANYMAIL_WEBHOOK_SECRET", ""))


@register(Tags.security)
def check_webhooks(**kwargs: Any) -> list[CheckMessage]:
    if not apps.is_installed("anymail") or has_webhook_secret():
        return []
    return [
        Warning(
            "anymail has no WEBHOOK_SECRET: its webhooks are not served, and bounces go unheard.",
            hint='ANYMAIL = {"WEBHOOK_SECRET": "name:long-random-text"}',
            id="undersigned.W023",
        )
    ]


@register(Tags.files, deploy=True)
def check_media_folder(**kwargs: Any) -> list[CheckMessage]:
    if not settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
        return []
    folder = Path(settings.MEDIA_ROOT)
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Warning(
            f"{folder} cannot be written: organizers could add no picture.",
            hint="Let the user of this process write there, or set PETITIONS_MEDIA_ROOT.",
            id="undersigned.W022",
        )
    ]
