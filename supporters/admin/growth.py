"""How a petition grows: what its organizer, its team and moderators see of it.

No signature is read here, however many there are: the hours and the ledger are sums, and the rest
was counted by the worker (growth/figures.py). Nobody's address is on it, and no name either.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.groups import may_moderate
from petitions.models import Petition
from petitions.states import Status
from supporters.access import may_edit, may_update
from supporters.chart import Noted, chart_of, recent_chart_of
from supporters.growth import milestones, shown
from supporters.growth.next_step import Facts, Step, next_step
from supporters.models import GrowthFigures, MilestoneReached

from .own_page import petition_of, render

SOURCES = 8  # on this page; all of them on their own
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """The next step with where it is done, or ''."""

    step: Step
    url: str
    label: Any


def growth_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    context = {
        "title": _("How it grows"),
        "was_opened": petition.status not in (Status.DRAFT, Status.IN_REVIEW, Status.REJECTED),
        **_over_time(petition),
        **_figures(request, petition),
    }
    return render(model_admin, request, petition, "growth", context)


def figures_of(petition: Petition) -> GrowthFigures | None:
    """What the worker counted; None where it did not come to it yet."""
    return GrowthFigures.objects.filter(petition=petition).exclude(as_of=None).first()


def _over_time(petition: Any) -> dict[str, Any]:
    noted, now = Noted.of(petition), timezone.now()
    reached = list(MilestoneReached.objects.filter(petition=petition).order_by("-number"))
    return {
        "total": petition.live_count,
        "to_goal": max(0, petition.goal - petition.live_count) if petition.goal else None,
        "last_day": noted.signed_since(now - _DAY),
        "last_week": noted.signed_since(now - _WEEK),
        "counted_elsewhere": petition.live_count and not noted.hours,
        "charts": {
            "recent": recent_chart_of(petition, noted),
            "whole": chart_of(petition, noted),
        },
        "milestones": reached,
        "next_milestone": milestones.next_after(petition.live_count) if petition.is_open else None,
    }


def _figures(request: HttpRequest, petition: Any) -> dict[str, Any]:
    figures = figures_of(petition)
    merge = not may_moderate(request.user)
    suggested = None
    if petition.is_published:
        step = next_step(petition, Facts.of(petition, figures, petition.live_count))
        suggested = _suggested(request.user, petition, step)
    if figures is None:
        return {"figures": None, "suggested": suggested}
    sources = shown.source_rows(figures, merge=merge)
    return {
        "figures": figures,
        "suggested": suggested,
        "sources": sources[:SOURCES],
        "has_more_sources": len(sources) > SOURCES,
        "places": shown.place_rows(figures, merge=merge),
        "late": shown.late_rate(figures),
        "overall": shown.rate(figures),
        "lapsed_before": petition.opened_at is not None and petition.opened_at < figures.since,
    }


def _suggested(user: Any, petition: Petition, step: Step) -> Suggested:
    url: str = ""
    label: Any = ""
    if step.kind == "share":
        url, label = f"{petition.get_absolute_url()}#share-title", _("Share it")
    elif step.kind == "update" and may_update(user, petition, Status.OPEN, Status.CLOSED):
        url = reverse("admin:petitions_petition_new_update", args=[petition.pk])
        label = _("Write an update")
    elif step.kind == "goal" and may_edit(user, petition, Status.OPEN):
        url = reverse("admin:petitions_petition_change", args=[petition.pk]) + "#id_goal"
        label = _("Change the goal")
    return Suggested(step=step, url=url, label=label)
