"""Where django-allauth asks us: whom a request comes from, where to go, how mails leave."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.main import QRCode

from supporters.accounts import mails
from supporters.accounts.pages import too_many_requests
from supporters.client import client_address
from supporters.rate_limits import allow

# One answer for a name that nobody has, an address that nobody has, and a wrong password.
WRONG = _("The name or address and the password do not belong together.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off."),
        "cannot_remove_primary_email": _("The main address cannot be removed."),
        "duplicate_email": _("This address belongs to your account already."),
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "email_taken": _("Another account has this address."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right, or no longer."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link is not right, or no longer."),
        "invalid_password_reset": _("This link is not right, or no longer."),
        "max_email_addresses": _("An account has %d addresses at most."),
        "too_many_login_attempts": _("Too many tries failed. Wait five minutes, then try again."),
        "unverified_primary_email": _("Confirm this address before it can be the main one."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An account is made by whoever runs the site; nobody needs one to sign."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """PETITIONS_TRUSTED_PROXIES decides. Behind a socket there is no address: one for all."""
        address = client_address(request)
        try:
            validate_ipv46_address(address)
        except ValidationError:
            return "0.0.0.0"  # noqa: S104 - nothing listens there
        return address

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Also what one client may try at all: it is counted for all processes with REDIS_URL."""
        if not allow(request, "login"):
            raise ImmediateHttpResponse(too_many_requests(request))
        super().pre_authenticate(request, **credentials)

    def get_login_stages(self) -> list[str]:
        """Ours in place of the one that would wait for an address that there is not."""
        theirs = "allauth.account.stages.EmailVerificationStage"
        ours = "supporters.accounts.stages.VerifyAddress"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        staff = getattr(request.user, "is_staff", False)
        return reverse("admin:index" if staff else "account_home")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("account_home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        context = {**(context or {}), "user": user}
        super().send_notification_mail(template_prefix, user, context, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox: a mail server that is away must not keep anybody from logging in."""
        mails.put(template_prefix, email, context)

    def render_mail(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("Mails of accounts leave through the outbox alone.")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no longer."),
        "unverified_email": _(
            "Confirm your email addresses first, or remove those you do not use."
        ),
    }

    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def build_totp_svg(self, url: str) -> SafeString:
        """Without a style of its own, which the Content-Security-Policy would refuse."""
        code = QRCode()
        code.add_data(url)
        rows = code.get_matrix()  # with its quiet zone
        path = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
        )
        return format_html(
            '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">'
            '<path class="qr-ground" d="M0 0h{0}v{0}h-{0}z"/><path d="{2}"/></svg>',
            len(rows),
            gettext("A code to scan. What it says is written below."),
            path,
        )

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - theirs
        return gettext("My passkey")
