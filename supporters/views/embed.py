"""A petition in a frame on somebody else's page: the number, and a link to sign. No cookie, no
script, no form."""

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from petitions.models import Petition
from supporters import sources
from supporters.caching import public
from supporters.count import Tally
from supporters.sharing import SANDBOX

from .petition_lookup import said_of_hidden, with_petition

GONE = 410
# The sandbox holds even where the page that embeds it forgot to ask for one.
_POLICY: dict[str, list[str] | None] = {
    **dict.fromkeys(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]),  # nothing else of the site's
    "default-src": [NONE],
    "style-src": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": ["*"],
    "sandbox": SANDBOX.split(),
}


@require_safe
@xframe_options_exempt
@csp_replace(_POLICY)  # type: ignore[arg-type]  # its type knows no view with a slug
@public(reads=())
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    response = _embed(request, slug=slug)
    if response.status_code == GONE:  # said for a frame: the usual page leads into the site
        hidden = Petition.objects.only("pk").get(slug=slug)
        context = {"petition": None, **said_of_hidden(hidden.pk)}
        return render(request, "petitions/embed.html", context, status=GONE)
    response["X-Robots-Tag"] = "noindex"
    return response


@with_petition
def _embed(request: HttpRequest, petition: Petition) -> HttpResponse:
    if not petition.is_published:
        raise Http404
    page_url = settings.SITE_URL + petition.get_absolute_url()
    context = {
        "petition": petition,
        "tally": Tally.of(petition),
        "link": sources.tagged(page_url, sources.EMBED),
    }
    return render(request, "petitions/embed.html", context)
