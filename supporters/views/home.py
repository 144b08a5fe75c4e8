"""The first page: what to sign now, and what was won."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from petitions.models import Petition
from supporters import browse
from supporters.caching import public

GROWING = NEWEST = 5
VICTORIES = 3


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """Five statements. Nobody is shown twice: the fastest is featured, the next are growing."""
    is_open = Petition.objects.open()
    trending = list(
        is_open.filter(trend__gt=0)
        .order_by(*browse.TRENDING)
        .values_list("pk", flat=True)[: 1 + GROWING]
    )
    newest = [
        pk
        for pk in is_open.order_by(*browse.NEWEST).values_list("pk", flat=True)[
            : len(trending) + 1 + NEWEST
        ]
        if pk not in trending
    ]
    # Where nothing grows at present, the newest is featured.
    featured = trending[:1] or newest[:1]
    blocks = {
        "featured": featured,
        "growing": trending[1:],
        "newest": [pk for pk in newest if pk not in featured][:NEWEST],
        "victories": list(
            Petition.objects.victories()
            .order_by("-closed_at", "-id")
            .values_list("pk", flat=True)[:VICTORIES]
        ),
    }
    rows = {row.pk: row for row in browse.rows([pk for ids in blocks.values() for pk in ids])}
    context = {name: [rows[pk] for pk in ids if pk in rows] for name, ids in blocks.items()}
    return render(request, "petitions/home.html", {**context, "total_open": is_open.count()})
