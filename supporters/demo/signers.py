"""The demo's supporters: who signed, when, and why."""

import datetime as dt
import random
from collections import Counter
from dataclasses import asdict
from typing import Any

from petitions.models import Petition
from supporters import sources
from supporters.addresses import email_key
from supporters.demo.content import People, Story
from supporters.fold import fold
from supporters.models import HourlyCount, Signature
from supporters.signing import Signer, sign
from supporters.withdrawing import withdraw

DAY = dt.timedelta(days=1)
NEWEST = dt.timedelta(minutes=4)  # how long ago the last one confirmed

# Of a hundred signers, how many choose what.
_DISPLAYS = {
    Signature.Display.INITIAL: 60,
    Signature.Display.FULL: 30,
    Signature.Display.HIDDEN: 10,
}
_WANT_UPDATES = 12
_AREAS = {7: "EM", 8: "EM", 9: "FN"}  # by the postcode's district; most live in the Vale
_SOURCES = {
    "": 55,
    sources.WHATSAPP: 18,
    sources.COPIED: 9,
    sources.MAIL: 8,
    "leaflet": 6,
    sources.X: 4,
}


def gather(
    petition: Petition, story: Story, people: People, *, start: dt.datetime, end: dt.datetime
) -> None:
    """Let the story's supporters sign an open petition between `start` and `end`, and fold them.

    The organizer's signature, which opening the petition made, is moved to `start`. Those who
    confirmed are stored as they are afterwards: one by one they took most of the demo's start.
    """
    # Not for secrets: every demo shall look the same.
    chance = random.Random(story.slug)  # noqa: S311
    counted = story.supporters + story.withdrawn
    chosen = chance.sample(range(len(people)), counted + story.pending)
    reasons = _reasons(story, counted)
    times = _times(chance, counted, story.recent, start, end)
    Signature.objects.bulk_create(
        Signature(
            petition=petition,
            version=petition.version,
            status=Signature.Status.CONFIRMED,
            confirmed_at=confirmed_at,
            created_at=confirmed_at - NEWEST / 2,
            mails_asked=1,
            **_kept(_signer(chance, people, chosen[n], reasons.get(n, ""), story.language)),
        )
        for n, confirmed_at in enumerate(times)
    )
    for person in chosen[counted:]:
        sign(petition.pk, _signer(chance, people, person, "", story.language))
    Signature.objects.filter(petition=petition, is_organizer=True).update(
        created_at=start, confirmed_at=start
    )
    fold(petition.pk)
    _note_hours(petition)
    _withdraw(petition, story.withdrawn)


def _signer(
    chance: random.Random, people: People, person: int, reason: str, language: str
) -> Signer:
    given, family = people.name(person)
    [display] = chance.choices(list(_DISPLAYS), list(_DISPLAYS.values()))
    if reason and display == Signature.Display.HIDDEN:  # nobody would read it
        display = Signature.Display.INITIAL
    [source] = chance.choices(list(_SOURCES), list(_SOURCES.values()))
    district = chance.randint(1, 9)
    postal_code = f"{_AREAS.get(district, 'MV')}{district} {chance.randint(1, 9)}QT"
    return Signer(
        given_name=given,
        family_name=family,
        email=people.email(person),
        email_key=email_key(people.email(person)),
        country=people.country,
        postal_code=postal_code if people.country == "GB" else "",
        reason=reason,
        display=display,
        wants_updates=chance.random() * 100 < _WANT_UPDATES,
        language=language,
        source=source,
    )


def _kept(signer: Signer) -> dict[str, Any]:
    """What of a signer is stored; they signed from nowhere."""
    typed = asdict(signer)
    del typed["asked_from"], typed["network"]
    return typed


def _reasons(story: Story, counted: int) -> dict[int, str]:
    """Which signer gives which reason: evenly among them, the first one last."""
    newest_first = enumerate(reversed(story.reasons), start=1)
    return {n * counted // (len(story.reasons) + 1): reason for n, reason in newest_first}


def _times(
    chance: random.Random, counted: int, recent: int, start: dt.datetime, end: dt.datetime
) -> list[dt.datetime]:
    """When they confirmed, in order: many at first, then fewer, and `recent` in the last day."""
    before = end - (DAY if recent else NEWEST)
    early = [start + (before - start) * chance.random() ** 2 for _ in range(counted - recent)]
    late = [end - NEWEST - (DAY - 2 * NEWEST) * chance.random() for _ in range(recent)]
    if recent:
        late[-1] = end - NEWEST
    return sorted(early + late)


def _note_hours(petition: Petition) -> None:
    """The fold noted this hour for all; note the hours in which they confirmed."""
    rows = Signature.objects.filter(petition=petition, position__isnull=False)
    hours = Counter(
        at.replace(minute=0, second=0, microsecond=0)
        for at in rows.values_list("confirmed_at", flat=True)
        if at
    )
    HourlyCount.objects.filter(petition=petition).delete()
    HourlyCount.objects.bulk_create(
        HourlyCount(petition=petition, hour=hour, quantity=quantity)
        for hour, quantity in hours.items()
    )


def _withdraw(petition: Petition, quantity: int) -> None:
    """Some think better of it: early ones, whose reasons nobody will miss."""
    others = Signature.objects.confirmed().filter(petition=petition, is_organizer=False, reason="")
    for signature in others.order_by("position")[: quantity * 5 : 5]:
        withdraw(signature.pk)
