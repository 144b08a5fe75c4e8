"""Settings of the site. Everything that differs between machines is read from the environment.

The names are listed in README.md ("Configure"). A value that cannot be understood raises at start.
"""

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError, validate

from config.databases import read_database
from supporters.accounts.allauth_settings import *  # noqa: F403

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# What this process is
DEBUG = env.bool("DEBUG", False)
PETITIONS_DEMO = env.bool("PETITIONS_DEMO", False)
_local = DEBUG or PETITIONS_DEMO  # on somebody's own machine, so that defaults may be convenient


def _local_secret_key() -> str:
    """A key made once and kept beside manage.py, so that links in mails outlive a restart."""
    path = BASE_DIR / ".secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(50))
    return key


SECRET_KEY = env.str("SECRET_KEY", "") or (_local_secret_key() if _local else "")
if not SECRET_KEY:
    raise EnvError("Set SECRET_KEY to a long random text (or DEBUG=1 on your own machine).")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

# Where it is reached

PORT = env.int("PORT", 8000, validate=validate.Range(min=1, max=65_535))
SITE_URL = env.str("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "Undersigned")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise EnvError(f"SITE_URL must be an http(s) address, not {SITE_URL!r}.")
_https = _site.scheme == "https"

_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    [_site.hostname, *(_LOOPBACK if _local or _site.hostname in _LOOPBACK else [])],
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks.
PETITIONS_TRUSTED_PROXIES: list[str] = env.list("PETITIONS_TRUSTED_PROXIES", [])
if PETITIONS_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = _https
SECURE_SSL_HOST = _site.netloc if _https else None  # not whatever port a request names
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# No nonces and no unsafe-*: a page is the same bytes for everybody and can be cached.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

# What it is made of

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    # Before ours, which take back some of what they offer in the admin.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "supporters.apps.SupportersConfig",
    "petitions.apps.PetitionsConfig",
    "config.apps.AdminConfig",  # django.contrib.admin with our own site object
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",  # 6.1 refuses its search field without it; asks nothing of SQLite
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",  # its templates
    "crispy_forms",
    "csp",
    "django_countries",
]

