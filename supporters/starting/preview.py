"""The page that a draft would be, for who was given the link to it. Nothing is stored for it."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator

from petitions.models import ActionStep, Petition, PetitionDraft, PetitionVersion
from petitions.models.version import values_of
from petitions.starting import NamedTarget

from .repeated import StepsStage, TargetsStage
from .stages import NAMES, form_of

LONGEST_TITLE = 300  # what a petition takes; what is longer is told where it is typed


def preview_context(draft: PetitionDraft) -> dict[str, Any]:
    """For petitions/petition.html. What is wrong or missing is left out."""
    stages = {name: form_of(name, draft, draft.typed) for name in NAMES}
    good: dict[str, Any] = {}
    for form in stages.values():
        form.is_valid()
        good |= form.cleaned_data
    typed = {name: str(draft.typed.get(name, "")) for name in ("title", "summary", "body", "ask")}
    texts = {name: good.get(name) or text.strip() for name, text in typed.items()}
    texts["title"] = Truncator(texts["title"]).chars(LONGEST_TITLE)
    names = (good.get("given_name", ""), good.get("family_name", ""))
    goal: Any = stages["goal"]
    petition = Petition(
        title=texts["title"],
        summary=texts["summary"],
        language=draft.language,
        organizer_name=" ".join(filter(None, names)),
        on_behalf_of=good.get("on_behalf_of", ""),
        goal=good.get("goal"),
        closes_at=goal.closes_at() if goal.cleaned_data.get("closes_on") else None,
        picture=draft.picture,
        picture_renditions=draft.picture_renditions,
        picture_alt=good.get("picture_alt", ""),
        created_at=draft.created_at,
    )
    petition.version = PetitionVersion(number=1, created_at=draft.changed_at, **values_of(**texts))
    return {
        "petition": petition,
        "html": petition.safe_html,
        "ask_html": petition.safe_ask_html,
        "lead": petition.summary,
        "targets": _targets(stages["targets"]),
        "steps": _steps(stages["steps"]),
        "printed_url": settings.SITE_URL,
        "today": timezone.localdate(),
        "preview": "draft",
        "keeps_nothing": True,
    }


def _targets(form: Any) -> list[Any]:
    if not isinstance(form, TargetsStage) or not form.is_valid():
        return []
    named: list[NamedTarget] = form.named()
    return [each.find(openly=True) or each.unsaved() for each in named]


def _steps(form: Any) -> list[ActionStep]:
    if not isinstance(form, StepsStage) or not form.is_valid():
        return []
    return [ActionStep(**step) for step in form.steps()]
