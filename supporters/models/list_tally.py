from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Topic


class ListTally(models.Model):
    """How many petitions a choice in the list holds, as the worker counted them a moment ago.

    Only where there are so many that counting them takes a reader's time (supporters/tallies.py).
    `kind` is a key of browse.STATUSES; without a topic, all petitions of that kind are meant.
    """

    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10, blank=True)
    number = models.PositiveIntegerField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tally of a list")
        verbose_name_plural = _("tallies of lists")

    def __str__(self) -> str:
        return f"{self.topic_id or ''} {self.kind} {self.number}"
