"""/robots.txt: what crawlers leave alone."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

# Links for one person, and the work of those who have an account.
_PRIVATE = (
    "/admin/",
    "/accounts/",
    "/confirm/",
    "/signature/",
    "/unsubscribe/",
    "/organizer-mail/",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """All of the site but private links and searches, which are as many as there are words.

    Nothing of a site on somebody's own machine.
    """
    if settings.DEBUG or settings.PETITIONS_DEMO:
        closed: list[str] = ["/"]
    else:
        closed = list(_PRIVATE)
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                listed = reverse("petition_list")
            closed += [f"{listed}preview/", f"{listed}?q=", f"{listed}*/signed/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemaps')}"]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
