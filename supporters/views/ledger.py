"""How the number of a petition comes about."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from petitions.models import Petition
from petitions.states import Status
from supporters.caching import public
from supporters.chart import chart_of
from supporters.count import Tally
from supporters.ledger import ledger_of

from .petition_lookup import with_petition


@require_safe
@public(reads=())
@with_petition
def ledger(request: HttpRequest, petition: Petition) -> HttpResponse:
    if petition.status == Status.REJECTED:
        raise Http404
    context = {
        "petition": petition,
        "tally": Tally.of(petition),
        "ledger": ledger_of(petition),
        "chart": chart_of(petition),
        "is_plain": True,
    }
    return render(request, "supporters/ledger.html", context)
