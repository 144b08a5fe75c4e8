"""The admin of petitions and of all that is counted: what shows a number lives here."""

from .accounts import AuthenticatorAdmin
from .appeal import AppealAdmin
from .count_adjustment import CountAdjustmentAdmin
from .decision_reason import DecisionReasonAdmin
from .download import DownloadAdmin
from .fraud_lists import SuspicionAdmin, SweepAdmin
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
    "MailingAdmin",
    "OutgoingMailAdmin",
    "PageAdmin",
    "PetitionAdmin",
    "ReportAdmin",
    "SignatureAdmin",
    "SiteBlockAdmin",
    "SiteSwitchesAdmin",
    "SuppressedAddressAdmin",
    "SuspicionAdmin",
    "SweepAdmin",
]
