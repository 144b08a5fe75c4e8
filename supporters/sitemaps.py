"""Sitemaps (sitemaps.org): which addresses there are, in files of 500 rows each.

A file holds the rows of a range of ids, so that one more petition changes one file, and the last
costs what the first does. Django's own classes count all rows, skip to a page and hold every row
in every language in memory; of that library only the templates are used.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import translation

from petitions.models import Petition, Target, Topic, User
from supporters import help_pages

ROWS = 500
_PLACE = "slug-of-the-row"
_SAFE = "/~:@!$&'()*+,;="  # what reverse() leaves as it is in a path

# Of each section the name of its addresses and its rows: slug, then dates of changes, where known.
# Rejected petitions can be read but are listed nowhere: their pages ask not to be indexed.
_PAGES = ("home", "petition_list", "topics", "targets", "help_index", "transparency")
_ROWS: dict[str, tuple[str, Callable[[], QuerySet[Any]], tuple[str, ...]]] = {
    "topics": ("topic", Topic.objects.all, ()),
    "targets": ("target", Target.objects.with_page, ()),
    "organizers": ("organizer", User.with_page, ()),
    "petitions": (
        "petition",
        Petition.objects.published,
        ("opened_at", "closed_at", "version__created_at"),
    ),
}
SECTIONS = ("pages", *_ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    section: str
    number: int

    @property
    def url(self) -> str:
        path = reverse("sitemap", args=[self.section])
        return f"{settings.SITE_URL}{path}" + (f"?p={self.number}" if self.number > 1 else "")


def files() -> list[File]:
    """Those that hold something; a statement for each section."""
    found = [File(section="pages", number=1)]
    for section, (_name, rows, _dates) in _ROWS.items():
        ranges = rows().order_by().values_list((F("pk") - 1) / ROWS, flat=True).distinct()
        found += [File(section=section, number=number + 1) for number in sorted(ranges)]
    return found


def entries(file: File) -> list[dict[str, Any]]:
    """What Django's sitemap.xml shows: one for each row and language, with all its languages."""
    if file.section == "pages":
        if file.number != 1:
            return []
        pages = [_paths(name) for name in _PAGES]
        pages += [_paths("help", page.slug) for page in help_pages.listed(settings.LANGUAGE_CODE)]
        return [entry for paths in pages for entry in _entries(paths)]
    name, rows, dates = _ROWS[file.section]
    paths = _paths(name, _PLACE)
    first = (file.number - 1) * ROWS
    found = rows().filter(pk__gt=first, pk__lte=first + ROWS).order_by("pk")
    return [
        entry
        for slug, *changes in found.values_list("slug", *dates)
        for entry in _entries(_with_slug(paths, slug), max(filter(None, changes), default=None))
    ]


def _paths(name: str, *args: str) -> dict[str, str]:
    """By language. Made once a file: reverse() for each row took most of the time."""
    paths = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            paths[code] = f"{settings.SITE_URL}{reverse(name, args=args)}"
    return paths


def _with_slug(paths: dict[str, str], slug: str) -> dict[str, str]:
    quoted = quote(slug, safe=_SAFE)
    return {code: path.replace(_PLACE, quoted) for code, path in paths.items()}


def _entries(paths: dict[str, str], changed: datetime | None = None) -> Iterator[dict[str, Any]]:
    alternates = [{"lang_code": code, "location": path} for code, path in paths.items()]
    default = paths[settings.LANGUAGE_CODE]
    alternates.append({"lang_code": "x-default", "location": default})
    for path in paths.values():
        yield {"location": path, "lastmod": changed, "alternates": alternates}
