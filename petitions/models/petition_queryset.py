"""Which petitions: the questions that lists, pages and the worker ask."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from petitions.clock import Moment
from petitions.locks import bound_waiting
from petitions.states import PUBLIC, Outcome, Status

from .moderation_event import ModerationEvent
from .target import PetitionTarget
from .team_member import TeamMember

if TYPE_CHECKING:
    from .petition import Petition  # noqa: F401 — named in the class below

NEARLY = 80  # percent of the goal
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PetitionQuerySet(models.QuerySet["Petition"]):
    def public(self) -> Self:
        """Open, closed and rejected: what a stranger may read."""
        return self.filter(status__in=PUBLIC)

    def published(self) -> Self:
        """Open or closed: what was opened for signing and is not hidden."""
        return self.filter(status__in=(Status.OPEN, Status.CLOSED))

    def open(self) -> Self:
        """Can be signed now: a closing date in the past ends it, worker or not."""
        return self.filter(self._not_due(), status=Status.OPEN)

    def closed(self) -> Self:
        return self.filter(Q(status=Status.CLOSED) | (Q(status=Status.OPEN) & ~self._not_due()))

    def victories(self) -> Self:
        return self.filter(status=Status.CLOSED, outcome=Outcome.VICTORY)

    def with_goal_near(self) -> Self:
        """Open, and nearly at their goal, the nearest first; as of the worker's last minute."""
        return (
            self.open().filter(progress__gte=NEARLY, progress__lt=100).order_by("-progress", "-id")
        )

    def featured(self) -> Self:
        """Open, and chosen by a moderator for the first page; the last chosen first."""
        # A range, where IS NOT NULL would leave SQLite to guess that most are.
        return self.open().filter(featured_at__gt=_EPOCH).order_by("-featured_at", "-id")

    def feature(self) -> int:
        """Choose them for the first page. Returns how many were not chosen before."""
        return self.open().filter(featured_at=None).update(featured_at=timezone.now())

    def unfeature(self) -> int:
        return self.filter(featured_at__isnull=False).update(featured_at=None)

    def lock(self) -> Self:
        """The rows, locked until the transaction ends; the wait for them is bounded (locks.py).

        NO KEY, or inserts of signatures, which refer to the row, would wait too.
        """
        bound_waiting()
        return self.select_for_update(no_key=True)

    def addressed_to(self, target: Any) -> Self:
        links = PetitionTarget.objects.addressed().filter(target=target)
        return self.filter(pk__in=links.order_by().values("petition"))

    def due_to_close(self) -> Self:
        return self.filter(status=Status.OPEN, closes_at__lte=Moment())

    def rejected_for(self, code: str) -> Self:
        """Those that stand rejected, the last time for this reason."""
        events = ModerationEvent.objects.filter(petition=OuterRef("pk"), to_status=Status.REJECTED)
        last = Subquery(events.order_by("-id").values("reason")[:1])
        return self.filter(status=Status.REJECTED).annotate(why=last).filter(why=code)

    def with_picture(self, name: str) -> Self:
        """Those that show the picture of this name, in whatever state: one, or none."""
        return self.filter(~Q(picture=""), picture=name)

    def of_team(self, user: Any) -> Self:
        """Those that this user organizes, and those whose team they are in."""
        own = self.model._default_manager.filter(organizer=user)  # noqa: SLF001
        teams = TeamMember.objects.filter(user=user)
        # Two small lists by their indexes, where OR would walk along all petitions.
        ids = own.order_by().values("pk").union(teams.order_by().values("petition"))
        return self.filter(pk__in=ids)

    def openly_by(self, user: Any) -> Self:
        """Published under the account's own name: what the organizer's page may show.

        One that shows another name is left out, or the page would tell who is behind it.
        """
        name = user.get_full_name()
        if not name:
            return self.none()
        return self.published().filter(organizer=user, organizer_name__in=("", name))

    @staticmethod
    def _not_due() -> Q:
        return Q(closes_at=None) | Q(closes_at__gt=timezone.now())
