"""A value that cannot be understood stops the start, and says which one."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    base = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=settings.BASE_DIR,
        env={**base, "SECRET_KEY": "x" * 60, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_sound_environment_starts():
    assert (
        start(REDIS_URL="redis://127.0.0.1:6379/0", PETITIONS_DEFAULT_COUNTRY="IE").returncode == 0
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SITE_URL", "petitions.example.org"),
        ("DATABASE_URL", "mysql://127.0.0.1/x"),
        ("EMAIL_URL", "bogus://x"),
        ("REDIS_URL", "http://x"),
        ("PORT", "99999"),
        ("WEB_CONCURRENCY", "-1"),
        ("DEBUG", "perhaps"),
        ("PETITIONS_UNCONFIRMED_DAYS", "-3"),
        ("PETITIONS_PICTURE_MB", "0"),
        ("PETITIONS_THREADS", "7"),
        ("PETITIONS_DEFAULT_COUNTRY", "Ireland"),
    ],
)
def test_nonsense_stops_it(name, value):
    finished = start(**{name: value})
    assert finished.returncode != 0
    assert name in finished.stderr.splitlines()[-1]


def test_a_folder_for_the_counters_that_is_not_there_is_named(tmp_path):
    folder = str(tmp_path / "nobody-made-it")
    said = start(PROMETHEUS_MULTIPROC_DIR=folder).stderr.splitlines()[-1]
    assert "PROMETHEUS_MULTIPROC_DIR" in said
    assert folder in said
    assert start(PROMETHEUS_MULTIPROC_DIR=str(tmp_path)).returncode == 0
