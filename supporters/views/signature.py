"""The signer's own page for life: see, change, withdraw, download, "this was not me"."""

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from petitions.models import Petition
from supporters import reasons
from supporters.agreed import agreed
from supporters.caching import private
from supporters.count import Tally, with_live_count
from supporters.fold import fold_at_once
from supporters.forms import EditSignatureForm
from supporters.models import CountAdjustment, Signature
from supporters.rate_limits import allow
from supporters.recalls import recall
from supporters.sharing import Share
from supporters.suppression import is_unsubscribed, lift
from supporters.tokens import Purpose, make, read
from supporters.withdrawing import disown, withdraw

from .token_pages import in_language_of, say_what_comes, signature_for

logger = logging.getLogger(__name__)

_EDITABLE = ("given_name", "family_name", "display", "reason", "wants_updates")
_SHOWN = ("given_name", "family_name", "display", "reason")  # to everybody, or to nobody
THANKS = timedelta(minutes=10)  # how long the page thanks
_LIVE = (Signature.Status.PENDING, Signature.Status.CONFIRMED)


@csrf_exempt  # the token is its own authority, and there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@private
def signature(request: HttpRequest, token: str) -> HttpResponse:
    row = signature_for(read(Purpose.SIGNATURE, token))
    if row is None:
        return render(request, "supporters/signature.html", {"state": "unknown"}, status=404)
    with in_language_of(row):
        if request.method == "POST":
            return _act(request, row, token)
        say_what_comes(row)  # ticking it, by a link that came by mail, asks for news again
        if "download" in request.GET:
            return _download(row)
        if row.status == Signature.Status.CONFIRMED and row.position is None:
            row.position = _position_now(row)
        return _page(request, row, token, EditSignatureForm(initial=_initial(row)))


def _position_now(row: Signature) -> int | None:
    """The position, given at once where that holds up nobody; else within a second, by the worker.

    A GET that writes, but only what the next tick of the worker would: nobody can tell who asked.
    """
    try:
        fold_at_once(row.petition_id)
    except DatabaseError:
        logger.warning("A position is left to the worker.", exc_info=True)
    return Signature.objects.filter(pk=row.pk).values_list("position", flat=True).first()


