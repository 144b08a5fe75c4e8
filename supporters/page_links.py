"""The pages of a list: which one was asked for, and links to the others."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator

# A page is found by walking past what comes before it. Who wants to read everything takes the
# sitemaps, the feeds or the API.
MAX_PAGES = 1_000


def page_number(asked: str) -> int:
    """From a query; 1 where it says nothing usable."""
    usable = asked.isascii() and asked.isdigit() and len(asked) <= 9  # noqa: PLR2004
    return max(1, int(asked)) if usable else 1


def pages_of(total: int, rows: int) -> int:
    """How many pages a list has; one where it is empty."""
    return min(max(1, -(-total // rows)), MAX_PAGES)


def page_links(number: int, pages: int, *, url: Callable[[int], str]) -> dict[str, Any]:
    """The neighbours, the first, the last and those around.

    `numbers` holds (number, address) of each page that is named, and (None, "") for a gap.
    """
    paginator = Paginator(range(pages), 1)
    named = paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)
    numbers = [(page, url(page)) if isinstance(page, int) else (None, "") for page in named]
    return {
        "number": number,
        "pages": pages,
        "numbers": numbers if pages > 1 else [],
        "previous_url": url(number - 1) if number > 1 else None,
        "next_url": url(number + 1) if number < pages else None,
    }
