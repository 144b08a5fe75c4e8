"""Only for who has proved a moment ago whose account it is: the password once more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Accounts begin without one (supporters/accounts/organizers.py), and allauth asks those nothing.
_NO_PASSWORD = _(
    "This is done after the password was typed once more, and your account has none yet. Choose one"
    " by a link that we mail to you, then come back."
)


def asked_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whether this user may is for the caller to ask before."""
    fresh: Callable[..., HttpResponse] = reauthentication_required(view)

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _can_be_asked(request.user):
            messages.warning(request, _NO_PASSWORD)
            return HttpResponseRedirect(reverse("account_reset_password"))
        return fresh(request, *args, **kwargs)

    return wrapper


def _can_be_asked(user: Any) -> bool:
    """Whether the account has anything that proves once more whose it is."""
    return bool(user.has_usable_password() or is_mfa_enabled(user))
