"""What django-allauth is told that is the same on every site: config/settings.py takes it over."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "supporters.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
# Also before an address is added: a new password can be had by it.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "supporters.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # periods of 30 s, for phones whose clock is wrong

_FORMS = "supporters.accounts.forms."

# Which form of ours stands for which of its own.
ACCOUNT_FORMS = {
    "login": _FORMS + "LoginForm",
    "add_email": _FORMS + "AddEmailForm",
    "change_password": _FORMS + "ChangePasswordForm",
    "set_password": _FORMS + "SetPasswordForm",
    "reset_password": _FORMS + "ResetPasswordForm",
    "reset_password_from_key": _FORMS + "ResetPasswordKeyForm",
    "reauthenticate": _FORMS + "ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": _FORMS + "CodeForm",
    "reauthenticate": _FORMS + "CodeAgainForm",
    "activate_totp": _FORMS + "ActivateTOTPForm",
    "add_webauthn": _FORMS + "AddPasskeyForm",
    "edit_webauthn": _FORMS + "RenamePasskeyForm",
    "authenticate_webauthn": _FORMS + "PasskeyForm",
    "reauthenticate_webauthn": _FORMS + "PasskeyAgainForm",
    "login_webauthn": _FORMS + "PasskeyLoginForm",
}

# By user name or address: five failures in five minutes. By client: ten a minute, and
# PETITIONS_LOGIN_RATE for what does not fail.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/10m/ip,3/h/key",
}
