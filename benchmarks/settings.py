"""The site as it is, with the floors beside it. Run by benchmarks/bench.py."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
