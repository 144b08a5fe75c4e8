"""Changing what a petition with many signatures asks for: proposed, then decided by moderators.

The text that is shown and signed stays the old one meanwhile. Each function locks the petition's
row first; NoLonger is raised where somebody was quicker, so that nobody approves what they did
not read. Approving and refusing raise impartial.OwnPetition.
"""

from django.db import transaction
from django.utils import timezone

from petitions.models import Petition, PetitionEvent, ProposedAsk, User, impartial
from petitions.states import Status

Kind = PetitionEvent.Kind


class NoLonger(Exception):
    """It was decided, taken back or replaced, or the text or the state changed meanwhile."""


def propose(petition: Petition, *, ask: str, reason: str, by: User) -> ProposedAsk:
    """In place of a proposal before. Raises NoLonger when the petition is not open any more."""
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition.pk)
        if petition.status != Status.OPEN:
            raise NoLonger
        ProposedAsk.objects.filter(petition=petition).delete()
        proposed = ProposedAsk.objects.create(
            petition=petition,
            ask=ask,
            sha256=ProposedAsk.digest(ask),
            reason=reason,
            proposed_by=by,
            proposed_at=timezone.now(),
        )
        _record(petition, Kind.PROPOSED, by, reason)
    return proposed


def take_back(petition: Petition, *, sha256: str, by: User) -> None:
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition.pk)
        _settle(petition, sha256)
        inside = petition.organizer_id == by.pk or petition.team.filter(user=by).exists()
        _record(petition, Kind.TAKEN_BACK, by, moderators=not inside)


def approve(petition: Petition, *, sha256: str, number: int, by: User) -> PetitionEvent:
    """Make the proposal the version shown, under the name of who proposed it.

    `sha256` and `number`: the proposal, and the version beside it, that the moderator read.
    """
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition.pk)
        impartial.check(petition, by=by)
        shown = petition.version.number if petition.version else 0
        if petition.status != Status.OPEN or shown != number:
            raise NoLonger
        proposed = _settle(petition, sha256)
        petition.ask = proposed.ask
        petition.changed_by, petition.change_reason = proposed.proposed_by, proposed.reason
        petition.save(update_fields=["ask"])
        return _record(petition, Kind.APPROVED, by, moderators=True)


def refuse(petition: Petition, *, sha256: str, note: str, by: User) -> PetitionEvent:
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition.pk)
        impartial.check(petition, by=by)
        _settle(petition, sha256)
        return _record(petition, Kind.REFUSED, by, note, moderators=True)


def _settle(petition: Petition, sha256: str) -> ProposedAsk:
    """The proposal, which is none any more."""
    rows = ProposedAsk.objects.select_related("proposed_by")
    proposed = rows.filter(petition=petition, sha256=sha256).first()
    if proposed is None:
        raise NoLonger
    proposed.delete()
    return proposed


def _record(
    petition: Petition,
    kind: PetitionEvent.Kind,
    by: User,
    note: str = "",
    *,
    moderators: bool = False,
) -> PetitionEvent:
    return PetitionEvent.objects.create(
        petition=petition, kind=kind, actor=by, note=note, by_moderators=moderators
    )
