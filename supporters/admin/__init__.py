"""The admin of petitions and of all that is counted: what shows a number lives here."""

from .accounts import AuthenticatorAdmin
from .count_adjustment import CountAdjustmentAdmin
from .download import DownloadAdmin
from .mailing import MailingAdmin
from .outgoing_mail import OutgoingMailAdmin
from .page import PageAdmin
from .petition import PetitionAdmin
from .signature import SignatureAdmin
from .site_switches import SiteSwitchesAdmin
from .suppressed_address import SuppressedAddressAdmin

__all__ = [
    "AuthenticatorAdmin",
    "CountAdjustmentAdmin",
    "DownloadAdmin",
    "MailingAdmin",
    "OutgoingMailAdmin",
    "PageAdmin",
    "PetitionAdmin",
    "SignatureAdmin",
    "SiteSwitchesAdmin",
    "SuppressedAddressAdmin",
]