MIDDLEWARE = [
    "config.observing.Observed",
    "config.middleware.ProbesOfAnyHost",
    "config.middleware.TrustedForwarding",
    "config.middleware.CookielessPublicPages",
    "config.middleware.LanguageOfAddress",
    "config.cached_pages.CachedPages",
    "config.middleware.ErrorsAreNotKept",
    "config.middleware.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.content_policy.ContentPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "config.shedding.Shedding",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "supporters.accounts.sealed.Sealed",
    "allauth.account.middleware.AccountMiddleware",
    "supporters.accounts.pages.AccountPages",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "petitions.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "config.template_loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["supporters.templatetags.kept"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]
CRISPY_TEMPLATE_PACK = "undersigned"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("undersigned",)
CRISPY_FAIL_SILENTLY = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Accounts (who signs needs none): the rest stands in supporters/accounts/allauth_settings.py
_minutes = env.int("PETITIONS_FRESH_LOGIN_MINUTES", 5, validate=validate.Range(min=1))
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * _minutes
# Moderators act with a second factor only (supporters/accounts/second_factor.py).
PETITIONS_SECOND_FACTOR = env.bool("PETITIONS_SECOND_FACTOR", not _local)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https  # browsers allow it on localhost alone

# Data

_positive = validate.Range(min=0)
_database = read_database(env, BASE_DIR / "site.sqlite3")
DATABASES: dict[str, Any] = {"default": _database}

REDIS_URL = env.str(
    "REDIS_URL",
    "",
    validate=validate.Regexp(r"$|(rediss?|unix)://", error="must begin with redis:// or rediss://"),
)
# Memory for pages that were made a moment ago, in each process; 0 makes each for who asks.
PETITIONS_PAGE_CACHE_MB = env.int("PETITIONS_PAGE_CACHE_MB", 32, validate=_positive)
PETITIONS_SWITCHES_EVERY = 1.0  # seconds between two looks at what staff have switched
# Threads that the server gives each process: how many answers are made at a time follows from it.
PETITIONS_THREADS = env.int("PETITIONS_THREADS", 32, validate=validate.Range(min=8))
# Where allauth counts log-ins that failed, in each process: with its own 300 entries anybody's
# tries would push out the count of another.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# Mail

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"petitions@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_email = env.dj_email_url("EMAIL_URL", "console://" if DEBUG else "smtp://localhost:25")
if "EMAIL_BACKEND" not in _email:
    raise EnvError("EMAIL_URL must begin with smtp://, submission:// or another known scheme.")
if PETITIONS_DEMO and not os.environ.get("EMAIL_URL"):
    _email["EMAIL_BACKEND"] = "supporters.demo.mailbox.EmailBackend"
# Beside the database, so that two demos do not share their mails and pictures.
_beside = Path(_database["NAME"]).resolve().parent if "sqlite3" in _database["ENGINE"] else BASE_DIR
PETITIONS_DEMO_MAIL = _beside / "var" / "mail"
PETITIONS_DEMO_MEDIA = _beside / "var" / "media"
_email_timeout = _email["EMAIL_TIMEOUT"] or 20  # seconds; must stay well below the outbox lease
if django.VERSION >= (6, 1):
    _options = {}
    if _email["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        _options = {
            "host": _email["EMAIL_HOST"],
            "port": _email["EMAIL_PORT"],
            "username": _email["EMAIL_HOST_USER"] or "",
            "password": _email["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": _email["EMAIL_USE_TLS"],
            "use_ssl": _email["EMAIL_USE_SSL"],
            "timeout": _email_timeout,
        }
    elif _email["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
        _options = {"file_path": _email["EMAIL_FILE_PATH"]}
    MAILERS = {"default": {"BACKEND": _email["EMAIL_BACKEND"], "OPTIONS": _options}}
else:
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
    EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"] or None
    EMAIL_TIMEOUT = _email_timeout

# Language and time

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # would break numbers in attributes; pages use intcomma

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(
    env.str("PETITIONS_MEDIA_ROOT", "")
    or (PETITIONS_DEMO_MEDIA if PETITIONS_DEMO else BASE_DIR / "media")
).absolute()
# Hashed names only once `collectstatic` has made the manifest: tests and the demo need none.
_manifest = env.bool(
    "PETITIONS_MANIFEST",
    (STATIC_ROOT / "staticfiles.json").exists() or sys.argv[1:2] == ["collectstatic"],
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _manifest
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Without refreshing it complains that STATIC_ROOT is not there.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _manifest

# Uploads

FILE_UPLOAD_HANDLERS = ["config.uploads.OnlyPictures"]
PETITIONS_PICTURE_MB = env.int("PETITIONS_PICTURE_MB", 10, validate=validate.Range(min=1, max=50))

# Share images

# Where fonts are looked for, besides those that pip installed.
PETITIONS_FONT_DIRS: list[str] = env.list(
    "PETITIONS_FONT_DIRS",
    [
        "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts",
        "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts",
    ],
)  # fmt: skip

# Operation

METRICS_KEY = env.str("METRICS_KEY", "")
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", "")  # prometheus_client's own name
if PROMETHEUS_MULTIPROC_DIR and not os.access(PROMETHEUS_MULTIPROC_DIR, os.W_OK | os.X_OK):
    raise EnvError(
        f"PROMETHEUS_MULTIPROC_DIR names {PROMETHEUS_MULTIPROC_DIR}, which is no folder that this "
        "process may write to: docs/operations.md says who makes it."
    )
LOG_LEVEL = env.str("LOG_LEVEL", "INFO").upper()
PETITIONS_LOG_FORMAT = env.str(
    "PETITIONS_LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"])
)
PETITIONS_REQUEST_LOG = env.bool("PETITIONS_REQUEST_LOG", False)  # a line for each request
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", 1, validate=validate.Range(min=1))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "config.log_formats.Text",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "config.log_formats.Json"},
    },
    "filters": {"tokens": {"()": "config.log_filters.WithoutTokens"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": PETITIONS_LOG_FORMAT,
            "filters": ["tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # Scanners ask for foreign hosts all day: answered with 400, not a traceback each.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}

# What is particular to petitions

PETITIONS_RATE_LIMITS = {  # generous: one address can be a whole school or a carrier's customers
    "sign": env.str("PETITIONS_SIGN_RATE", "600/10 minutes"),
    "resend": env.str("PETITIONS_RESEND_RATE", "30/10 minutes"),
    "save": env.str("PETITIONS_SAVE_RATE", "600/10 minutes"),
    "change": env.str("PETITIONS_CHANGE_RATE", "30/10 minutes"),
    "login": env.str("PETITIONS_LOGIN_RATE", "30/10 minutes"),
    "start": env.str("PETITIONS_START_RATE", "60/10 minutes"),
    "draft": env.str("PETITIONS_DRAFT_RATE", "600/10 minutes"),  # a script stores while one types
    "test": env.str("PETITIONS_TEST_MAIL_RATE", "20/hour"),
    "report": env.str("PETITIONS_REPORT_RATE", "30/hour"),
    "preview": env.str("PETITIONS_PREVIEW_RATE", "30/10 minutes"),
}
PETITIONS_DEFAULT_COUNTRY = env.str(
    "PETITIONS_DEFAULT_COUNTRY",
    "",
    validate=validate.Regexp(r"([A-Z]{2})?$", error="must be two capitals, as in ISO 3166: GB"),
)
_from_one = validate.Range(min=1)
PETITIONS_UNCONFIRMED_DAYS = env.int("PETITIONS_UNCONFIRMED_DAYS", 7, validate=_from_one)
PETITIONS_MAILINGS_PER_WEEK = env.int("PETITIONS_MAILINGS_PER_WEEK", 3, validate=_from_one)
PETITIONS_ASK_TO_SHARE = env.bool("PETITIONS_ASK_TO_SHARE", False)
# Since its last change; and within how many days moderators promise to have read a petition.
PETITIONS_DRAFT_DAYS = env.int("PETITIONS_DRAFT_DAYS", 30, validate=_from_one)
PETITIONS_REVIEW_DAYS = env.int("PETITIONS_REVIEW_DAYS", 5, validate=_from_one)
PETITIONS_LOCK_WAIT = env.int("PETITIONS_LOCK_WAIT", 5, validate=_from_one)
PETITIONS_OUTBOX_LEASE = env.int("PETITIONS_OUTBOX_LEASE", 120, validate=_from_one)
PETITIONS_OPERATOR = env.str(
    "PETITIONS_OPERATOR", "Demo Operator, 1 Example Street, Marlow Vale" if PETITIONS_DEMO else ""
)  # who answers for the site: on help pages, and in security.txt
PETITIONS_CONTACT_EMAIL = env.str(
    "PETITIONS_CONTACT_EMAIL",
    "contact@example.org" if PETITIONS_DEMO else "",
    validate=validate.Regexp(r"([^\s@<>]+@[^\s@<>]+)?$", error="must be an address like a@b.org"),
)
