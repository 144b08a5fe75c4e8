"""Moderators act with a second factor only, where the site asks for one (PETITIONS_SECOND_FACTOR),
and so does whoever else may do more than organizers in the admin, by groups of the site's own.

Without an authenticator app or a passkey they read, and whatever they post in the admin leads them
to where they set one up, and back afterwards. Whoever has one is asked for it at each log-in, and
setting it up ends the sessions begun before (receivers.py), so nothing else has to be looked at
here. Organizers are not asked: what they may do is their own.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from petitions.groups import may_do_more_than_organize

# Recovery codes alone are none: they stand in for one that was lost.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_BACK = "second_factor_back"  # in the session: where somebody wanted to act


def is_missing(user: Any) -> bool:
    """Whether this user may not act in the admin yet."""
    if not settings.PETITIONS_SECOND_FACTOR or not may_do_more_than_organize(user):
        return False
    return not Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def lead_there(request: HttpRequest) -> HttpResponse:
    """In the place of the act that was asked for."""
    request.session[_BACK] = request.get_full_path()
    messages.error(
        request,
        _(
            "Nothing was done yet: moderators act with a second factor only. Set up an "
            "authenticator app or a passkey here, then go on where you were."
        ),
    )
    return HttpResponseRedirect(reverse("mfa_index"))


def lead_back(request: HttpRequest, authenticator: Authenticator) -> None:
    """Say where to go on, to who was led here or may act from now on."""
    if authenticator.type not in FACTORS or not may_do_more_than_organize(authenticator.user):
        return
    back = request.session.pop(_BACK, None) or reverse("admin:index")
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("You can act as a moderator now."),
            back,
            _("Go on where you were"),
        ),
    )
