"""What browsers and systems look for by themselves: an icon, and what the site is called."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SHORT = 12  # characters that fit under an icon

# Of static/css/site.css: paper. The manifest has room for one scheme; pages name both.
PAPER = "#ffffff"


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon (JSON, the admin), and for tools that read no SVG."""
    return HttpResponse(_file("images/favicon.ico"), content_type="image/x-icon")


@require_safe
@cache_control(public=True, max_age=86_400)
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        ("images/icon-192.png", "192x192", "any"),
        ("images/icon-512.png", "512x512", "any"),
        ("images/icon-maskable-512.png", "512x512", "maskable"),
    ]
    body = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": short_name(settings.SITE_NAME),
        "lang": settings.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "minimal-ui",  # links lead on to other pages; people need a way back
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in icons
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json")


def short_name(name: str) -> str:
    """The whole name, or as many of its first words as fit; at least its beginning."""
    if len(name) <= SHORT:
        return name
    return name[: SHORT + 1].rpartition(" ")[0].strip() or name[:SHORT]


@cache
def _file(path: str) -> bytes:
    return Path(str(finders.find(path))).read_bytes()
