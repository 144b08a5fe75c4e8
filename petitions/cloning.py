"""A petition as a template: a new draft with the text of another."""

from django.db import transaction
from django.utils.translation import gettext

from petitions.models import ActionStep, Petition, PetitionTarget, User

_TITLE = 300
_TEXTS = ("summary", "body", "ask", "language", "goal")
_STEP = ("kind", "contact", "phone", "email", "link", "instruction", "script")


def clone(petition: Petition, *, by: User) -> Petition:
    """A draft of `by` with the text, the goal, topics, targets and steps; nothing that was signed,
    posted or decided, no picture, and nobody's name."""
    title = gettext("Copy of: %(title)s") % {"title": petition.title}
    with transaction.atomic():
        made = Petition(
            title=title[:_TITLE],
            organizer=by,
            **{name: getattr(petition, name) for name in _TEXTS},
        )
        made.changed_by = by
        made.save()
        made.topics.set(petition.topics.all())
        PetitionTarget.objects.bulk_create(
            PetitionTarget(petition=made, target_id=link.target_id, relation=link.relation)
            for link in petition.target_links.all()
        )
        ActionStep.objects.bulk_create(
            ActionStep(petition=made, **{name: getattr(step, name) for name in _STEP})
            for step in petition.steps.all()
        )
    return made
