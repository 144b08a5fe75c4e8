"""Posts from other sites, refused without a cookie so that public pages need none.

Browsers say where a post comes from, and no page can make them say otherwise:

* ``Sec-Fetch-Site`` same-origin or none (typed, reloaded) passes. same-site and cross-site do not,
  not even from a sibling host, unless ``Origin`` is listed in CSRF_TRUSTED_ORIGINS: a newsroom that
  embeds the form is let in by the operator's word, and a browser new enough for the one header
  sends the other with every post.
* Without it (old browsers, plain http) ``Origin``, else the origin of ``Referer``, must be the
  request's own or a trusted one. ``null`` is neither.
* With none of the three, it is no browser, and nobody's browser is being abused: accepted.

The request's own origin is ``request.scheme`` and ``get_host()``; behind a proxy that does TLS,
SECURE_PROXY_SSL_HEADER must be set for them to be true.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import is_same_domain

P = ParamSpec("P")
logger = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
DEFAULT_PORTS = {"http": 80, "https": 443}


def is_cross_site(request: HttpRequest) -> bool:
    """Tell whether the headers say that another site's page sent this request (any method)."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if fetch_site:
        if fetch_site in {"same-origin", "none"}:
            return False
        return not (origin and _is_trusted(_origin(origin)))
    source = origin or request.headers.get("Referer")
    if not source:
        return False
    sender = _origin(source)
    own = _origin(f"{request.scheme}://{request.get_host()}")
    return not (sender and (sender == own or _is_trusted(sender)))


def refuse_cross_site(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer another site's POST with a page that says so (403) instead of calling the view."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in SAFE_METHODS and is_cross_site(request):
            logger.warning(
                "Refused a %s from another site to %r (Origin %r, Sec-Fetch-Site %r)",
                request.method,
                request.path,
                request.headers.get("Origin"),
                request.headers.get("Sec-Fetch-Site"),
            )
            return render(request, "supporters/refused.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def _origin(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an http(s) address; None for anything else."""
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _is_trusted(origin: tuple[str, str, int] | None) -> bool:
    """Whether CSRF_TRUSTED_ORIGINS has it; ``https://*.example.org`` as Django understands it."""
    if origin is None:
        return False
    for listed in settings.CSRF_TRUSTED_ORIGINS:
        trusted = _origin(listed.replace("://*.", "://", 1))
        if trusted is None or (trusted[0], trusted[2]) != (origin[0], origin[2]):
            continue
        if origin[1] == trusted[1] or (
            "://*." in listed and is_same_domain(origin[1], f".{trusted[1]}")
        ):
            return True
    return False
