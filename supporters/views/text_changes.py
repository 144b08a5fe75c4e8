"""What changed in the text of a petition since people began to sign it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from petitions.models import Petition
from petitions.states import Status
from supporters.caching import public
from supporters.text_changes import change, changes_of

from .petition_lookup import with_petition


@require_safe
@public(reads=())
@with_petition
def text_changes(request: HttpRequest, petition: Petition) -> HttpResponse:
    if petition.status == Status.REJECTED:
        raise Http404
    context = {"petition": petition, "changes": changes_of(petition)}
    return render(request, "petitions/text_changes.html", context)


@require_safe
@public(reads=())
@with_petition
def text_change(request: HttpRequest, petition: Petition, number: int) -> HttpResponse:
    found = None if petition.status == Status.REJECTED else change(petition, number)
    if found is None:
        raise Http404
    return render(request, "petitions/text_change.html", {"petition": petition, "change": found})
