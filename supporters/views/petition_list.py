"""/petitions/: browse and search."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from petitions.models import Petition
from supporters import browse
from supporters.caching import public
from supporters.finding import COUNTED, Found, explain, find
from supporters.listing import ROWS
from supporters.page_links import page_links, page_number, pages_of
from supporters.tallies import Facets, tally

from .list_end import list_end

LONGEST_QUERY = 200  # characters; more is cut

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
        return cls(
            q=" ".join(_UNUSABLE.sub(" ", query.get("q", "")).split())[:LONGEST_QUERY].rstrip(),
            topic=_UNUSABLE.sub("", query.get("topic", "")),
            status=status if status in browse.STATUSES else "",
            sort=sort if sort in browse.SORTS else "",
            page=page_number(query.get("page", "")),
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
@public(reads=["q", "topic", "status", "sort", "page"])
def petition_list(request: HttpRequest) -> HttpResponse:
    wish = Wish.read(request.GET)
    if wish.q and wish.page > COUNTED // ROWS:  # as far as any search is read
        return list_end(request, wish.url())
    found = _search(wish) if wish.q else _browse(wish)
    if wish.topic and wish.topic not in found.topics:
        return redirect(wish.url(topic=""))
    pages = _pages(found, wish)
    if wish.page > 1 and found.tally is None and not found.ids:
        return list_end(request, wish.url())
    if wish.page > pages or (wish.page > 1 and not found.ids):
        beyond = {
            "number": wish.page,
            "pages": pages,
            "last_url": wish.url(page=min(pages, max(1, wish.page - 1))),
        }
        return render(request, "petitions/list_end.html", beyond, status=404)
    rows = browse.rows(found.ids)
    if wish.q:
        explain(rows, wish.q)
    context = {
        "petitions": rows,
        "q": wish.q,
        "sort": wish.sort,
        "status": wish.status,
        "topic": wish.topic,
        "topic_name": found.topics.get(wish.topic, ""),
        "sorts": _sorts(wish, found),
        "statuses": _statuses(wish, found),
        "topics": _topics(wish, found),
        "filters": _filters(wish, found),
        "ways_out": _ways_out(wish, found) if not rows else [],
        "named": found.named if wish.page == 1 else [],
        "total": found.tally and found.tally.of(topic=wish.topic, kind=wish.status),
        "counted": COUNTED,
        "page": page_links(wish.page, pages, url=lambda number: wish.url(page=number))
        if found.tally
        else page_links(wish.page, wish.page + found.more, url=lambda n: wish.url(page=n)),
    }
    return render(request, "petitions/list.html", context)


def _search(wish: Wish) -> Found:
    return find(
        wish.q,
        topic=wish.topic,
        status=wish.status,
        sort=wish.sort,
        offset=(wish.page - 1) * ROWS,
        limit=ROWS,
    )


def _browse(wish: Wish) -> Found:
    counted = tally()
    pages = pages_of(counted.of(topic=wish.topic, kind=wish.status), ROWS)
    ids: list[int] = []
    if wish.page <= pages and (not wish.topic or wish.topic in counted.names):
        petitions = Petition.objects.all()
        if wish.topic:
            petitions = petitions.filter(topics__slug=wish.topic)
        ids = browse.page_ids(
            browse.branches(petitions, status=wish.status),
            sort=wish.sort or "trending",
            offset=(wish.page - 1) * ROWS,
            limit=ROWS,
        )
    return Found(ids=ids, tally=counted, topics=counted.names, named=[], more=wish.page < pages)


def _pages(found: Found, wish: Wish) -> int:
    if found.tally is None:  # as far as one page at a time is read
        return COUNTED // ROWS
    return pages_of(found.tally.of(topic=wish.topic, kind=wish.status), ROWS)


def _filters(wish: Wish, found: Found) -> list[str]:
    """What narrows the list, besides the search, in words; not where nothing would match anyway."""
    if wish.q and found.tally and not found.tally.of():
        return []
    status = [str(browse.STATUSES[wish.status][0])] if wish.status else []
    return status + ([found.topics[wish.topic]] if wish.topic else [])


def _ways_out(wish: Wish, found: Found) -> list[tuple[str, str, int | None]]:
    """Of an empty list: (label, address, how many are there), only where there is something."""
    counted = found.tally or Facets()
    ways: list[tuple[str, str, int | None]] = []
    if wish.status and wish.topic:
        if number := counted.of(topic=wish.topic):
            label = _("In any state, about {topic}").format(topic=found.topics[wish.topic])
            ways.append((label, wish.url(status=""), number))
        if number := counted.of(kind=wish.status):
            ways.append((_("In any topic"), wish.url(topic=""), number))
    if (wish.status or wish.topic) and (number := counted.of()):
        label = _("Anywhere on this site") if wish.q else _("All petitions")
        ways.append((label, wish.url(status="", topic=""), number))
    return ways


def _sorts(wish: Wish, found: Found) -> list[tuple[str, str, str, bool]]:
    """(key, label, url, current). The order that nobody has to ask for has no key.

    The best of too many matches is not known.
    """
    labels = {key: str(label) for key, (label, _order) in browse.SORTS.items()}
    if wish.q and found.tally:
        labels = {"": _("Best match"), **labels}
    else:
        labels = {"" if key == "trending" else key: label for key, label in labels.items()}
    current = "" if wish.sort not in labels else wish.sort
    return [(key, label, wish.url(sort=key), key == current) for key, label in labels.items()]


def _statuses(wish: Wish, found: Found) -> list[tuple[str, str, str, int | None, bool]]:
    """With a number each, unless there are too many matches to count. Of nothing, no choice."""
    if wish.q and found.tally and not found.tally.of():
        return []
    counts = found.tally.kinds(topic=wish.topic) if found.tally else {}
    return [
        (key, str(label), wish.url(status=key), counts.get(key), key == wish.status)
        for key, (label, _branches) in browse.STATUSES.items()
        if key != "rejected" or counts.get(key) or key == wish.status  # most sites have none
    ]


def _topics(wish: Wish, found: Found) -> list[tuple[str, str, str, int | None, bool]]:
    """Those with a petition in this list and the chosen one; nothing where there is no topic."""
    shown: list[tuple[str, str, str, int | None, bool]] = []
    if found.tally:
        shown = [
            (slug, name, wish.url(topic=slug), number, slug == wish.topic)
            for slug, name, number in found.tally.topics(kind=wish.status)
            if number or slug == wish.topic
        ]
    else:
        named = sorted(found.topics.items(), key=lambda pair: pair[1].casefold())
        shown = [
            (slug, name, wish.url(topic=slug), None, slug == wish.topic) for slug, name in named
        ]
    if not shown:
        return []
    number = found.tally.of(kind=wish.status) if found.tally else None
    return [("", pgettext("topics", "All"), wish.url(topic=""), number, not wish.topic), *shown]
