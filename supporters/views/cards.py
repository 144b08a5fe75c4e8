"""Share images. Only the present one of a petition is ever drawn, whatever address is asked for."""

from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from petitions.models import Petition
from supporters.cards import Busy, Card, card_url, site_card_url
from supporters.count import Tally

from .petition_lookup import with_petition

_FOR_EVER = "public, max-age=31536000, immutable"
_A_WHILE = "public, max-age=60"


@require_safe
@partial(with_petition, petitions=lambda: Petition.objects.defer("body", "ask"))
def petition_card(request: HttpRequest, petition: Petition, digest: str) -> HttpResponse:
    """The petition's card. What was shared with an older one finds the present one."""
    if not petition.is_published:
        raise Http404
    card = Card.of(petition, Tally.of(petition))
    return _answer(request, card, digest, card_url(petition, card))


@require_safe
def site_card(request: HttpRequest, digest: str) -> HttpResponse:
    return _answer(request, Card.of_site(), digest, site_card_url())


def _answer(request: HttpRequest, card: Card, digest: str, address: str) -> HttpResponse:
    if digest != card.digest:
        response: HttpResponse = HttpResponseRedirect(address.removeprefix(settings.SITE_URL))
        response["Cache-Control"] = _A_WHILE
        return response
    etag = quote_etag(digest)
    known = get_conditional_response(request, etag=etag)
    try:
        png, is_whole = (b"", True) if known else card.png()
    except Busy:
        return HttpResponse(status=503, headers={"Retry-After": "2", "Cache-Control": "no-store"})
    response = known or HttpResponse(png, content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = _FOR_EVER if is_whole else _A_WHILE
    return response
