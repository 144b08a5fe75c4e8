"""Confirming a draft: once, by who has the mailbox or the account."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction

from petitions import starting
from petitions.models import Petition, PetitionDraft, User
from supporters.accounts.organizers import account_of, let_organize, make_organizer
from supporters.tokens import Purpose, claimed, read

from . import mails
from .stage import Stage
from .stages import case_of, judged

_TRIES = 3


class Answer(StrEnum):
    SUBMITTED = "submitted"
    BEFORE = "before"  # it was submitted already
    CHANGED = "changed"  # since it was shown to who confirms
    INCOMPLETE = "incomplete"
    SWITCHED_OFF = "switched_off"  # the account of that address
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    answer: Answer
    petition: Petition | None = None
    new_account: User | None = None


def draft_to_confirm(token: str) -> PetitionDraft | None:
    """The draft that a link in a mail is about, as long as the address in it is the same."""
    drafts = PetitionDraft.objects.alive().select_related("petition")
    draft = drafts.filter(pk=claimed(token) or 0).first()
    if draft is None:
        return None
    return draft if read(Purpose.START, token, about=draft.address) == draft.pk else None


def confirm(draft: PetitionDraft, *, revision: int, user: User | None = None) -> Result:
    """Make the petition and submit it, for `user` or for the account of the draft's address.

    Any number may try at a time: one makes it, the others are told so.
    """
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _confirm(draft.pk, revision, user)
        except IntegrityError:  # another draft of the same person made the account just now
            if not left:
                raise
    raise AssertionError


def _confirm(draft_id: int, revision: int, user: User | None) -> Result:
    draft = PetitionDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        return Result(answer=Answer.UNKNOWN)
    if draft.petition_id:
        return Result(answer=Answer.BEFORE, petition=draft.petition)
    if draft.revision != revision:
        return Result(answer=Answer.CHANGED)
    stages = judged(draft)
    if not is_complete(stages, with_who=user is None):
        return Result(answer=Answer.INCOMPLETE)
    # Who has the mailbox that the link went to says nothing of an address typed since.
    if user is None and stages["who"].cleaned_data["email"] != draft.address:
        return Result(answer=Answer.INCOMPLETE)
    who, is_new = (user, False) if user else _account(stages["who"])
    if not who.is_active:
        return Result(answer=Answer.SWITCHED_OFF)
    if not is_new:
        let_organize(who)
    event = starting.submit(draft, case_of(stages, account=user), organizer=who)
    mails.received(event)
    return Result(
        answer=Answer.SUBMITTED, petition=event.petition, new_account=who if is_new else None
    )


def is_complete(stages: dict[str, Stage], *, with_who: bool = True) -> bool:
    # Each has to be judged, since their values are used.
    good = {name for name, form in stages.items() if form.is_valid()}
    return good >= stages.keys() - (set() if with_who else {"who"})


def _account(who: Stage) -> tuple[User, bool]:
    typed = who.cleaned_data
    known = account_of(typed["email"])
    if known is not None:
        return known, False
    made = make_organizer(
        typed["email"], given_name=typed["given_name"], family_name=typed["family_name"]
    )
    return made, True
