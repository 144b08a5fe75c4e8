"""What the public does: signatures and what follows from them."""

from .blocked_address import BlockedAddress
from .consent import Consent
from .count_adjustment import CountAdjustment
from .download import Download
from .growth import GrowthFigures, MilestoneReached
from .hourly_count import HourlyCount
from .late_review import LateReview
from .list_tally import ListTally
from .mailing import Mailing
from .monthly_figures import MonthlyFigures
from .outgoing_mail import OutgoingMail
from .page_recall import PageRecall
from .reason_choice import ReasonChoice
from .report import Report
from .signature import Signature
from .site_block import SiteBlock
from .site_switches import Notice, SiteSwitches
from .suppressed_address import SuppressedAddress
from .suspicion import Suspicion, Watch
from .sweep import Sweep, SweptSignature

__all__ = [
    "BlockedAddress",
    "Consent",
    "CountAdjustment",
    "Download",
    "GrowthFigures",
    "HourlyCount",
    "LateReview",
    "ListTally",
    "Mailing",
    "MilestoneReached",
    "MonthlyFigures",
    "Notice",
    "OutgoingMail",
    "PageRecall",
    "ReasonChoice",
    "Report",
    "Signature",
    "SiteBlock",
    "SiteSwitches",
    "SuppressedAddress",
    "Suspicion",
    "Sweep",
    "SweptSignature",
    "Watch",
]
