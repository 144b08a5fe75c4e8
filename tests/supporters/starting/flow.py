"""Walking through the stages, as tests do it."""

from django.test import Client

from petitions.models import PetitionDraft
from supporters.tokens import Purpose, make

TITLE = "Mend the bridge on Weir Lane"
NOOR = {"given_name": "Noor", "family_name": "Haddad", "email": "noor@example.org"}
WHOLE = {
    "title": TITLE,
    "summary": "The bridge has been shut since May.",
    "body": "It was shut after the *flood*.",
    "ask": "Mend it before winter.",
    "target_1": "Vale Transport Board",
    "target_1_role": "Board",
    "step_1_kind": "call",
    "step_1_contact": "The board's office",
    "step_1_phone": "01632 960 001",
    "goal": "500",
    **NOOR,
}


def draft(**typed: str) -> PetitionDraft:
    """One that is complete, with these changes."""
    whole = {**WHOLE, **typed}
    return PetitionDraft.objects.create(typed=whole, language="en", address=whole["email"])


def at(draft: PetitionDraft, stage: str = "") -> str:
    token = make(Purpose.DRAFT, draft.pk)
    return f"/petitions/start/{token}/{stage}/" if stage else f"/petitions/start/{token}/"


def confirm_at(draft: PetitionDraft, email: str = NOOR["email"]) -> str:
    return f"/accounts/start/confirm/{make(Purpose.START, draft.pk, about=email)}/"


def press(client: Client, draft: PetitionDraft, **post: str):
    """Ask for the mail, follow its link, press the button."""
    client.post(at(draft))
    draft.refresh_from_db()
    return client.post(confirm_at(draft, draft.address), {"revision": str(draft.revision), **post})
