"""Who acts, on what, and how it is seen what an act wrote."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from petitions.models import (
    DecisionReason,
    DecisionWording,
    ModerationEvent,
    Petition,
    PetitionEvent,
    StaffAct,
    User,
)
from supporters.models import CountAdjustment, Download, Signature
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.admin import matrix_world
from tests.supporters.admin.filled import filled

# Not what an act is about: the session, and the mails that go with it.
_BESIDE = {"django_session", "supporters_outgoingmail"}
_HISTORY = {
    "petitions_staffact", "petitions_moderationevent", "petitions_petitionevent", "django_admin_log",
}  # fmt: skip
# The event is all there is; or somebody pressed “Save” and had changed nothing.
_ALONE = {"looked_at", "searched", "exported", "noted", "changed"}
_WRITE = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """How a member of the staff does it for real, and what it leaves."""

    path: str
    typed: dict[str, Any] = field(default_factory=dict)
    leaves: tuple[str, ...]
    by: str = "moderator"
    is_read: bool = False  # a look that is written down
    fills: bool = False  # the page's own form, with what is typed
    given: Callable[[], object] | None = None  # what has to be so before


@dataclass(slots=True, kw_only=True)
class World(matrix_world.World):
    waiting: Petition
    closed: Petition
    hidden: Petition
    signature: Signature  # of `ours`, counted, with a reason


def make() -> World:
    base = matrix_world.make_world()
    ana, root = base.users["organizer"], base.users["superuser"]
    _rename(base.users["other organizer"])
    waiting = PetitionFactory(in_review=True, organizer=ana, slug="waits")
    closed = PetitionFactory(is_closed=True, organizer=ana, slug="done")
    hidden = PetitionFactory(is_open=True, organizer=ana, slug="gone")
    hidden.hide(by=root, reason="other", note="x")
    signature = SignatureFactory(petition=base.ours, is_confirmed=True, reason="I walk.")
    CountAdjustment.objects.create(petition=base.ours, kind="paper", quantity=5_000)
    DecisionWording.objects.create(
        reason=DecisionReason.objects.get(code="ours"), language="en", text="It is not ours."
    )
    names = {each.name: getattr(base, each.name) for each in fields(base)}
    return World(
        **names, waiting=waiting, closed=closed, hidden=hidden, signature=signature
    )  # fmt: skip


def _rename(user: User) -> None:
    """To what the forms of accounts take."""
    user.username, user.email = "bo", "bo@example.org"
    user.save()
    EmailAddress.objects.filter(user=user).update(email=user.email)


# What was written


_EVENTS = (StaffAct, ModerationEvent, PetitionEvent, Download)


@dataclass(slots=True)
class Seen:
    """What a block wrote: the tables in which rows changed, its events, and what those lack."""

    tables: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.tables or self.left)

    @property
    def unlike(self) -> list[str]:
        """Where something was done that nobody sees, or is told that was not done."""
        done = self.tables - _HISTORY
        if not self.left and done - {"petitions_claim"}:  # prolonged, as each act does
            return [f"changed {done} and left no event"]
        acts = [each for each in self.left if each.split()[0] not in _ALONE]
        return [f"left {acts} and changed nothing"] if acts and not done else []


@contextmanager
def watched(user: Any, *, is_watched: bool = True) -> Iterator[Seen]:
    """Afterwards all is as before, whether or not anybody looks."""
    seen, since = Seen(), timezone.now()
    gone = set()

    def note(execute: Any, sql: str, *more: Any) -> Any:
        result, context = execute(sql, *more), more[-1]
        found = _WRITE.match(sql)
        # SQLite counts what an INSERT returns only once it is read.
        if found and (found[1].upper() == "INSERT INTO" or context["cursor"].rowcount):
            seen.tables.add(found[2])
        return result

    with transaction.atomic():
        if not is_watched:
            yield seen
            transaction.set_rollback(True)
            return
        last = [_newest(model) for model in _EVENTS]
        with connection.execute_wrapper(note):
            yield seen
        for model, pk in zip(_EVENTS, last, strict=True):
            if model._meta.db_table not in seen.tables:
                continue
            for event in model.objects.filter(pk__gt=pk).select_related("petition").order_by("pk"):
                seen.left.append(told(event))
                seen.lacking += _lacks(event, user, since)
                if isinstance(event, StaffAct) and event.subject_type and not _is_there(event):
                    gone.add(event)
        seen.tables -= _BESIDE
        transaction.set_rollback(True)
    # What is gone by the act is there again.
    seen.lacking += [f"{told(event)}: no such thing" for event in gone if not _is_there(event)]


def _newest(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def told(event: Any) -> str:
    """An event in the words of the table: what was done, to what, of which petition."""
    of = f" of {event.petition.slug}" if event.petition else ""
    if isinstance(event, ModerationEvent):
        return f"{event.from_status} → {event.to_status}{of}"
    if isinstance(event, PetitionEvent):
        return f"{event.kind}{of}{' by moderators' if event.by_moderators else ''}"
    if isinstance(event, Download):
        return f"downloaded{of}"
    return f"{event.verb} {event.subject_type}".strip() + of


def _lacks(event: Any, user: User, since: datetime) -> list[str]:
    actor = event.by if isinstance(event, Download) else event.actor
    found = {} if actor == user else {"actor": actor}
    if not since <= event.at <= timezone.now():
        found["at"] = event.at
    return [f"{told(event)}: {name} is {value}" for name, value in found.items()]


def _is_there(act: StaffAct) -> bool:
    model = apps.get_model(act.subject_type)
    return model._default_manager.filter(pk=act.subject_id).exists()


# Doing it


def typed_of(world: World, act: Act) -> dict[str, Any] | None:
    """None where it is read."""
    own = filled(world.client(act.by), act.path) if act.fills else {}
    return None if act.is_read else {**own, **act.typed}


def send(client: Client, path: str, typed: dict[str, Any] | None = None) -> Any:
    """Read, or posted; a session that was renewed goes with all else that was written."""
    kept = copy(client.cookies)
    answer = client.get(path) if typed is None else client.post(path, typed)
    client.cookies = kept
    return answer
