"""Turning the site's switches, from the admin or the command line."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from supporters.models import Notice, SiteSwitches

logger = logging.getLogger(__name__)


def turn(
    *, by: str, texts: Mapping[str, str] | None = None, **values: bool | int
) -> SiteSwitches | None:
    """Set what is named and nothing else; `texts` are language → message while signing is paused.

    Returns the row, or None when nothing was named. `by` is who did it: a user's name, or what
    stands for it. Raises what the database says of values that it does not take.
    """
    if not (values or texts):
        return None
    with transaction.atomic():
        SiteSwitches.objects.get_or_create(pk=1)
        row = SiteSwitches.objects.select_for_update(no_key=True).get(pk=1)
        for name, value in {**values, "changed_at": timezone.now(), "changed_by": by}.items():
            setattr(row, name, value)
        row.save(update_fields=[*values, "changed_at", "changed_by"])
        for language, text in (texts or {}).items():
            _say(language, text.strip())
    said = ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))
    logger.warning("Switched by %s: %s", by, said or "the message of paused signing")
    return row


def _say(language: str, text: str) -> None:
    found: dict[str, Any] = {"place": Notice.Place.SIGNING, "language": language}
    if text:
        Notice.objects.update_or_create(**found, defaults={"text": text})
    else:
        Notice.objects.filter(**found).delete()
