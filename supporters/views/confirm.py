"""The page that a confirmation mail leads to. Only a person's press of its button counts."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from supporters import metrics
from supporters.caching import private
from supporters.confirming import Answer, can_be_confirmed, confirm
from supporters.models import Signature
from supporters.tokens import Purpose, make, read

from .petition_lookup import said_of_hidden
from .token_pages import in_language_of, say_what_comes, signature_for


@csrf_exempt  # the token is its own authority, and there is no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@private
def confirm_signature(request: HttpRequest, token: str) -> HttpResponse:
    signature_id = read(Purpose.CONFIRM, token)
    if request.method != "POST":
        return _page(request, token, signature_for(signature_id))
    answer = confirm(signature_id) if signature_id else Answer.UNKNOWN
    metrics.confirmations.labels(answer.value).inc()
    if answer in {Answer.CONFIRMED, Answer.BEFORE, Answer.ENDED}:
        address = reverse("signature", args=[make(Purpose.SIGNATURE, signature_id or 0)])
        just = answer in {Answer.CONFIRMED, Answer.BEFORE}
        return HttpResponseRedirect(f"{address}?{answer}" if just else address)
    return _page(request, token, signature_for(signature_id))


def _page(request: HttpRequest, token: str, signature: Signature | None) -> HttpResponse:
    """What there is to say before the press, or instead of it. Changes nothing."""
    state, status = _state(signature)
    if signature and state == "pending":
        say_what_comes(signature)
    context: dict[str, Any] = {
        "signature": signature,
        "petition": signature.petition if signature else None,
        "token": token,
        "signature_token": make(Purpose.SIGNATURE, signature.pk) if signature else "",
        "state": state,
        "days": settings.PETITIONS_UNCONFIRMED_DAYS,
    }
    with in_language_of(signature):
        if signature and state == "gone":
            context["said"] = said_of_hidden(signature.petition_id)
        return render(request, "supporters/confirm.html", context, status=status)


def _state(signature: Signature | None) -> tuple[str, int]:
    """The template's word for it, and the status of the answer."""
    if signature is None:
        return "unknown", 404
    if signature.status in {Signature.Status.WITHDRAWN, Signature.Status.REMOVED}:
        return signature.status, 410
    if not signature.petition.is_published:
        return "gone", 410
    if signature.status == Signature.Status.CONFIRMED:
        return "confirmed", 200
    return ("pending", 200) if can_be_confirmed(signature) else ("closed", 409)
