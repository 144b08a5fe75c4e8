"""The WSGI entry point: `granian --interface wsgi config.wsgi:application`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from config.handler import Handler  # noqa: E402 — of a Django that is set up

application = Handler()
