"""What the pages behind a signer's links have in common."""

from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import translation

from supporters import reasons
from supporters.models import Signature
from supporters.suppression import is_suppressed


def signature_for(signature_id: int | None) -> Any:
    """The signature with its petition, or None: the token was wrong, or the row was erased."""
    if signature_id is None:
        return None
    return (
        Signature.objects.select_related("petition", "petition__organizer", "consent")
        .annotate(is_reason_hidden=Exists(reasons.hidden(OuterRef("pk"))))
        .filter(pk=signature_id)
        .first()
    )


def say_what_comes(row: Signature) -> None:
    """Let the pages say that no news comes, whatever was ticked, where its address gets none."""
    if row.wants_updates and is_suppressed(row.email):
        row.wants_updates = False


def in_language_of(signature: Signature | None) -> AbstractContextManager[None]:
    """The signer's language while the page is rendered."""
    language = signature.language if signature else ""
    known = {code for code, _name in settings.LANGUAGES}
    return translation.override(language if language in known else settings.LANGUAGE_CODE)
