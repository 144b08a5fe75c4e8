"""The admin of petitions and of all that is counted: what shows a number lives here."""

from .accounts import AuthenticatorAdmin, EmailAddressAdmin, GroupAdmin
from .appeal import AppealAdmin
from .count_adjustment import CountAdjustmentAdmin
from .decision_reason import DecisionReasonAdmin
from .download import DownloadAdmin
from .fraud_lists import SuspicionAdmin, SweepAdmin
from .history import ModerationEventAdmin, PetitionEventAdmin, StaffActAdmin
from .mailing import MailingAdmin
from .outgoing_mail import OutgoingMailAdmin
from .page import PageAdmin
from .petition import PetitionAdmin
from .report import ReportAdmin
from .signature import SignatureAdmin
from .site_block import SiteBlockAdmin
from .site_switches import SiteSwitchesAdmin
from .suppressed_address import SuppressedAddressAdmin

__all__ = [
    "AppealAdmin",
    "AuthenticatorAdmin",
    "CountAdjustmentAdmin",
    "DecisionReasonAdmin",
    "DownloadAdmin",
    "EmailAddressAdmin",
    "GroupAdmin",
    "MailingAdmin",
    "ModerationEventAdmin",
    "OutgoingMailAdmin",
    "PageAdmin",
    "PetitionAdmin",
    "PetitionEventAdmin",
    "ReportAdmin",
    "SignatureAdmin",
    "SiteBlockAdmin",
    "SiteSwitchesAdmin",
    "StaffActAdmin",
    "SuppressedAddressAdmin",
    "SuspicionAdmin",
    "SweepAdmin",
]
