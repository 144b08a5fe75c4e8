"""Who may keep a page, and how long."""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from hashlib import blake2b
from typing import Any, Concatenate, ParamSpec, overload

from django.http import HttpRequest, HttpResponse

from supporters import switches

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A second old at most, or what staff have switched; two more while a fresh one is fetched; ten
# minutes while the site is away, but a number alone only one. No s-maxage: it says the same as
# max-age, and forbids the rest. A number is one statement, is promised to be a second old, and puts
# right that of a page that is kept for longer: its time is the same whatever staff switch.
PUBLIC = "public, max-age={seconds}, stale-while-revalidate=2, stale-if-error=600"
NUMBER = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"
_AS_OF = b' data-as-of="'
FORM_AGAIN = "private, no-cache"


@overload
def public(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]: ...
@overload
def public(*, reads: Iterable[str]) -> Callable[[View[P]], View[P]]: ...
def public(view: Any = None, *, reads: Iterable[str] | None = None) -> Any:
    """The same bytes for everybody: any cache may hand them out for a second.

    `reads`: the names in the query that the page depends on, in the order of its own links. A view
    that says so, if only that it reads none, is kept by config.cached_pages, and never sees another
    name.

    Only what a GET found (200) is kept; an error or a refusal is not. A form that comes back with
    what was typed stays in its browser alone, which shows it again when its reader goes back:
    under no-store that would be a page of the browser's about a form sent twice.
    """
    if view is None:
        return partial(public, reads=reads)

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        if "Cache-Control" not in response:
            response["Cache-Control"] = _who_may_keep(request, response)
        if response.status_code == 200 and "ETag" not in response:  # noqa: PLR2004
            response["ETag"] = _etag(response)
        return response

    if reads is not None:
        wrapper.reads = tuple(reads)  # type: ignore[attr-defined]
    return wrapper


def _etag(response: HttpResponse) -> str:
    """Weak, because two pages that only say another time of their making are as good."""
    first, *rest = response.content.split(_AS_OF)
    body = blake2b(first, digest_size=12)
    for each in rest:
        body.update(each.partition(b'"')[2])
    return f'W/"{body.hexdigest()}"'


def _who_may_keep(request: HttpRequest, response: HttpResponse) -> str:
    if request.method in {"GET", "HEAD"}:
        if response.status_code != 200:  # noqa: PLR2004
            return "no-store"
        return PUBLIC.format(seconds=switches.current().page_seconds)
    return "no-store" if response.has_header("Location") else FORM_AGAIN


def private(view: View[P]) -> View[P]:
    """For one person with a link: nobody keeps it, nobody lists it, its address is not passed on.

    Not `no-referrer`: browsers would then send `Origin: null` with the forms of the page. A form
    that comes back with mistakes is kept by its browser alone, as on public pages.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = make_private(view(request, *args, **kwargs))
        if request.method == "POST" and response.status_code == 200:  # noqa: PLR2004
            response["Cache-Control"] = FORM_AGAIN
        return response

    return wrapper


def make_private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
