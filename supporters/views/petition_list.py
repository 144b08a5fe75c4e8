"""/petitions/: browse and search."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supporters import browse
from supporters.caching import public

ROWS = 20
LONGEST_QUERY = 200  # characters; more is cut
# A page is found by skipping what comes before it: 10 ms for the last of 500 pages. Who wants to
# read everything takes the API or the feeds.
MAX_PAGES = 1_000

_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader asked for, without what nobody can fulfil. "" and 1 mean: not asked."""

    q: str
    topic: str
    status: str
    sort: str
    page: int

    @classmethod
    def read(cls, query: QueryDict) -> "Wish":
        status, sort = query.get("status", ""), query.get("sort", "")
        page = query.get("page", "")
        return cls(
            q=" ".join(_UNUSABLE.sub(" ", query.get("q", "")).split())[:LONGEST_QUERY].rstrip(),
            topic=_UNUSABLE.sub("", query.get("topic", "")),
            status=status if status in browse.STATUSES else "",
            sort=sort if sort in browse.SORTS else "",
            page=max(1, int(page)) if re.fullmatch("[0-9]{1,9}", page) else 1,
        )

    def url(self, **changes: Any) -> str:
        """The address of this list with something changed, on its first page unless that is."""
        wish = replace(self, **{"page": 1, **changes})
        asked = {
            name: getattr(wish, name)
            for name in ("q", "topic", "status", "sort")
            if getattr(wish, name)
        }
        if wish.page > 1:
            asked["page"] = wish.page
        return reverse("petition_list") + (f"?{urlencode(asked)}" if asked else "")


@require_safe
@public
def petition_list(request: HttpRequest) -> HttpResponse:
    wish = Wish.read(request.GET)
    counts, topics = browse.count(status=wish.status, topic=wish.topic, q=wish.q)
    if wish.topic and wish.topic not in {slug for slug, _name, _number in topics}:
        wish = replace(wish, topic="")
        counts, topics = browse.count(status=wish.status, topic="", q=wish.q)
    total = counts[wish.status]
    pages = min(max(1, -(-total // ROWS)), MAX_PAGES)
    if wish.page > pages:
        beyond = {"number": wish.page, "pages": pages, "last_url": wish.url(page=pages)}
        return render(request, "petitions/list_end.html", beyond, status=404)
    ids = browse.page_ids(
        browse.select(status=wish.status, topic=wish.topic, q=wish.q),
        q=wish.q,
        sort=wish.sort,
        offset=(wish.page - 1) * ROWS,
        limit=ROWS,
    )
    context = {
        "petitions": browse.rows(ids),
        "q": wish.q,
        "sort": wish.sort,
        "status": wish.status,
        "topic": wish.topic,
        "sorts": _sorts(wish),
        "statuses": _statuses(wish, counts),
        "topics": _topics(wish, topics),
        "filters": _filters(wish, topics),
        "unfiltered_url": wish.url(status="", topic=""),
        "total": total,
        "page": {
            "number": wish.page,
            "pages": pages,
            "previous_url": wish.url(page=wish.page - 1) if wish.page > 1 else None,
            "next_url": wish.url(page=wish.page + 1) if wish.page < pages else None,
        },
    }
    return render(request, "petitions/list.html", context)


def _filters(wish: Wish, topics: list[tuple[str, str, int]]) -> list[str]:
    """What narrows the list, besides the search, in words."""
    status = [str(label) for key, (label, _of) in browse.STATUSES.items() if key == wish.status]
    topic = [name for slug, name, _number in topics if slug == wish.topic]
    return (status if wish.status else []) + topic


def _sorts(wish: Wish) -> list[tuple[str, str, str, bool]]:
    """(key, label, url, current). The order that nobody has to ask for has no key."""
    labels = {key: str(label) for key, (label, _order) in browse.SORTS.items()}
    if wish.q:
        labels = {"": _("Best match"), **labels}
    else:
        labels = {"" if key == "trending" else key: label for key, label in labels.items()}
    current = "" if wish.sort not in labels else wish.sort
    return [(key, label, wish.url(sort=key), key == current) for key, label in labels.items()]


def _statuses(wish: Wish, counts: dict[str, int]) -> list[tuple[str, str, str, int, bool]]:
    return [
        (key, str(label), wish.url(status=key), counts[key], key == wish.status)
        for key, (label, _of_status) in browse.STATUSES.items()
    ]


def _topics(
    wish: Wish, topics: list[tuple[str, str, int]]
) -> list[tuple[str, str, str, int | None, bool]]:
    """Those with a petition in this list and the chosen one; nothing where there is no topic."""
    shown: list[tuple[str, str, str, int | None, bool]] = [
        (slug, name, wish.url(topic=slug), number, slug == wish.topic)
        for slug, name, number in topics
        if number or slug == wish.topic
    ]
    if not shown:
        return []
    return [("", _("All"), wish.url(topic=""), None, not wish.topic), *shown]
