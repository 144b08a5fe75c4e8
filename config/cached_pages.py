"""The middleware that answers public pages from this process's memory.

It stands before everything that looks into sessions, accounts or the database. A page is known by
scheme, host, path and those parts of its query that its view says it reads (supporters.caching):
other parts are taken off the request, so that a link that some network has tagged for each of its
readers (`?fbclid=…`) is still one page, and so that nothing of it can get into a copy for others.
No cookie, Accept-Language or other header reaches a public page, see config.middleware.
"""

import unicodedata
from collections.abc import Callable, Collection, Hashable
from urllib.parse import unquote_plus

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.request import split_domain_port
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags

from config.middleware import PERSONAL
from config.page_cache import Kept, PageCache, StillMaking
from config.shedding import refuse
from petitions.groups import may_moderate
from supporters import switches
from supporters.switches import Switches

pages = PageCache(
    settings.PETITIONS_PAGE_CACHE_MB * 1_000_000, waiting=settings.PETITIONS_THREADS // 8
)

_Key = tuple[str, str, str, str]  # scheme, host, path, query
_STAFF = "/admin/"
_SWITCHES = "/admin/supporters/siteswitches/"
# Only notes where a reader comes from: where the page cannot be made, that without it will do.
_SOURCE = "via="
LONGEST_QUERY = 300  # characters; a longer one is answered, not kept
# Asked of the copy, not of the view: or a view's "not modified" would be kept for everybody.
_CONDITIONS = (
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_IF_RANGE",
)


class CachedPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._heeded: tuple[Switches, int, int] | None = None
        switches.memory.on_recall = _drop_petitions

    def __call__(self, request: HttpRequest) -> HttpResponse:
        on = self._heed_switches()
        if request.method not in {"GET", "HEAD"}:
            response = self.get_response(request)
            if request.method == "POST" and response.status_code < 400:  # noqa: PLR2004
                _note_change(request, response)
            return response
        if request.path_info.startswith(PERSONAL):
            return self.get_response(request)
        query = request.META.get("QUERY_STRING", "")
        if not query and (kept := _kept(key := _key(request, ""), on)):
            return _response(request, kept, request.META.get("HTTP_IF_NONE_MATCH", ""))
        reads = _read_by_view(request)
        if reads is None:
            return self.get_response(request)
        if query:
            request.META["QUERY_STRING"] = query = _what_is_read(query, reads)
            if len(query) > LONGEST_QUERY:
                return self.get_response(request)
            if kept := _kept(key := _key(request, query), on):
                return _response(request, kept, request.META.get("HTTP_IF_NONE_MATCH", ""))
        return self._made(request, key, on)

    def _made(self, request: HttpRequest, key: _Key, on: Switches) -> HttpResponse:
        known = request.META.get("HTTP_IF_NONE_MATCH", "")
        for name in _CONDITIONS:
            request.META.pop(name, None)
        asked_for, request.method = request.method, "GET"
        if pages.owes(key):  # made although the site is "busy": it may be all that readers get
            request.is_owed = True  # type: ignore[attr-defined]  # for config.shedding
        try:
            found = pages.answer(key, lambda: self.get_response(request))
        except StillMaking:
            refuse(request, "making")
            found = self.get_response(request)
        request.method = asked_for
        if isinstance(found, Kept):
            return _response(request, found, known)
        kept = _without_source(key, on) if found.status_code >= 500 else None  # noqa: PLR2004
        return _response(request, kept, known) if kept else found

    def _heed_switches(self) -> Switches:
        """Give up the pages made before staff turned a switch, or did what pages show."""
        on, memory = switches.current(), switches.memory
        now = on, memory.staff_acts, memory.staff_takings
        before, self._heeded = self._heeded, now
        if before is not None and before != now:
            if memory.staff_takings != before[2]:
                pages.drop()
            else:
                pages.outdate()
        return on


