"""The number that is shown: positions given and adjustments (on the petition) plus the tail."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from petitions.clock import Moment
from petitions.models import Petition
from supporters.models import Signature

_NEVER = datetime.min.replace(tzinfo=UTC)


def with_live_count(petitions: QuerySet[Petition]) -> QuerySet[Any]:
    """Annotate each petition with `live_count`, exact in the statement's own snapshot.

    And with `counted_at`, when that was: nothing that was confirmed before it is left out.
    """
    return petitions.annotate(live_count=F("supporter_count") + _tail_size(), counted_at=Moment())


def live_count(petition_id: int) -> int:
    """The number of supporters now, in one statement. Petition.DoesNotExist if there is none."""
    return int(
        with_live_count(Petition.objects.all())
        .values_list("live_count", flat=True)
        .get(pk=petition_id)
    )


def with_newest_confirmation(petitions: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate with `newest_confirmed_at`: of the newest counted confirmation, or None.

    Looks at the tail, then at the last position given to one that still counts; both are a short
    step into an index.
    """
    counted = Signature.objects.filter(petition=OuterRef("pk"))
    annotated: QuerySet[Any] = petitions.annotate(
        newest_confirmed_at=Coalesce(
            Subquery(
                counted.tail()
                .order_by()
                .values("petition")
                .annotate(newest=Max("confirmed_at"))
                .values("newest")
            ),
            Subquery(
                counted.confirmed()
                .filter(position__isnull=False)
                .order_by("-position")
                .values("confirmed_at")[:1]
            ),
        )
    )
    return annotated


def _tail_size() -> Coalesce:
    tail = (
        Signature.objects.filter(petition=OuterRef("pk"))
        .tail()
        .order_by()
        .values("petition")
        .annotate(size=Count("pk"))
        .values("size")
    )
    return Coalesce(Subquery(tail), 0, output_field=IntegerField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The number and what a page says around it."""

    count: int
    goal: int | None
    is_open: bool
    as_of: datetime

    @classmethod
    def of(cls, petition: Petition) -> "Tally":
        """From a petition that with_live_count() has annotated."""
        return cls(
            count=petition.live_count,  # type: ignore[attr-defined]  # annotated
            goal=petition.goal,
            is_open=petition.is_open,
            as_of=petition.counted_at,  # type: ignore[attr-defined]  # annotated
        )

    @property
    def without_time(self) -> "Tally":
        """For what does not say when: equal as long as the number is."""
        return replace(self, as_of=_NEVER)

    @property
    def digits(self) -> int:
        return len(str(self.count))

    @property
    def reached(self) -> bool:
        return self.goal is not None and self.count >= self.goal

    @property
    def to_go(self) -> int:
        return max((self.goal or 0) - self.count, 0)

    @property
    def progress(self) -> int:
        """What the progress element's value is: the count, at most the goal."""
        return min(self.count, self.goal or 0)
