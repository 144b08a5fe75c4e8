"""What the groups of petitions.groups may do with signatures, adjustments and mails.

Organizers get nothing here: who signed is not theirs to see.
"""

from typing import Any

from django.apps import AppConfig

from petitions.groups import MODERATORS, grant

_MODERATOR_MAY = (
    "view_signature", "confirm_signature", "remove_signature", "unsubscribe_signature",
    "erase_signature", "export_signature",
    "view_countadjustment", "add_countadjustment",
    "view_outgoingmail", "change_outgoingmail",
    "view_mailing",
    "view_suppressedaddress", "delete_suppressedaddress",
    "view_download",
    "view_sweep", "view_suspicion",
    "view_siteblock", "add_siteblock", "delete_siteblock",
    "view_siteswitches", "change_siteswitches",
    "view_report", "change_report",
)  # fmt: skip


def add_permissions(app_config: AppConfig, **kwargs: Any) -> None:
    """Receiver of post_migrate."""
    grant(MODERATORS, _MODERATOR_MAY, app_config, **kwargs)
