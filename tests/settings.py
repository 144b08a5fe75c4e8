"""The site's settings for tests: whatever the shell says, except for DATABASE_URL.

Also what mypy's Django plugin loads, since a bare checkout has no SECRET_KEY.
"""

import os
import tempfile
from pathlib import Path
from typing import cast

_READ = {
    "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEBUG", "DEFAULT_FROM_EMAIL", "EMAIL_URL",
    "LANGUAGE_CODE", "LOG_LEVEL", "METRICS_KEY", "PORT", "REDIS_URL", "SECRET_KEY_FALLBACKS",
    "SITE_NAME", "SITE_URL", "TIME_ZONE", "WEB_CONCURRENCY",
}  # fmt: skip
for _name in list(os.environ):
    if _name in _READ or _name.startswith("PETITIONS_"):
        del os.environ[_name]
os.environ["SECRET_KEY"] = "only for tests; long enough that Django's own check is content"
os.environ["LOG_LEVEL"] = "WARNING"
os.environ["PETITIONS_PAGE_CACHE_MB"] = "0"  # what a test wrote, it reads at once
os.environ["PETITIONS_SECOND_FACTOR"] = "0"  # tests of it switch it on
os.environ["PETITIONS_MANIFEST"] = "0"  # even where somebody has run collectstatic

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, TEMPLATES  # noqa: E402
from tests.template_alarm import MissingVariable  # noqa: E402

cast("dict[str, object]", TEMPLATES[0]["OPTIONS"])["string_if_invalid"] = MissingVariable(
    "missing: %s"
)

# A slow hash is the point of a password; here it would be most of the suite's time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads lock each other up on an in-memory database; one of its own for
    # each process, so that two runs at a time do not meet.
    _file = Path(tempfile.gettempdir()) / f"undersigned-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(_file)}
    # A test's rows need not outlive a power cut: most of the time went into waiting for the disk.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"],
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"

# Made when something is stored; tests that store ask for `media`, which is another for each.
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"undersigned-test-{os.getpid()}-media"

# Only when a test says so: no thread beside it, and no statement that it does not count.
PETITIONS_SWITCHES_EVERY = 0.0
