"""What is written once: rows that tell what happened."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads and adds. Django's own cascades go round it: a draft takes its events along."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("What happened is never changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("What happened is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("What happened is never removed.")


class AppendOnly(models.Model):
    """Mixed into models whose rows are never changed or removed."""

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What happened is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("What happened is never removed.")
