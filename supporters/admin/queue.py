"""/admin/queue/: what waits for moderators, the most urgent first, with who is at work on it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from petitions import claims
from petitions.groups import may_moderate
from petitions.models import Petition, impartial
from supporters.moderation import waiting
from supporters.moderation.waiting import Kind, Place, Which

from . import moves
from .lists import is_id
from .queue_lines import lines

SIZE = 50  # lines a page

# What is done with several at once, beside claiming them: no more than what one decides by reading
# the petitions, and nothing that needs a reason for each.
_MOVES = {"publish": moves.Publish, "send_back": moves.SendBack}


def queue_view(request: HttpRequest) -> HttpResponse:
    if not may_moderate(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _act(request)
    which, query = _asked(request)
    found, after = waiting.page(which, after=Place.read(request.GET.get("after", "")), size=SIZE)
    tallies = waiting.tallies()
    context = {
        **admin.site.each_context(request),
        "title": _("What waits for moderators"),
        "lines": lines(found, request.user),
        "tallies": tallies,
        "number": sum(tally.number for tally in tallies),
        "overdue": sum(tally.overdue for tally in tallies),
        "kinds": _choices(query, "kind", [("", _("All")), *Kind.choices]),
        "times": _choices(query, "due", [("", _("Any")), ("overdue", _("Overdue"))]),
        "whose": _choices(
            query, "whose",
            [("", _("Anybody's")), ("mine", _("Mine")), ("nobody", _("Nobody's"))],
        ),
        "is_first": "after" not in request.GET,
        "first_url": _address(query),
        "next_url": _address({**query, "after": str(after)}) if after else "",
        "here": request.get_full_path(),
    }  # fmt: skip
    return TemplateResponse(request, "admin/queue.html", context)


def _asked(request: HttpRequest) -> tuple[Which, dict[str, str]]:
    """The filters, and as they are written in an address; nonsense filters nothing."""
    typed = {name: request.GET.get(name, "") for name in ("kind", "due", "whose")}
    query = {}
    if typed["kind"] in Kind.values:
        query["kind"] = typed["kind"]
    if typed["due"] == "overdue":
        query["due"] = "overdue"
    if typed["whose"] in {"mine", "nobody"}:
        query["whose"] = typed["whose"]
    which = Which(
        kind=Kind(query["kind"]) if "kind" in query else None,
        overdue="due" in query,
        mine=request.user if query.get("whose") == "mine" else None,
        unclaimed=query.get("whose") == "nobody",
    )
    return which, query


def _choices(
    query: dict[str, str], name: str, values: list[tuple[str, Any]]
) -> list[dict[str, Any]]:
    chosen = query.get(name, "")
    others = {key: value for key, value in query.items() if key != name}
    return [
        {
            "label": label,
            "url": _address({**others, name: value} if value else others),
            "is_chosen": value == chosen,
        }
        for value, label in values
    ]


def _address(query: dict[str, str]) -> str:
    address = reverse("admin:queue")
    return f"{address}?{urlencode(query)}" if query else address


def _act(request: HttpRequest) -> HttpResponse:
    """What was ticked is claimed, or moved after a page that names it and asks."""
    ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
    back = HttpResponseRedirect(request.get_full_path())
    action = request.POST.get("action", "")
    if action != "claim" and action not in _MOVES:
        messages.error(request, _("Choose what is to be done with them."))
        return back
    petitions = list(
        Petition.objects.select_related("organizer")
        .filter(pk__in={int(pk) for pk in ids if is_id(pk)})
        .order_by("pk")[: moves.AT_ONCE + 1]
    )
    if not petitions:
        messages.error(request, _("Tick at least one petition."))
        return back
    if action in _MOVES:
        model_admin = admin.site.get_model_admin(Petition)
        return moves.move_selected(model_admin, request, petitions, _MOVES[action]) or back
    _claim(request, petitions)
    return back


def _claim(request: HttpRequest, petitions: list[Petition]) -> None:
    user: Any = request.user
    if len(petitions) > moves.AT_ONCE:
        say = _("Choose %(number)d petitions at most.")
        messages.error(request, say % {"number": moves.AT_ONCE})
        return
    done = 0
    for petition in petitions:
        try:
            claims.claim(petition.pk, by=user)
            done += 1
        except (claims.Held, impartial.OwnPetition) as refused:
            messages.error(request, f"“{petition.title}”: {refused.text}")
        except Petition.DoesNotExist:
            continue
    if done:
        say = ngettext(
            "You are at work on %d petition now.", "You are at work on %d petitions now.", done
        )
        messages.success(request, say % done)


def start_context(user: Any) -> dict[str, Any]:
    """For the admin's first page: how much waits, for who moderates."""
    if not may_moderate(user):
        return {}
    tallies = waiting.tallies()
    return {
        "queue": {
            "number": sum(tally.number for tally in tallies),
            "overdue": sum(tally.overdue for tally in tallies),
            "tallies": [tally for tally in tallies if tally.number],
        }
    }
