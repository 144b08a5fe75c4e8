"""Who may keep a page, and how long."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A second old at most, two more while a fresh one is fetched, a minute while the site is away.
PUBLIC = "public, max-age=1, stale-while-revalidate=2, stale-if-error=60"


def public(view: View[P]) -> View[P]:
    """The same bytes for everybody: any cache may hand them out for a second.

    Only what a GET found (200) is kept; an error or a refusal is not.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if "Cache-Control" not in response:
            shared = request.method in {"GET", "HEAD"} and response.status_code == 200  # noqa: PLR2004
            response["Cache-Control"] = PUBLIC if shared else "no-store"
        return response

    return wrapper


def private(view: View[P]) -> View[P]:
    """For one person with a link: nobody keeps it, nobody lists it, its address is not passed on.

    Not `no-referrer`: browsers would then send `Origin: null` with the forms of the page.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapper
