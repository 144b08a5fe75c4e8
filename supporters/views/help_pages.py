"""How it works, how we count, privacy and the other pages that say what the site is."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from supporters import facts, help_pages
from supporters.caching import public


@require_safe
@public(reads=())
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    page = help_pages.find(slug, _language())
    if page is None:
        raise Http404
    filled = _filled(page)
    context: dict[str, Any] = {
        "page": filled,
        "is_elsewhere": page.language != _language(),
        "contents": help_pages.contents(filled.html),
        "lead": help_pages.lead(filled.html),
        "page_url": settings.SITE_URL + request.path,
    }
    return render(request, "supporters/help.html", context)


@require_safe
@public(reads=())
def help_index(request: HttpRequest) -> HttpResponse:
    # Of each its opening alone: lists of what the database holds may stand further down.
    pages = [
        _filled(replace(page, html=help_pages.opening(page.html)))
        for page in help_pages.listed(_language())
    ]
    listed = [(page, help_pages.lead(page.html)) for page in pages]
    return render(request, "supporters/help_index.html", {"pages": listed})


def _filled(page: help_pages.HelpPage) -> help_pages.HelpPage:
    """With the facts in the page's own language."""
    with translation.override(page.language):
        return replace(page, html=facts.fill(page.html))


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
