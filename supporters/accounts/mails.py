"""The mails of accounts: what each is about goes into the outbox, the words come when it is sent.

No secret waits in the outbox: links to confirm and to choose a password are made when the mail
is sent, and last from then on.
"""

from typing import Any

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from petitions.models import User
from supporters.addresses import InvalidAddress, check_address
from supporters.models import OutgoingMail

CONFIRM, RESET, UNKNOWN, CHANGE = "confirm", "reset", "unknown", "change"
_LETTERS = {
    "email_confirmation": CONFIRM,
    "email_confirmation_signup": CONFIRM,
    "password_reset_key": RESET,
    "unknown_account": UNKNOWN,
}
# Of what allauth knows about a change, what the mail says.
_TOLD = ("deleted_email", "from_email", "to_email")


def put(template_prefix: str, recipient: str, context: dict[str, Any]) -> None:
    """Queue a mail that allauth names by its template; none to what is no address."""
    what = template_prefix.rpartition("/")[2]
    letter = _LETTERS.get(what, CHANGE)
    try:
        recipient = check_address(recipient)
    except InvalidAddress:
        return
    payload: dict[str, Any] = {"letter": letter, "language": translation.get_language()}
    if user := context.get("user"):
        payload["user"] = user.pk
    if letter == CHANGE:
        payload["what"] = what
        payload["at"] = timezone.now().isoformat()
        payload |= {name: str(context[name]) for name in _TOLD if context.get(name)}
    OutgoingMail.objects.create(
        kind=OutgoingMail.Kind.ACCOUNT,
        recipient=recipient,
        payload=payload,
        not_before=Now(),
    )


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what it is filled with, or None when nothing is to be said.

    Call it in the language of the mail.
    """
    payload = mail.payload
    name = payload.get("letter", "")
    user = User.objects.filter(pk=payload.get("user"), is_active=True).first()
    context: dict[str, Any] = {"recipient": mail.recipient}
    if name != UNKNOWN:
        if user is None:
            return None
        context |= {"name": user.first_name}
    if name == CONFIRM:
        address = EmailAddress.objects.filter(
            user=user, email__iexact=mail.recipient, verified=False
        ).first()
        if address is None:
            return None
        context["days"] = app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS
        context["confirm_url"] = _url("account_confirm_email", EmailConfirmationHMAC(address).key)
    elif name == RESET:
        key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        context["days"] = settings.PASSWORD_RESET_TIMEOUT // 86_400
        context["reset_url"] = _url(
            "account_reset_password_from_key", user_pk_to_url_str(user), key
        )
    elif name == CHANGE:
        context |= {told: payload.get(told, "") for told in _TOLD}
        context["what"] = payload.get("what", "")
        context["at"] = parse_datetime(payload.get("at", "")) or mail.created_at
        context["reset_url"] = _url("account_reset_password")
    return name, context


def _url(name: str, *arguments: str) -> str:
    return settings.SITE_URL + reverse(name, args=arguments)
