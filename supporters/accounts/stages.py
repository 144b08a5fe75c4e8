"""What stands between the right password and being logged in."""

from typing import Any

from allauth.account.stages import EmailVerificationStage


class VerifyAddress(EmailVerificationStage):
    """An unconfirmed address has to be confirmed. An account without any is let in.

    Whoever made it (createsuperuser takes an empty address) could never log in otherwise; the
    account's page asks for one.
    """

    def handle(self) -> Any:
        user = self.login.user
        if user is not None and not user.email and not user.emailaddress_set.exists():
            return None, True
        return super().handle()
