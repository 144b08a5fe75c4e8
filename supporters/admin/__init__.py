"""The admin of petitions and of all that is counted: what shows a number lives here."""

from .accounts import AuthenticatorAdmin, EmailAddressAdmin, GroupAdmin
from .count_adjustment import CountAdjustmentAdmin
from .download import DownloadAdmin
from .history import ModerationEventAdmin, PetitionEventAdmin, StaffActAdmin
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
    "EmailAddressAdmin",
    "GroupAdmin",
    "MailingAdmin",
    "ModerationEventAdmin",
    "OutgoingMailAdmin",
    "PageAdmin",
    "PetitionAdmin",
    "PetitionEventAdmin",
    "SignatureAdmin",
    "SiteSwitchesAdmin",
    "StaffActAdmin",
    "SuppressedAddressAdmin",
]
