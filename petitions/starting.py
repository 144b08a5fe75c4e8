"""A draft that was confirmed becomes a petition that waits for its moderators."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from petitions import search
from petitions.models import ActionStep, Petition, PetitionDraft, PetitionTarget, Target, User
from petitions.models.moderation_event import ModerationEvent
from petitions.slugs import candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTarget:
    """As typed: one that is known here by this name, or a new one."""

    name: str
    role: str = ""

    def find(self, *, openly: bool = False) -> Target | None:
        """The known one with the same words in its name; the oldest, should there be two.

        `openly`: of those alone that readers know, since others may stand in somebody's draft.
        """
        words = "".join(f" {word}" for word in search.words(self.name))
        known = Target.objects.with_page() if openly else Target.objects.all()
        return known.filter(words=words).order_by("pk").first() if words else None

    def unsaved(self) -> Target:
        return Target(name=self.name, role=self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a petition is made of, checked. `steps` are the fields of ActionStep, by name."""

    title: str
    summary: str = ""
    body: str
    ask: str
    targets: Sequence[NamedTarget] = ()
    steps: Sequence[dict[str, Any]] = field(default=())
    picture_alt: str = ""
    goal: int | None = None
    closes_at: datetime | None = None
    organizer_name: str
    on_behalf_of: str = ""

    def unsaved(self, *, language: str) -> Petition:
        return Petition(
            title=self.title,
            summary=self.summary,
            body=self.body,
            ask=self.ask,
            language=language,
            picture_alt=self.picture_alt,
            goal=self.goal,
            closes_at=self.closes_at,
            organizer_name=self.organizer_name,
            on_behalf_of=self.on_behalf_of,
        )


def submit(draft: PetitionDraft, case: Case, *, organizer: User) -> ModerationEvent:
    """Make the petition and hand it in. Call it in a transaction that has the draft's row locked.

    Raises NotReady as Petition.submit() does.
    """
    petition = case.unsaved(language=draft.language)
    petition.organizer, petition.changed_by = organizer, organizer
    if case.organizer_name == organizer.get_full_name():
        petition.organizer_name = ""
    petition.save()
    seen = set()
    for named in case.targets:
        target = named.find() or _add(named)
        if target.pk not in seen:
            seen.add(target.pk)
            PetitionTarget.objects.create(petition=petition, target=target)
    ActionStep.objects.bulk_create(ActionStep(petition=petition, **step) for step in case.steps)
    draft.hand_over(petition)
    return petition.submit(by=organizer)


def _add(named: NamedTarget) -> Target:
    target = named.unsaved()
    for slug in candidates(named.name):
        target.slug = slug
        try:
            with transaction.atomic():
                target.save(force_insert=True)
        except IntegrityError:
            if not Target.objects.filter(slug=slug).exists():
                raise
            continue
        break
    return target
