"""The forms of accounts: django-allauth's, in our words and without placeholders."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

ADDRESS = _("Email address")
PASSWORD = _("Password")
NEW, AGAIN = _("New password"), _("New password again")


class _Worded(forms.Form):
    """Mixed in before a form: its labels, and the hint of a password that is chosen."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.error_messages["required"] = format_lazy(
                _("Fill this in: {label}"), label=field.label
            )
            if name == "password1":  # the site's rules, a line of text and no list
                field.help_text = " ".join(password_validators_help_texts())
            if name == "code":
                field.widget.attrs["inputmode"] = "numeric"


class LoginForm(_Worded, account.LoginForm):
    labels = {
        "login": _("User name or email address"),
        "password": PASSWORD,
        "remember": _("Stay logged in on this device for two weeks"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class AddEmailForm(_Worded, account.AddEmailForm):
    labels = {"email": _("Another email address")}
    hints = {"email": _("It gets a mail with a link to confirm it.")}


class ResetPasswordForm(_Worded, account.ResetPasswordForm):
    labels = {"email": ADDRESS}


class ResetPasswordKeyForm(_Worded, account.ResetPasswordKeyForm):
    labels = {"password1": NEW, "password2": AGAIN}


class ChangePasswordForm(_Worded, account.ChangePasswordForm):
    labels = {"oldpassword": _("Present password"), "password1": NEW, "password2": AGAIN}


class SetPasswordForm(_Worded, account.SetPasswordForm):
    labels = {"password1": NEW, "password2": AGAIN}


class ReauthenticateForm(_Worded, account.ReauthenticateForm):
    labels = {"password": PASSWORD}


class CodeForm(_Worded, mfa.AuthenticateForm):
    labels = {"code": _("Code")}
    hints = {"code": _("From your authenticator app, or one of your recovery codes.")}


class CodeAgainForm(_Worded, mfa.ReauthenticateForm):
    labels, hints = CodeForm.labels, CodeForm.hints


class ActivateTOTPForm(_Worded, totp.ActivateTOTPForm):
    labels = {"code": _("The code that the app shows")}


@contextmanager
def _sound() -> Iterator[None]:
    """What is no credential at all gets the answer that a wrong one gets, not a 500."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class AddPasskeyForm(_Worded, webauthn.AddWebAuthnForm):
    labels = {
        "name": _("Name"),
        "passwordless": _("Log in with it alone, without the password"),
    }
    hints = {
        "name": _("To tell it from others: what it is kept in, for example."),
        "passwordless": _("The device then asks for a finger, a face or its own PIN."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True

    def clean(self) -> Any:
        with _sound():
            return super().clean()


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        with _sound():
            return super().clean_credential()


class PasskeyAgainForm(PasskeyForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class PasskeyLoginForm(PasskeyForm, webauthn.LoginWebAuthnForm):
    pass


class RenamePasskeyForm(_Worded, webauthn.EditWebAuthnForm):
    labels = {"name": _("Name")}
