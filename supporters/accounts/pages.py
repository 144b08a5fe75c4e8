"""The account's own page, and what all pages of accounts have in common."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

PREFIX = "/accounts/"


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to change, and how the account is guarded."""
    user: Any = request.user
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "address": EmailAddress.objects.get_primary(user) or user.email,
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
    }
    return render(request, "accounts/home.html", context)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Handler of 429: whoever tried too often may come back later."""
    response = render(request, "accounts/too_many.html", status=429)
    response["Retry-After"] = "600"
    return response


class AccountPages:
    """Middleware: no copy of these pages is kept, no search engine lists them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(PREFIX):
            response["Cache-Control"] = "no-store, private"
            response["X-Robots-Tag"] = "noindex"
        return response

    def process_template_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """allauth's own `site`, which knows only the host, would hide ours."""
        context = getattr(response, "context_data", None)
        if request.path_info.startswith(PREFIX) and context:
            context.pop("site", None)
        return response
