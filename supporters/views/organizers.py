"""/organizers/<slug>/: what somebody asks for under their own name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from petitions.models import Petition, User
from supporters import listing
from supporters.caching import public
from supporters.page_links import page_number

from .list_end import list_end


@require_safe
@public
def organizer(request: HttpRequest, slug: str) -> HttpResponse:
    """Without such a petition there is no page: it would tell that there is an account."""
    user = get_object_or_404(User, slug=slug)
    petitions = Petition.objects.openly_by(user)
    counts = listing.count(petitions)
    if not counts["open"] + counts["closed"]:
        raise Http404
    page = listing.page(
        petitions,
        number=page_number(request.GET.get("page", "")),
        counts=counts,
        url=lambda number: listing.url(user, number),
    )
    if page is None:
        return list_end(request, listing.url(user, 1))
    context = {"name": user.get_full_name(), "counts": counts, **page}
    return render(request, "petitions/organizer.html", context)
