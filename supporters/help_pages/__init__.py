"""The help pages: those that come with the site, one text per language, and the staff's own.

What staff wrote (petitions.models.Page) wins over the shipped text. A language that has neither
gets the page in the site's own language, and it says so by `lang`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from petitions import text
from petitions.models import Page

FOLDER = Path(__file__).parent
# In the order in which they are listed; their addresses never change.
SHIPPED = ("how-it-works", "how-we-count", "privacy", "accessibility", "rules", "contact")

LONG = 4  # sections from which on a page has a table of contents

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage:
    """A page in one language. `html` still has its {names}: see supporters.facts.

    `changed_at` is None for a shipped text.
    """

    slug: str
    language: str
    title: str
    html: SafeString
    changed_at: datetime | None = None

    @classmethod
    def of(cls, row: Page) -> "HelpPage":
        return cls(
            slug=row.slug,
            language=row.language,
            title=row.title,
            html=row.safe_html,
            changed_at=row.updated_at,
        )

    @property
    def direction(self) -> str:
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"


def find(slug: str, language: str) -> HelpPage | None:
    """The page to show, in one statement; None where there is none."""
    languages = _wanted(language)
    rows = Page.objects.filter(slug=slug, language__in=languages)
    return _first(slug, languages, {row.language: HelpPage.of(row) for row in rows})


def listed(language: str) -> list[HelpPage]:
    """All pages, the shipped ones first, in one statement."""
    languages = _wanted(language)
    written: dict[str, dict[str, HelpPage]] = {}
    for row in Page.objects.filter(language__in=languages):
        written.setdefault(row.slug, {})[row.language] = HelpPage.of(row)
    shipped = [_first(slug, languages, written.pop(slug, {})) for slug in SHIPPED]
    own = [_first(slug, languages, rows) for slug, rows in written.items()]
    own.sort(key=lambda page: page.title.casefold() if page else "")
    return [page for page in [*shipped, *own] if page]


@cache
def source(slug: str, language: str) -> tuple[str, str] | None:
    """Title and Markdown of a shipped text; None where none is shipped."""
    if slug not in SHIPPED or not language.isalpha():
        return None
    try:
        written = (FOLDER / language / f"{slug}.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    title, _, body = written.partition("\n")
    return title.removeprefix("# "), body.strip() + "\n"


def contents(html: SafeString) -> list[tuple[str, SafeString]]:
    """The id and the words of each section, for a page long enough to need it; else nothing."""
    found = [(name, _words(heading)) for name, heading in _HEADING.findall(html)]
    return found if len(found) >= LONG else []


def opening(html: SafeString) -> SafeString:
    """The first paragraph."""
    found = _PARAGRAPH.search(html)
    return mark_safe(found[0] if found else "")  # noqa: S308 — a piece of what was sanitised


def lead(html: SafeString) -> SafeString:
    """The words of the first paragraph."""
    found = _PARAGRAPH.search(html)
    return _words(found[1] if found else "")


def _words(html: str) -> SafeString:
    return mark_safe(strip_tags(html))  # noqa: S308 — a piece of what text.render() sanitised


@cache
def _shipped(slug: str, language: str) -> HelpPage | None:
    if (found := source(slug, language)) is None:
        return None
    title, body = found
    html = text.render(body, trusted=True)
    return HelpPage(slug=slug, language=language, title=title, html=html)


def _wanted(language: str) -> list[str]:
    """The languages to look for, the best first. English is shipped whatever the site speaks."""
    return list(dict.fromkeys([language, settings.LANGUAGE_CODE, "en"]))


def _first(slug: str, languages: Iterable[str], rows: dict[str, HelpPage]) -> HelpPage | None:
    found = (rows.get(each) or _shipped(slug, each) for each in languages)
    return next((page for page in found if page), None)
