"""The lines of the queue with all that is shown of them, read for a page at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from petitions import claims
from petitions.models import Appeal, Claim, Petition, ProposedAsk
from supporters.models import LateReview, Report, Sweep
from supporters.moderation.deadlines import Age, age
from supporters.moderation.waiting import Kind, Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`what` is it in words, `who` waits for the answer; `claim` is the one in force."""

    kind: Kind
    petition: Petition
    url: str
    what: str
    who: str
    since: datetime
    due: datetime
    age: Age
    claim: Claim | None
    claim_who: str
    is_mine: bool
    told_late_at: datetime | None


def lines(page: Iterable[Waits], user: Any) -> list[Line]:
    found = list(page)
    petitions = _petitions(found)
    rows = {
        Kind.CHANGED: _rows(ProposedAsk, Kind.CHANGED, found, "proposed_by"),
        Kind.REPORTED: _rows(Report, Kind.REPORTED, found, "update"),
        Kind.APPEALED: _rows(Appeal, Kind.APPEALED, found, "appellant"),
        Kind.SWEPT: _rows(Sweep, Kind.SWEPT, found, "asked_by"),
    }
    told = dict(LateReview.objects.filter(pk__in=petitions).values_list("pk", "told_at"))
    now = timezone.now()
    shown = []
    for each in found:
        petition = petitions.get(each.petition_id)
        row = petition if each.kind == Kind.SUBMITTED else rows[each.kind].get(each.place.row)
        if petition is None or row is None:  # decided a moment ago
            continue
        claim = getattr(petition, "claim", None)
        claim = claim if claim and claim.expires_at > now else None
        shown.append(
            Line(
                kind=each.kind,
                petition=petition,
                url=_url(each),
                what=_what(each, row),
                who=_who(each, row),
                since=each.since,
                due=each.place.due,
                age=age(each.place.due, now),
                claim=claim,
                claim_who=claims.name_of(claim.moderator) if claim else "",
                is_mine=claim is not None and claim.moderator_id == user.pk,
                told_late_at=_told(each, told),
            )
        )
    return shown


def _petitions(found: list[Waits]) -> dict[int, Any]:
    rows = Petition.objects.select_related("organizer", "claim__moderator")
    return rows.defer("summary", "body", "ask").in_bulk({each.petition_id for each in found})


def _rows(model: Any, kind: Kind, found: list[Waits], *related: str) -> dict[int, Any]:
    ids = [each.place.row for each in found if each.kind == kind]
    rows: dict[int, Any] = model.objects.select_related(*related).in_bulk(ids) if ids else {}
    return rows


def _url(each: Waits) -> str:
    if each.kind == Kind.SUBMITTED:
        return reverse("admin:petitions_petition_review", args=[each.petition_id])
    if each.kind == Kind.CHANGED:
        return reverse("admin:petitions_petition_proposed_ask", args=[each.petition_id])
    if each.kind == Kind.SWEPT:
        return reverse("admin:petitions_petition_sweep", args=[each.petition_id, each.place.row])
    name = "supporters_report" if each.kind == Kind.REPORTED else "petitions_appeal"
    return reverse(f"admin:{name}_change", args=[each.place.row])


def _what(each: Waits, row: Any) -> str:
    if each.kind == Kind.REPORTED:
        if row.signature_id:
            thing = _("A supporter's reason")
        else:
            thing = str(row.update) if row.update_id else _("The petition")
        number = ngettext("%d report", "%d reports", each.number) % each.number
        return f"{number}: {row.get_category_display()} · {thing}"
    if each.kind == Kind.CHANGED:
        return _("A change of what is asked")
    if each.kind == Kind.SWEPT:
        found: int = row.found
        say = ngettext("%d signature to be removed", "%d signatures to be removed", found)
        return say % found
    return _("Another look at a decision") if each.kind == Kind.APPEALED else _("To be read")


def _who(each: Waits, row: Any) -> str:
    if each.kind == Kind.SUBMITTED:
        return str(row.organizer_display)
    if each.kind == Kind.REPORTED:
        return ngettext("%d reader", "%d readers", each.number) % each.number
    names = {Kind.CHANGED: "proposed_by", Kind.SWEPT: "asked_by", Kind.APPEALED: "appellant"}
    person = getattr(row, names[each.kind])
    return claims.name_of(person) if person else _("Somebody without a name")


def _told(each: Waits, told: dict[int, datetime]) -> datetime | None:
    at = told.get(each.petition_id) if each.kind == Kind.SUBMITTED else None
    return at if at and at >= each.since else None
