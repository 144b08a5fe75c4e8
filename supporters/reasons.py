"""The reasons of supporters: which are shown on the petition's page, and who chooses.

Whoever may edit the petition, and moderators, put some first and take others off the page. The
signature counts as before. What moderators took off only they show again.
"""

import hashlib
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from petitions import claims
from petitions.models import Petition, PetitionEvent, impartial
from supporters.models import ReasonChoice, Signature
from supporters.recalls import recall
from supporters.rows import Rows, Values

MOST_FIRST = 3  # beside them the page has room for as many others

_COLUMNS = """signature.display, signature.given_name, signature.family_name, signature.reason,
            signature.confirmed_at, signature.id"""
_SHOWN = """signature.status = 'confirmed' AND NOT signature.reason = ''
            AND NOT signature.display = 'hidden'"""
# One statement, and each half of it a short step into an index of its own. The choice is asked for
# row by row: joined, PostgreSQL might read all reasons of the petition first.
_OF_PAGE = f"""
SELECT {_COLUMNS}, 1 AS place, choice.at AS placed_at
FROM supporters_reasonchoice AS choice
JOIN supporters_signature AS signature ON signature.id = choice.signature_id
WHERE choice.petition_id = %s AND choice.kind = 'highlighted' AND {_SHOWN}
UNION ALL
SELECT * FROM (
    SELECT {_COLUMNS}, 0 AS place, signature.confirmed_at AS placed_at
    FROM supporters_signature AS signature
    WHERE signature.petition_id = %s AND {_SHOWN}
        AND (
            SELECT choice.kind FROM supporters_reasonchoice AS choice
            WHERE choice.signature_id = signature.id
        ) IS NULL
    ORDER BY signature.confirmed_at DESC, signature.id DESC
    LIMIT %s
) AS newest
"""  # noqa: S608 (of texts of ours)


class NotToBeChosen(Exception):
    """There is no such reason (any more), it is another by now, or who asks may not change it."""


class TooMany(Exception):
    """As many as may be shown first are."""


class ShownReason(NamedTuple):
    """What is shown of a signature, and no more is loaded."""

    display: str
    given_name: str
    family_name: str
    reason: str
    confirmed_at: datetime


_CONFIRMED_AT = Signature._meta.get_field("confirmed_at").cached_col  # noqa: SLF001
_ID, _PLACE, _PLACED_AT = range(len(ShownReason._fields), len(ShownReason._fields) + 3)
_order = itemgetter(_PLACE, _PLACED_AT, _ID)


def of_page(cursor: Any, petition_id: int, *, limit: int) -> Rows[ShownReason]:
    """Those put first, then the newest."""
    cursor.execute(_OF_PAGE, [petition_id, petition_id, limit])
    found = sorted(cursor.fetchall(), key=_order, reverse=True)[:limit]
    return Rows([row[:_ID] for row in found], _shown, cursor.db)


def _shown(rows: Values, connection: Any) -> list[ShownReason]:
    shown = list(map(ShownReason._make, rows))
    for convert in connection.ops.get_db_converters(_CONFIRMED_AT):  # SQLite gives a text
        shown = [
            each._replace(confirmed_at=convert(each.confirmed_at, _CONFIRMED_AT, connection))
            for each in shown
        ]
    return shown


def mark(reason: str) -> str:
    """What tells this reason from any other: a page sends it back with what was chosen on it."""
    return hashlib.sha256(reason.encode()).hexdigest()[:16]


def choose(
    petition: Petition,
    signature_id: int,
    kind: ReasonChoice.Kind | None,
    *,
    by: Any,
    by_moderators: bool,
    read: str | None = None,
    also_not_shown: bool = False,
) -> None:
    """Put a reason first, take it off the page, or (None) show it as all others.

    `read`: the mark() of what `by` has read, which alone is put first. `also_not_shown`:
    of a signature whose reason is not shown now, but may be again. Whether `by` may is for the
    caller to know. Raises NotToBeChosen and TooMany, and `by_moderators` impartial.OwnPetition and
    claims.Held; choosing the same again is nothing, unless moderators take off what an organizer
    took off: then only they show it again.
    """
    with transaction.atomic():
        petition = Petition.objects.lock().only("pk").get(pk=petition.pk)
        if by_moderators:
            impartial.check(petition, by=by)
            claims.act(petition, by=by, is_move=False)
        rows = Signature.objects.filter(petition=petition).for_public_display().with_reason()
        choices = ReasonChoice.objects.filter(petition=petition)
        before = choices.filter(pk=signature_id).first()
        # Locked, so that whoever is writing another reason finds this choice afterwards.
        may_be = Signature.objects.filter(petition=petition).with_reason().only("reason")
        chosen = may_be if also_not_shown else rows
        row = chosen.select_for_update(no_key=True).filter(pk=signature_id).first()
        if row is None:
            raise NotToBeChosen
        if kind == ReasonChoice.Kind.HIGHLIGHTED and read not in {None, mark(row.reason)}:
            raise NotToBeChosen
        is_hidden = before is not None and before.kind == ReasonChoice.Kind.HIDDEN
        is_raised = is_hidden and by_moderators and before and not before.by_moderators
        if (before and before.kind == kind and not is_raised) or (not before and not kind):
            return
        if before and is_hidden and before.by_moderators and not by_moderators:
            raise NotToBeChosen
        first = choices.filter(kind=ReasonChoice.Kind.HIGHLIGHTED, signature__in=rows)
        if kind == ReasonChoice.Kind.HIGHLIGHTED and first.count() >= MOST_FIRST:
            raise TooMany
        choices.filter(pk=signature_id).delete()
        if kind:
            ReasonChoice.objects.create(
                petition=petition,
                signature_id=signature_id,
                kind=kind,
                by=by,
                by_moderators=by_moderators,
            )
        PetitionEvent.objects.create(
            petition=petition, kind=_EVENTS[kind], actor=by, by_moderators=by_moderators
        )
        recall(petition.pk)


_EVENTS: dict[ReasonChoice.Kind | None, PetitionEvent.Kind] = {
    ReasonChoice.Kind.HIGHLIGHTED: PetitionEvent.Kind.HIGHLIGHTED,
    ReasonChoice.Kind.HIDDEN: PetitionEvent.Kind.HID,
    None: PetitionEvent.Kind.AS_OTHERS,
}


def hidden(signature: Any) -> QuerySet[ReasonChoice]:
    """The row that takes this signature's reason off the page; by id, or as OuterRef."""
    return ReasonChoice.objects.filter(pk=signature, kind=ReasonChoice.Kind.HIDDEN)


def hidden_of(petition_id: int) -> Any:
    """The ids of the signatures of a petition whose reasons are taken off its page."""
    choices = ReasonChoice.objects.filter(petition=petition_id, kind=ReasonChoice.Kind.HIDDEN)
    return choices.order_by().values("signature")


def was_edited(signature_id: int) -> None:
    """Its signer wrote another reason: what was put first is no longer what was read."""
    ReasonChoice.objects.filter(pk=signature_id, kind=ReasonChoice.Kind.HIGHLIGHTED).delete()
