"""What was done, in any process, that pages in memory do not show yet, or may show no more.

Read once a second with the switches. Of each kind the newest are compared, by primary key: keys are
given before they are committed, in any order. Where so many are new that others may lie behind
them, everything is taken for gone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from django.contrib.admin.models import LogEntry

from petitions.models import ModerationEvent, PetitionSlug, StaffAct
from petitions.states import PUBLIC, Status
from supporters import recalls


class Effect(Enum):
    """What an act did to pages."""

    NONE = auto()  # known all the same: many of these must not hide what lies behind them
    OLD = auto()  # they are behind, and may stand in
    GONE = auto()  # something may be gone from any of them


# (kind, primary key) → what it did; or the slug of the petition from whose pages it may have taken
# something, and from no others.
Acts = dict[tuple[str, int], Effect | str]

_NEWEST = {"log": 100, "decision": 100, "act": 100, "recall": 500}
# A recall takes off its own petition's pages alone: no other page is behind for it.
_OF_STAFF = frozenset(_NEWEST) - {"recall"}

# Acts that change no page. Those of the switches: the pages before them may have to stand in.
_Verb = StaffAct.Verb
_QUIET = {
    _Verb.SEARCHED, _Verb.LOOKED_AT, _Verb.EXPORTED, _Verb.CLAIMED, _Verb.TOOK_OVER,
    _Verb.RELEASED, _Verb.NOTED, _Verb.TURNED,
}  # fmt: skip
_TAKE = {_Verb.CHANGED, _Verb.DELETED}  # of what many pages may show

# What a petition becomes while its page stays.
_STAYS = {Status.OPEN, Status.CLOSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What came between two readings."""

    is_old: bool = False
    is_gone: bool = False
    slugs: frozenset[str] = frozenset()


def newest() -> Acts:
    """So few, each found by its primary key, that reading them every second does not matter."""
    acts: Acts = {}
    # Of the admin of others: what is done in ours is an act of the staff, too.
    logged = LogEntry.objects.exclude(
        content_type__app_label="supporters", content_type__model="siteswitches"
    )
    for pk in logged.order_by("-pk").values_list("pk", flat=True)[: _NEWEST["log"]]:
        acts["log", pk] = Effect.OLD
    decided = ModerationEvent.objects.order_by("-pk").values_list("pk", "from_status", "to_status")
    for pk, before, after in decided[: _NEWEST["decision"]]:
        acts["decision", pk] = (
            Effect.GONE if before in PUBLIC and after not in _STAYS else Effect.OLD
        )
    done = StaffAct.objects.order_by("-pk").values_list(
        "pk", "verb", "petition__slug", "subject_type"
    )
    for pk, verb, slug, subject in done[: _NEWEST["act"]]:
        acts["act", pk] = _of_staff(verb, slug, subject)
    for pk, slug in recalls.newest(_NEWEST["recall"]):
        acts["recall", pk] = slug
    return acts


def between(before: Acts | None, now: Acts) -> News:
    """`before`: None where nothing was read yet, and pages may have been made meanwhile."""
    if before is None:
        return News(is_gone=True)
    new = now.keys() - before.keys()
    did = {now[each] for each in new}
    return News(
        is_old=any(kind in _OF_STAFF and now[kind, pk] is not Effect.NONE for kind, pk in new),
        is_gone=Effect.GONE in did or any(_may_miss(kind, new) for kind in _NEWEST),
        slugs=frozenset(each for each in did if isinstance(each, str)),
    )


def every_slug(slugs: Collection[str]) -> set[str]:
    """With those that the petitions had before: a page may have been kept under one of them."""
    before = PetitionSlug.objects.filter(petition__slug__in=slugs)
    return {*slugs, *before.values_list("slug", flat=True)}


def _of_staff(verb: str, slug: str | None, subject: str) -> Effect | str:
    """An organizer's acts have their petition; only drafts, which no page shows, are deleted."""
    if verb in _QUIET:
        return Effect.NONE
    if verb == _Verb.ADDED:
        return Effect.OLD
    if slug:
        return slug
    return Effect.GONE if verb in _TAKE and subject != "petitions.petition" else Effect.OLD


def _may_miss(kind: str, new: Collection[tuple[str, int]]) -> bool:
    return sum(each == kind for each, _pk in new) >= _NEWEST[kind]
