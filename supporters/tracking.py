"""What a mail provider's webhook tells of bounces and complaints, where anymail is installed.

Connected in apps.py; the address of the webhooks is in config/urls.py.
"""

from typing import Any

from anymail.signals import EventType, RejectReason, tracking
from django.dispatch import receiver

from supporters.suppression import Why, suppress

# A mailbox that is full or a server that is away comes as "deferred", or without these reasons.
_NO_MAILBOX = frozenset({RejectReason.INVALID, RejectReason.BOUNCED})


@receiver(tracking, dispatch_uid="supporters.suppress_address")
def suppress_address(event: Any, **kwargs: Any) -> None:
    """Leave out from now on whose mailbox does not exist, or who complained."""
    why = _why(event.event_type, event.reject_reason)
    if why and event.recipient:
        suppress(event.recipient, why)


def _why(event_type: str, reject_reason: str | None) -> Why | None:
    if event_type == EventType.COMPLAINED:
        return Why.COMPLAINT
    if event_type == EventType.UNSUBSCRIBED:
        return Why.UNSUBSCRIBED  # by a link that the provider put into the mail
    if event_type not in {EventType.BOUNCED, EventType.REJECTED}:
        return None
    if reject_reason in _NO_MAILBOX:
        return Why.BOUNCE
    if reject_reason == RejectReason.SPAM:
        return Why.COMPLAINT
    return Why.UNSUBSCRIBED if reject_reason == RejectReason.UNSUBSCRIBED else None
