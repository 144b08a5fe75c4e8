"""The reasons that are shipped, as rows that a site may reword, reorder and no longer offer."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps

from petitions.states import RejectionReason

# Whose text should not stand on a public page either.
_HIDE_TEXT = frozenset(
    {RejectionReason.PRIVATE_PERSON, RejectionReason.UNLAWFUL, RejectionReason.OFFENSIVE}
)


def make_reasons(
    app_config: AppConfig, *, using: str = "default", apps: Any = global_apps, **kwargs: Any
) -> None:
    """Receiver of post_migrate. Adds what is missing; what a site made of the others stays."""
    try:
        reason_model = apps.get_model("petitions", "DecisionReason")
    except LookupError:  # migrated back to before there were any
        return
    rows = reason_model.objects.using(using)
    known = set(rows.values_list("code", flat=True))
    rows.bulk_create(
        [
            reason_model(code=reason.value, rank=10 * place, hides_text=reason in _HIDE_TEXT)
            for place, reason in enumerate(RejectionReason, start=1)
            if reason.value not in known
        ],
        ignore_conflicts=True,
    )
