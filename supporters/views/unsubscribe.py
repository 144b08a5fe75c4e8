"""Stop the mail of one petition: asked for by a person's press, or by a mail program at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from supporters.caching import private
from supporters.mailings import unsubscribe as stop
from supporters.models import Signature
from supporters.tokens import Purpose, make, read

from .token_pages import in_language_of, signature_for


@csrf_exempt  # RFC 8058: a mail program posts here, without cookie, login or redirect
@require_http_methods(["GET", "HEAD", "POST"])
@private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    row = signature_for(read(Purpose.UNSUBSCRIBE, token))
    if row is not None and request.method == "POST":
        stop(row.pk)
        row.wants_updates = False
    context = {
        "signature": row,
        "petition": row.petition if row else None,
        "token": token,
        "signature_token": make(Purpose.SIGNATURE, row.pk) if row else "",
        "state": _state(row),
    }
    with in_language_of(row):
        return render(request, "supporters/unsubscribe.html", context, status=200 if row else 404)


def _state(row: Signature | None) -> str:
    """The template's word for what there is to say."""
    if row is None:
        return "unknown"
    if row.status in {Signature.Status.WITHDRAWN, Signature.Status.REMOVED}:
        return "ended"
    return "ask" if row.wants_updates else "done"
