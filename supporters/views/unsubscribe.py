"""Stop the mail of one petition, or of all: by a person's press, or by a mail program at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from supporters import mailings
from supporters.caching import private
from supporters.models import Signature
from supporters.suppression import is_suppressed
from supporters.tokens import Purpose, make, read

from .token_pages import in_language_of, signature_for


@csrf_exempt  # RFC 8058: a mail program posts here, without cookie, login or redirect
@require_http_methods(["GET", "HEAD", "POST"])
@private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """`?all` shows the same page with the choice of all petitions first.

    What a mail program posts ends the news of this petition; `all` in the body, that of all.
    """
    row = signature_for(read(Purpose.UNSUBSCRIBE, token))
    if row is not None and request.method == "POST":
        if "all" in request.POST:
            mailings.unsubscribe_from_all(row.pk)
        else:
            mailings.unsubscribe(row.pk)
        row.wants_updates = False
    state = _state(row)
    context = {
        "signature": row,
        "petition": row.petition if row else None,
        "token": token,
        "signature_token": make(Purpose.SIGNATURE, row.pk) if row else "",
        "state": state,
        # After a press, what it did is said first.
        "all_first": "all" in request.GET and request.method != "POST" and state in {"ask", "done"},
    }
    with in_language_of(row):
        return render(request, "supporters/unsubscribe.html", context, status=200 if row else 404)


def _state(row: Signature | None) -> str:
    """The template's word for what there is to say."""
    if row is None:
        return "unknown"
    if row.status in {Signature.Status.WITHDRAWN, Signature.Status.REMOVED}:
        return "ended"
    if is_suppressed(row.email):
        return "all"
    return "ask" if row.wants_updates else "done"
