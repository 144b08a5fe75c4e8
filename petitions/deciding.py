"""What is decided once: by when, and what is said to who came too late."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

APPEALS_WITHIN = timedelta(days=14)

TOO_LATE_AS_SHOWN = _("Somebody else got there first: it is as you see now.")
TOO_LATE = _("Somebody else got there first: it is now “%(status)s”. Nothing was changed.")


class AlreadyDecided(Exception):
    """Somebody else got there first. `state` is what it is now."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)
