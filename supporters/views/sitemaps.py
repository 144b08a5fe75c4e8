"""/sitemap.xml and the files that it names."""

from django.contrib.sitemaps.views import SitemapIndexItem, x_robots_tag
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from supporters import sitemaps

_XML = "application/xml"
_AN_HOUR = "public, max-age=3600"


@require_safe
@x_robots_tag
def index(request: HttpRequest) -> HttpResponse:
    items = [SitemapIndexItem(file.url) for file in sitemaps.files()]
    response = render(request, "sitemap_index.xml", {"sitemaps": items}, content_type=_XML)
    response["Cache-Control"] = _AN_HOUR
    return response


@require_safe
@x_robots_tag
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    asked = request.GET.get("p", "1")
    usable = asked.isascii() and asked.isdigit() and 0 < len(asked) <= 12  # noqa: PLR2004
    if section not in sitemaps.SECTIONS or not usable:
        raise Http404
    entries = sitemaps.entries(sitemaps.File(section=section, number=int(asked)))
    if not entries:
        raise Http404
    response = render(request, "sitemap.xml", {"urlset": entries}, content_type=_XML)
    response["Cache-Control"] = _AN_HOUR
    return response
