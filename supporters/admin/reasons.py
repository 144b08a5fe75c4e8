"""Supporters' reasons: for who runs the petition to put some first, or to take them off its page.

Names as they are shown to everybody; who chose not to be shown is not here either.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions import claims
from petitions.groups import may_moderate
from petitions.models import Petition, impartial
from supporters import reasons
from supporters.access import may_edit, owns, role_of
from supporters.models import ReasonChoice, Signature

from .claim import told
from .lists import is_id
from .own_page import petition_of, render

ROWS = 20

_KINDS: dict[str, ReasonChoice.Kind | None] = {
    "highlight": ReasonChoice.Kind.HIGHLIGHTED,
    "hide": ReasonChoice.Kind.HIDDEN,
    "as_others": None,
}


def reasons_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    if request.method == "POST":
        return _choose(request, petition)
    found, next_id = _page(petition, request.GET.get("before", ""))
    context = {
        "title": _("Reasons"),
        "rows": found,
        "next_id": next_id,
        "is_first": "before" not in request.GET,
        "chooses": may_edit(request.user, petition),
        "moderates": may_moderate(request.user),
        "most": reasons.MOST_FIRST,
    }
    return render(model_admin, request, petition, "reasons", context)


def _page(petition: Petition, before: str) -> tuple[list[Any], int | None]:
    """Newest first, below the signature with the id `before`; and that of the next page."""
    choice = ReasonChoice.objects.filter(pk=OuterRef("pk"))
    rows = (
        Signature.objects.filter(petition=petition)
        .for_public_display()
        .with_reason()
        .annotate(
            choice=Subquery(choice.values("kind")),
            chosen_by_moderators=Subquery(choice.values("by_moderators")),
        )
        .order_by("-confirmed_at", "-id")
    )
    if is_id(before):
        of_it = Signature.objects.filter(petition=petition, pk=before)
        at = of_it.values_list("confirmed_at", flat=True).first()
        if at is None:
            return [], None
        rows = rows.filter(Q(confirmed_at__lt=at) | Q(confirmed_at=at, pk__lt=before))
        rows = rows.filter(confirmed_at__lte=at)  # said once more, for the index
    found: list[Any] = list(rows[: ROWS + 1])
    for row in found:
        row.mark = reasons.mark(row.reason)
    return found[:ROWS], found[ROWS - 1].pk if len(found) > ROWS else None


def _choose(request: HttpRequest, petition: Petition) -> HttpResponse:
    row, action = request.POST.get("row", ""), request.POST.get("action", "")
    if not may_edit(request.user, petition) or action not in _KINDS or not is_id(row):
        raise PermissionDenied
    inside = owns(request.user, petition) or role_of(request.user, petition) is not None
    try:
        reasons.choose(
            petition,
            int(row),
            _KINDS[action],
            by=request.user,
            by_moderators=not inside,
            read=request.POST.get("read", ""),
        )
    except (impartial.OwnPetition, claims.Held) as refused:
        messages.error(request, told(refused))
    except reasons.NotToBeChosen:
        messages.error(
            request,
            gettext("This reason cannot be chosen any more, or a moderator took it off the page."),
        )
    except reasons.TooMany:
        messages.error(
            request,
            gettext("%d are shown first already. Show one of them as all others before.")
            % reasons.MOST_FIRST,
        )
    else:
        messages.success(request, _SAID[action])
    back = reverse("admin:petitions_petition_reasons", args=[petition.pk])
    before = request.GET.get("before", "")
    return HttpResponseRedirect(f"{back}?before={before}" if is_id(before) else back)


_SAID: dict[str, Any] = {
    "highlight": _("This reason is shown first now."),
    "hide": _("This reason is not shown any more. The signature counts as before."),
    "as_others": _("This reason is shown as all others."),
}