def _kept(key: _Key, on: Switches) -> Kept | None:
    """The page that can be given; however old, where none is made. A number has its own time."""
    if on.busy and (last := pages.last(key)) and (not key[2].endswith(".json")):
        return last
    return pages.fresh(key)


def _without_source(key: _Key, on: Switches) -> Kept | None:
    """The page in memory for a reader from somewhere, where theirs cannot be made."""
    if not key[3].startswith(_SOURCE) or "&" in key[3]:
        return None
    plain = (*key[:3], "")
    return pages.last(plain) if on.busy else pages.standing_in(plain)


def _note_change(request: HttpRequest, response: HttpResponse) -> None:
    """Moderators see at once what they did; what others do shows as soon as pages can keep up.

    Where staff have switched to a longer time, sparing the database is the point. And the switches
    themselves only outdate pages: these may be all that readers will get. While the site is "busy"
    they are all: what takes something off them is seen with the switches, a second later.
    """
    path = request.path_info
    if path.startswith(_STAFF):
        if path.startswith(_SWITCHES) or not _is_of_staff(request):
            return
        if not _is_moderator(request):
            if response.has_header("Location"):  # a form with mistakes changed nothing
                pages.changed()
        elif switches.current().busy:
            pages.outdate()
        else:
            pages.drop()
    elif not path.startswith(PERSONAL) and switches.current().page_seconds == 1:
        pages.changed()


def _is_moderator(request: HttpRequest) -> bool:
    """What was done is done, and is not answered with a mistake when nobody can tell any more."""
    try:
        return may_moderate(request.user)
    except Error:
        return False


def _is_of_staff(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)  # none where something before the accounts has answered
    return bool(user and user.is_staff)


def _key(request: HttpRequest, query: str) -> _Key:
    host = request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", "")
    if not host.islower() or ":" in host or host.endswith("."):  # many ways to write one
        host = split_domain_port(host)[0]
    return (request.scheme or "", host, request.path, query)


def _drop_petitions(slugs: Collection[str]) -> None:
    """But for the number, which names nobody."""
    starts = [f"/petitions/{slug}/" for slug in slugs]

    def may_name_them(key: Hashable) -> bool:
        # A slug is found in any of its spellings, and each is a page of its own.
        path = unicodedata.normalize("NFC", key[2]) if isinstance(key, tuple) else ""
        return not path.endswith(".json") and any(start in path for start in starts)

    pages.drop(may_name_them)


def _read_by_view(request: HttpRequest) -> tuple[str, ...] | None:
    """The names in the query that matter to the path's view; None if it is no public page."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return None
    request.found = found  # type: ignore[attr-defined]  # for config.handler, not to look again
    return getattr(found.func, "reads", None)


def _what_is_read(query: str, reads: tuple[str, ...]) -> str:
    """The last pair of each name that is read, as it was written, in the view's order."""
    pairs = {}
    for pair in query.split("&") if query else ():
        name = unquote_plus(pair.partition("=")[0])
        if name in reads:
            pairs[name] = pair
    return "&".join(pairs[name] for name in reads if name in pairs)


def _response(request: HttpRequest, kept: Kept, known: str) -> HttpResponse:
    """A new response of the kept one; 304 to who has it, no body to HEAD."""
    if known and kept.etag and _matches(kept.etag, known):
        response: HttpResponse = HttpResponseNotModified()
        for name, value in kept.headers:
            if name not in {"Content-Type", "Content-Length"}:
                response.headers[name] = value
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else kept.body)
        for name, value in kept.headers:
            response.headers[name] = value
    response.is_kept = True  # type: ignore[attr-defined]  # for metrics
    return response


def _matches(etag: str, known: str) -> bool:
    """Weakly: the copies are equal enough to be shown for each other."""
    given = parse_etags(known)
    return given == ["*"] or etag.removeprefix("W/") in {each.removeprefix("W/") for each in given}
