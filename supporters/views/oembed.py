"""oEmbed (https://oembed.com): from a petition's address to the code that embeds it."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.views.decorators.http import require_safe

from petitions.models import Petition, PetitionSlug
from supporters.cards import HEIGHT, WIDTH, Card, card_url
from supporters.count import Tally, with_live_count
from supporters.sharing import EMBED_HEIGHT, EMBED_WIDTH, embed_code

_KEPT = 3_600  # seconds
_LONGEST = 2_000  # characters of an address; a longer one is none of ours


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """JSON for a petition's page, in the language of its address; 404 for all other addresses.

    Of a hidden one too, whose page answers 410: the specification has 404 for what there is no
    code for, and consumers know no 410. What is embedded already answers 410 itself.
    """
    response = _answer(request)
    response["Access-Control-Allow-Origin"] = "*"
    if "Cache-Control" not in response:
        response["Cache-Control"] = "no-store"
    return response


def _answer(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format", "json") != "json":
        return _refusal(501, "only JSON is spoken here")
    slug, language = _named(request.GET.get("url", ""))
    petition = _petition(slug) if slug else None
    if petition is None:
        return _refusal(404, "no petition of this site")
    with translation.override(language):
        response = JsonResponse(_rich(request, petition))
    response["Cache-Control"] = f"public, max-age={_KEPT}"
    return response


def _refusal(status: int, why: str) -> HttpResponse:
    return JsonResponse({"error": why}, status=status)


def _named(url: str) -> tuple[str, str]:
    """The slug and the language in the address of a petition's page here; ('', '') for others."""
    if len(url) > _LONGEST:
        return "", ""
    try:
        parts, site = urlsplit(url), urlsplit(settings.SITE_URL)
        if (parts.scheme, parts.netloc) != (site.scheme, site.netloc):
            return "", ""
        path = unquote(parts.path)
        language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
        with translation.override(language):  # the prefix of another would not be found
            match = resolve(path)
    except (ValueError, Resolver404):
        return "", ""
    if match.view_name not in {"petition", "embed"}:
        return "", ""
    return match.kwargs["slug"], language


def _petition(slug: str) -> Any:
    """By its present slug or an old one."""
    rows = with_live_count(Petition.objects.published().defer("body", "ask"))
    if petition := rows.filter(slug=slug).first():
        return petition
    known = PetitionSlug.objects.filter(slug=slug).values("petition")
    return rows.filter(pk__in=known).first()


def _rich(request: HttpRequest, petition: Any) -> dict[str, Any]:
    page_url = settings.SITE_URL + petition.get_absolute_url()
    width = _most(request, "maxwidth", EMBED_WIDTH)
    height = _most(request, "maxheight", EMBED_HEIGHT)
    return {
        "version": "1.0",
        "type": "rich",
        "title": petition.title,
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": _KEPT,
        "width": width,
        "height": height,
        "html": embed_code(petition, page_url, width=width, height=height),
        **_thumbnail(request, petition),
    }


def _most(request: HttpRequest, name: str, usual: int) -> int:
    asked = request.GET.get(name, "")
    return min(int(asked), usual) if re.fullmatch("[1-9][0-9]{0,5}", asked) else usual


def _thumbnail(request: HttpRequest, petition: Any) -> dict[str, Any]:
    """The share image, unless it is larger than what was asked for."""
    if _most(request, "maxwidth", WIDTH) < WIDTH or _most(request, "maxheight", HEIGHT) < HEIGHT:
        return {}
    url = card_url(petition, Card.of(petition, Tally.of(petition)))
    return {"thumbnail_url": url, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
