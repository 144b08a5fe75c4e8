"""Turning the site's switches, from the admin or the command line."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from petitions.models import StaffAct
from supporters.models import Notice, SiteSwitches

logger = logging.getLogger(__name__)


Place = Notice.Place
SCHEDULED = ("signing", "starting", "banner")  # each with a _from and an _until


def turn(
    *,
    by: str,
    user: Any = None,
    texts: Mapping[str, str] | None = None,
    starting_texts: Mapping[str, str] | None = None,
    banner_texts: Mapping[str, str] | None = None,
    **values: bool | int | datetime | None,
) -> SiteSwitches | None:
    """Set what is named and nothing else. Texts are by language: `texts` while signing is paused,
    `starting_texts` while starting is, `banner_texts` above every page.

    Returns the row, or None when nothing was named. `by` is who did it: a user's name, or what
    stands for it; `user` the account, if there is one. Raises what the database says of values
    that it does not take.
    """
    said = {Place.SIGNING: texts, Place.STARTING: starting_texts, Place.BANNER: banner_texts}
    if not (values or any(said.values())):
        return None
    with transaction.atomic():
        SiteSwitches.objects.get_or_create(pk=1)
        row = SiteSwitches.objects.select_for_update(no_key=True).get(pk=1)
        for name, value in {**values, "changed_at": timezone.now(), "changed_by": by}.items():
            setattr(row, name, value)
        row.save(update_fields=[*values, "changed_at", "changed_by"])
        for place, of_place in said.items():
            for language, text in (of_place or {}).items():
                _say(place, language, text.strip())
        told = [f"{name} = {value}" for name, value in sorted(values.items())]
        told += [f"the text {place.value}" for place, of_place in said.items() if of_place]
        note = "; ".join(map(str, told))
        StaffAct.record(
            by=user, verb=StaffAct.Verb.TURNED, subject=row, note=note if user else f"{by}: {note}"
        )
    logger.warning("Switched by %s: %s", by, note)
    return row


def _say(place: Notice.Place, language: str, text: str) -> None:
    found: dict[str, Any] = {"place": place, "language": language}
    if text:
        Notice.objects.update_or_create(**found, defaults={"text": text})
    else:
        Notice.objects.filter(**found).delete()
