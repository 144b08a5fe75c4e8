"""What every page needs to know about the site."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from supporters import switches
from supporters.cards import site_card_url
from supporters.meta import locale
from supporters.saying import where

LONGEST_KEPT = 300  # characters of a path; what is longer was made up
_SECRETS = frozenset({"token", "key"})  # our routes call it so, and allauth's
# What an address may carry that changes nothing in the page but whom it came from.
_NOT_IN_CANONICAL = frozenset({"via"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The page that is shown, in one language of the site. `url` is absolute."""

    code: str
    name: str
    url: str
    is_current: bool
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`card` and `locale` are for previews of its pages; `url` has no slash at the end."""

    name: str
    url: str

    @property
    def card(self) -> str:
        return site_card_url()

    @property
    def locale(self) -> str:
        return locale()


def site(request: HttpRequest) -> dict[str, Any]:
    """`site`: a Site.

    `translations`: the page in each language, or nothing where it has one address for all.
    `banner`: what staff say above every page, or None.
    `canonical`: its own address without what does not matter, or ''.
    """
    found = SimpleLazyObject(lambda: translations(request))
    return {
        "site": Site(name=settings.SITE_NAME, url=settings.SITE_URL),
        "translations": found,
        "banner": switches.current().banner_now,
        "canonical": SimpleLazyObject(
            lambda: next((each.url for each in found if each.is_current), "")
        ),
    }


def translations(request: HttpRequest) -> tuple[Translation, ...]:
    """Nothing for a page without an address (404), one for all languages (mails' links), a POST."""
    if request.method not in {"GET", "HEAD"} or request.resolver_match is None:
        return ()
    is_secret = not _SECRETS.isdisjoint(request.resolver_match.kwargs)
    find = _find_translations if is_secret or len(request.path) > LONGEST_KEPT else _translations
    found = find(request.path, get_language(), where())
    kept = [(name, value) for name, values in request.GET.lists() for value in values
            if name not in _NOT_IN_CANONICAL]  # fmt: skip
    if not kept:
        return found
    return tuple(replace(each, url=f"{each.url}?{urlencode(kept)}") for each in found)


def _find_translations(
    path: str, language: str | None, _where: tuple[str, ...]
) -> tuple[Translation, ...]:
    """`path` is of a page in `language`, the active one, which is all that it needs."""
    paths = {code: translate_url(path, code) for code, _name in settings.LANGUAGES}
    if len(set(paths.values())) < len(paths):
        return ()
    return tuple(
        Translation(
            code=code,
            name=get_language_info(code)["name_local"],
            url=f"{settings.SITE_URL}{path}",
            is_current=code == language,
            is_default=code == settings.LANGUAGE_CODE,
        )
        for code, path in paths.items()
    )


_translations = lru_cache(maxsize=1024)(_find_translations)
