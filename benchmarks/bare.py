"""The site without MIDDLEWARE: `granian --interface wsgi benchmarks.bare:application`, for a floor."""

from django.test import override_settings

import config.wsgi  # noqa: F401 — sets Django up, which wants the middleware of all that is installed
from config.handler import Handler

with override_settings(MIDDLEWARE=[]):
    application = Handler()
