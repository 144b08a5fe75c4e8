"""The mails about starting a petition. No secret waits in the outbox: links are made at sending.

What was typed beside an address may be anybody's: no title and no story is in the mail to confirm.
"""

from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation

from petitions.locks import one_at_a_time
from petitions.models import ModerationEvent, Petition, PetitionDraft
from petitions.states import Status
from supporters import outbox
from supporters.accounts.organizers import account_of
from supporters.addresses import email_key
from supporters.models import OutgoingMail
from supporters.tokens import Purpose, make

LATE = "late"  # in the payload; without a letter, the one that says that it was received
MAX_MAILS = 5  # per address and PETITIONS_DRAFT_DAYS, whichever drafts they are about


def ask_to_confirm(draft: PetitionDraft, recipient: str) -> None:
    """Queue the mail with the link, unless the address had enough of them. Nobody is told which.

    Call it in a transaction.
    """
    key = email_key(recipient)
    one_at_a_time(f"mails to confirm: {key}")  # or each of several drafts would count too few
    row = PetitionDraft.objects.select_for_update().filter(pk=draft.pk, petition=None).first()
    if row is None:
        return
    others = PetitionDraft.objects.alive().filter(email_key=key).exclude(pk=row.pk)
    before = sum(others.values_list("mails_asked", flat=True))
    # Mails to another address before are not forgotten, or changing it would give new ones.
    if row.mails_asked + before >= MAX_MAILS:
        return
    if row.email_key not in {"", key}:
        # Nor is what the other address was sent: a row with nothing else stays behind for it.
        PetitionDraft.objects.create(email_key=row.email_key, mails_asked=row.mails_asked)
    PetitionDraft.objects.filter(pk=row.pk).update(
        email_key=key,
        address=recipient,
        mails_asked=F("mails_asked") + 1,
        changed_at=timezone.now(),  # or it, and what it counts, might be gone tomorrow
    )
    OutgoingMail.objects.create(
        kind=OutgoingMail.Kind.START,
        recipient=recipient,
        payload={"draft": draft.pk, "language": translation.get_language()},
        not_before=Now(),
    )


def received(event: ModerationEvent) -> None:
    """Queue the mail that says when the moderators' answer is to be expected."""
    outbox.to_organizer(event.petition, OutgoingMail.Kind.START)


def takes_longer(petition: Petition) -> None:
    """Queue the mail that says that moderators have not come to it yet (moderation/late.py)."""
    outbox.to_organizer(petition, OutgoingMail.Kind.START, letter=LATE)


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what fills it; None when nothing is to be said any more."""
    context: dict[str, Any] = {"days": settings.PETITIONS_REVIEW_DAYS}
    if "draft" not in mail.payload:
        petition = (
            Petition.objects.select_related("organizer").filter(pk=mail.petition_id or 0).first()
        )
        is_late = mail.payload.get("letter") == LATE
        if petition is None or (is_late and petition.status != Status.IN_REVIEW):
            return None
        changed = reverse("admin:petitions_petition_change", args=[petition.pk])
        return "late" if is_late else "received", context | {
            "petition": petition,
            "name": petition.organizer_first_name,
            "admin_url": settings.SITE_URL + changed,
        }
    drafts = PetitionDraft.objects.alive().filter(petition=None)
    draft = drafts.filter(pk=mail.payload["draft"]).first()
    if draft is None or draft.address != mail.recipient:
        return None
    token = make(Purpose.START, draft.pk, about=draft.address)
    return "confirm", context | {
        "name": str(draft.typed.get("given_name", "")),
        "has_account": account_of(mail.recipient) is not None,
        "confirm_url": settings.SITE_URL + reverse("start_confirm", args=[token]),
        "draft_days": settings.PETITIONS_DRAFT_DAYS,
    }