def _act(request: HttpRequest, row: Signature, token: str) -> HttpResponse:
    """Do what the pressed button says, then show the page."""
    action = request.POST.get("action", "")
    if action == "withdraw":
        withdraw(row.pk)
        return HttpResponseRedirect(request.path)
    if action == "not_me":
        disown(row.pk)
        return HttpResponseRedirect(request.path)
    # Who has just been thanked goes on being thanked.
    saved = "?confirmed&saved" if "confirmed" in request.GET else "?saved"
    if action == "take_back" and row.status in _LIVE:
        Signature.objects.filter(pk=row.pk, status__in=_LIVE).update(consent=None)
        return HttpResponseRedirect(request.path + saved)
    if action == "follow" and row.status in _LIVE:
        if Signature.objects.filter(pk=row.pk, status__in=_LIVE).update(wants_updates=True):
            lift(row.email)
        return HttpResponseRedirect(request.path + saved)
    if action not in {"save", ""} or row.status not in _LIVE:
        return HttpResponseRedirect(request.path)
    form = EditSignatureForm(request.POST)
    if not form.is_valid():
        say_what_comes(row)
        return _page(request, row, token, form)
    changes = {name: form.cleaned_data[name] for name in _EDITABLE}
    if not _may_save(request, row, changes):
        form.add_error(None, _("This was changed very often within a short time."))
        form.add_error(
            None,
            _(
                "Wait 10 minutes, then press the button again. What you typed is kept, and you can"
                " hide your name at any time."
            ),
        )
        say_what_comes(row)
        response = _page(request, row, token, form, status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = "600"
        return response
    _save(row, changes)
    return HttpResponseRedirect(request.path + saved)


def _may_save(request: HttpRequest, row: Signature, changes: dict[str, Any]) -> bool:
    """Hiding is never refused. A change of what is shown takes the petition's pages out of memory,
    so fewer of them are allowed. Each signature has its own limits: no neighbour uses them up."""
    hidden = Signature.Display.HIDDEN
    if changes["display"] == hidden != row.display:
        return True
    is_shown = changes["display"] != hidden and _is_shown(row, changes)
    return allow(request, "change" if is_shown else "save", whose=str(row.pk))


def _is_shown(row: Signature, changes: dict[str, Any]) -> bool:
    """Whether the petition's pages would show what is new."""
    return row.status == Signature.Status.CONFIRMED and _differs(row, changes)


def _differs(row: Signature, changes: dict[str, Any]) -> bool:
    return any(changes[name] != getattr(row, name) for name in _SHOWN)


def _save(row: Signature, changes: dict[str, Any]) -> None:
    with transaction.atomic():
        # Guarded: a withdrawal in another window has erased the person, and it stays so.
        if not Signature.objects.filter(pk=row.pk, status__in=_LIVE).update(**changes):
            return
        if row.is_named and _differs(row, changes):
            recall(row.petition_id)
        if changes["wants_updates"]:
            lift(row.email)
        if changes["reason"] != row.reason:
            reasons.was_edited(row.pk)


def _page(
    request: HttpRequest,
    row: Signature,
    token: str,
    form: EditSignatureForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    petition = with_live_count(Petition.objects.select_related("organizer", "version")).get(
        pk=row.petition_id
    )
    is_shown = petition.is_published
    is_counted = row.status == Signature.Status.CONFIRMED
    not_me = "not-me" in request.GET
    can_help = is_counted and petition.is_open
    can_follow = is_counted and is_shown and not row.wants_updates
    can_have_number = is_counted and _fits_beside_count(row)
    context: dict[str, Any] = {
        "signature": row,
        "petition": petition,
        "is_shown": is_shown,
        "tally": Tally.of(petition),
        "token": token,
        "confirm_token": make(Purpose.CONFIRM, row.pk),
        "state": row.status,
        "show_position": can_have_number and row.position is not None,
        "awaits_position": can_have_number and row.position is None,
        "agreed": agreed(row, petition),
        "just_confirmed": "confirmed" in request.GET and _is_new(row),
        "saved": "saved" in request.GET,
        "not_me": not_me,
        "is_denied": not_me and row.status == Signature.Status.PENDING,
        "form": form,
        "can_help": can_help,
        "can_follow": can_follow,
        "stopped_all": can_follow and is_unsubscribed(row.email),
        "steps": list(petition.steps.all()) if can_help else [],
        "share": Share.of(petition, settings.SITE_URL + petition.get_absolute_url()),
    }
    return render(request, "supporters/signature.html", context, status=status)


def _is_new(row: Signature) -> bool:
    """Confirmed a moment ago: the address that says so may be opened again years later."""
    return row.confirmed_at is not None and timezone.now() - row.confirmed_at < THANKS


def _fits_beside_count(row: Signature) -> bool:
    """Whether "supporter number 12" can stand beside the count: not where others were counted
    without positions, since "number 12" would contradict "1,240 supporters"."""
    without = (CountAdjustment.Kind.PAPER, CountAdjustment.Kind.CARRIED_OVER)
    return not CountAdjustment.objects.filter(
        petition_id=row.petition_id, kind__in=without
    ).exists()


def _initial(row: Signature) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _EDITABLE}


def _download(row: Signature) -> HttpResponse:
    """Everything that is kept about this signature, for its signer."""
    names = (
        "given_name",
        "family_name",
        "email",
        "postal_code",
        "locality",
        "reason",
        "display",
        "wants_updates",
        "status",
        "position",
        "created_at",
        "confirmed_at",
        "ended_at",
        "language",
        "source",
    )
    data = {
        "petition": settings.SITE_URL + row.petition.get_absolute_url(),
        "title": row.petition.title if row.petition.is_public else "",
        "country": str(row.country),
        "reason_hidden": row.is_reason_hidden,  # type: ignore[attr-defined]  # annotated
        "agreed_to": row.consent.wording if row.consent else "",
        **{name: getattr(row, name) for name in names},
    }
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="signature.json"'
    return response
