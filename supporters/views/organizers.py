"""/organizers/<slug>/: what somebody asks for under their own name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from petitions.models import Petition, User
from supporters import listing
from supporters.caching import public

from .listed import listed


@require_safe
@public(reads=["page"])
def organizer(request: HttpRequest, slug: str) -> HttpResponse:
    """Without such a petition there is no page: it would tell that there is an account."""
    user = get_object_or_404(User, slug=slug)
    petitions = Petition.objects.openly_by(user)
    counts = listing.count(petitions)
    if not counts["open"] + counts["closed"]:
        raise Http404
    name = user.get_full_name()
    return listed(request, "petitions/organizer.html", user, petitions, counts=counts, name=name)
