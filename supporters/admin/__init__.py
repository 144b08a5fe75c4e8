"""The admin of petitions and of all that is counted: what shows a number lives here."""

from .count_adjustment import CountAdjustmentAdmin
from .mailing import MailingAdmin
from .outgoing_mail import OutgoingMailAdmin
from .page import PageAdmin
from .petition import PetitionAdmin
from .signature import SignatureAdmin

__all__ = [
    "CountAdjustmentAdmin",
    "MailingAdmin",
    "OutgoingMailAdmin",
    "PageAdmin",
    "PetitionAdmin",
    "SignatureAdmin",
]
