"""The page "Back in a moment" as one file, for a web server to show while the site is stopped."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand, CommandParser
from django.template.loader import render_to_string
from django.utils import translation

from config import errors

_LINKS = re.compile(r"<link\b[^>]*>\s*")


class Command(BaseCommand):
    help = 'Prints the page "Back in a moment" with its style inside: it needs no other file.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _name in settings.LANGUAGES],
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            page: str = render_to_string("503.html", errors.context())
        style = Path(str(finders.find("css/site.css"))).read_text(encoding="utf-8")
        # Neither icon nor style sheet could be fetched from a site that is stopped.
        page = _LINKS.sub("", page).replace("</head>", f"<style>\n{style}</style>\n</head>")
        self.stdout.write(page, ending="")
