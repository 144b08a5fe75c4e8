"""The moves of a petition in the admin: a page for each, and a page for many at once.

Each shows, before it is confirmed, the mail that its organizer will get.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _

from petitions import claims
from petitions.deciding import TOO_LATE
from petitions.groups import may_moderate
from petitions.models import Petition, impartial
from petitions.states import NotReady, StateConflict, Status
from supporters import mails, outbox, recipients, switches
from supporters.access import may_edit, moderates

from . import claim
from .move_forms import (
    MOVES,
    Close,
    Hide,
    MoveForm,
    Publish,
    Reject,
    Reopen,
    Restore,
    SendBack,
    Submit,
)

__all__ = [
    "MOVES",
    "Close",
    "Hide",
    "MoveForm",
    "Publish",
    "Reject",
    "Reopen",
    "Restore",
    "SendBack",
    "Submit",
    "make",
    "move_selected",
    "move_view",
    "moves_for",
    "previews",
]

AT_ONCE = 100  # petitions that one bulk move takes


def moves_for(user: Any, petition: Petition) -> list[type[MoveForm]]:
    """The moves that this user may make from the petition's present state."""
    return [
        form
        for form in MOVES.values()
        if petition.status in form.allowed and _may_make(form, user, petition)
    ]


def _may_make(form: type[MoveForm], user: Any, petition: Petition) -> bool:
    if moderates(user, petition):
        return True
    return (
        form.for_organizers
        and user.has_perm("petitions.change_petition")
        and may_edit(user, petition)
    )


def make(form: MoveForm, petition: Petition, *, by: Any) -> None:
    """Make the move and tell the organizer, both or neither. Raises StateConflict, NotReady; and
    claims.Held, which is one, where another moderator is at work on it."""
    with transaction.atomic():
        claims.act(petition, by=by)
        outbox.decision(form.act(petition, by=by))


def move_view(model_admin: Any, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
    """GET asks, POST acts; both lead back to the petition when its state allows no such move."""
    petition = model_admin.get_object(request, object_id)
    form_class = MOVES.get(move)
    if petition is None or form_class is None:
        raise Http404
    back = HttpResponseRedirect(reverse("admin:petitions_petition_change", args=[petition.pk]))
    if not _may_make(form_class, request.user, petition):
        if not may_moderate(request.user):
            raise PermissionDenied
        messages.error(request, impartial.why_not(petition, by=request.user))
        return back
    if petition.status not in form_class.allowed:
        return _too_late(request, petition.status, back)

    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            make(form, petition, by=request.user)
        except StateConflict as conflict:
            return _too_late(request, conflict.found, back)
        except claims.Held as held:
            form.add_error(None, claim.told(held))
        except NotReady as missing:
            messages.error(request, str(missing.text))
            return back
        else:
            say = _("“%(title)s” is now: %(status)s.")
            values = {"title": petition.title, "status": Status(petition.status).label}
            messages.success(request, say % values)
            return back
    return TemplateResponse(
        request,
        "admin/petitions/petition/move.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": form_class.label,
            "petitions": [petition],
            "form": form,
            "back": back.url,
            "action": "",
            **previews(form, [petition], by=request.user),
        },
    )


def previews(form: MoveForm, petitions: Sequence[Petition], *, by: Any) -> dict[str, Any]:
    """For the template: the mails that this move sends, as they will be sent.

    `mail` is that to the organizer of the first of these petitions whose organizer gets one;
    without one, `silence` says why. `news` is that to supporters, where there is to be one.
    """
    if form.is_bound:
        form.is_valid()  # what is right of it is shown, whatever is wrong
    moved = [each for each in petitions if each.status in form.allowed]
    events = [form.as_if_made(each, by=by) for each in moved]
    event = next((each for each in events if outbox.decision_recipient(each)), None)
    context: dict[str, Any] = {
        "mail": mails.decision(event) if event else None,
        "example": event.petition if event and len(petitions) > 1 else None,
        "spoken": _language_name(mails.spoken(event.petition.language)) if event else "",
        "silence": outbox.why_no_decision(events[0]) if events and not event else "",
        "news": None,
    }
    if isinstance(form, Close) and getattr(form, "cleaned_data", {}).get("tells_supporters"):
        update = form.update_of(moved[0], by=by) if moved else None
        context |= {
            "news": mails.update_test(update, language=moved[0].language) if update else None,
            "reach": recipients.reach(moved[0].pk) if moved else None,
            "mailings_paused": switches.current().mailings_paused,
        }
    return context


def _language_name(code: str) -> str:
    return str(get_language_info(code)["name_translated"])


def _too_late(request: HttpRequest, found: str, back: HttpResponse) -> HttpResponse:
    messages.error(request, TOO_LATE % {"status": Status(found).label})
    return back


def move_selected(
    model_admin: Any, request: HttpRequest, chosen: Iterable[Any], form_class: type[MoveForm]
) -> HttpResponse | None:
    """One move for many petitions: a page that names them, then the move for each.

    `chosen` may be in any state; those whose state does not allow the move are left alone.
    """
    petitions = list(chosen)
    if len(petitions) > AT_ONCE:
        say = _("Choose %(number)d petitions at most.")
        messages.error(request, say % {"number": AT_ONCE})
        return None
    confirmed = "confirmed" in request.POST
    form = form_class(request.POST if confirmed else None, several=True)
    if not confirmed or not form.is_valid() or "preview" in request.POST:
        return TemplateResponse(
            request,
            "admin/petitions/petition/move.html",
            {
                **model_admin.admin_site.each_context(request),
                "opts": model_admin.opts,
                "title": form_class.label,
                "petitions": petitions,
                "form": form,
                "back": request.get_full_path(),
                "action": request.POST["action"],
                **previews(form, petitions, by=request.user),
            },
        )
    done, left = 0, 0
    for petition in petitions:
        try:
            make(form, petition, by=request.user)
            done += 1
        except StateConflict:
            left += 1
        except NotReady as missing:
            messages.error(request, f"“{petition.title}”: {missing.text}")
    if done:
        say_done = ngettext("%d petition was changed.", "%d petitions were changed.", done)
        messages.success(request, say_done % done)
    if left:
        say_left = ngettext(
            "%d petition is no longer in a state that allows this and was left alone.",
            "%d petitions are no longer in a state that allows this and were left alone.",
            left,
        )
        messages.error(request, say_left % left)
    return None
