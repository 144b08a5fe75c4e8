"""What moderators do on pages that organizers have, too: written down as acts of the staff."""

from typing import Any

from django.db.models import Model

from petitions.groups import may_moderate
from petitions.models import StaffAct


def record_of_moderator(
    user: Any, verb: StaffAct.Verb, subject: Model, *, petition_id: int, note: str = ""
) -> None:
    """In the transaction of the act. Whoever is no moderator acts for their own petition."""
    if may_moderate(user):
        StaffAct.record(by=user, verb=verb, subject=subject, petition_id=petition_id, note=note)
