"""Who may keep a page, and how long."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A second old at most, two more while a fresh one is fetched, a minute while the site is away.
PUBLIC = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"
FORM_AGAIN = "private, no-cache"


def public(view: View[P]) -> View[P]:
    """The same bytes for everybody: any cache may hand them out for a second.

    Only what a GET found (200) is kept; an error or a refusal is not. A form that comes back with
    what was typed stays in its browser alone, which shows it again when its reader goes back:
    under no-store that would be a page of the browser's about a form sent twice.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if "Cache-Control" not in response:
            response["Cache-Control"] = _who_may_keep(request, response)
        return response

    return wrapper


def _who_may_keep(request: HttpRequest, response: HttpResponse) -> str:
    if request.method in {"GET", "HEAD"}:
        return PUBLIC if response.status_code == 200 else "no-store"  # noqa: PLR2004
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
