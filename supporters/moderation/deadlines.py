"""When what waits is due, and how that is said: in a word, which the page gives a colour too.

Reports and appeals have their moment written down (`due_at`); what organizers submit is due after
PETITIONS_REVIEW_DAYS, which is what they were promised.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# What is due within so long is shown as such: a moderator looks in at least every other day.
SOON = timedelta(days=2)
# A sweep that needs a second moderator: false signatures count meanwhile.
SWEEPS_WITHIN = timedelta(days=2)
# So long past its moment, an organizer whose petition is not read yet is told (late.py): with the
# usual five days, after a week.
TOLD_AFTER = timedelta(days=2)


class Age(models.TextChoices):
    NEW = "new", _("New")
    SOON = "soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")


def promised() -> timedelta:
    return timedelta(days=settings.PETITIONS_REVIEW_DAYS)


def late() -> timedelta:
    """Since it was submitted, until its organizer is told."""
    return promised() + TOLD_AFTER


def age(due: datetime, now: datetime) -> Age:
    if due <= now:
        return Age.OVERDUE
    return Age.SOON if due - now <= SOON else Age.NEW
