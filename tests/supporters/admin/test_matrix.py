"""Who may ask for what: every address of the admin, of accounts and of starting a petition, for every
role, read and posted, and every way to act there. One without a row in matrix.py fails here.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.template.base import Template
from django.test import Client

from tests.supporters.admin.drawing import draw
from tests.supporters.admin.matrix import ROWS
from tests.supporters.admin.matrix_world import (
    ROLES,
    STAFF,
    actions,
    address,
    letter,
    make_world,
    patterns,
)
from tests.supporters.admin.walk import table
from tests.supporters.admin.walk.world import Seen, World, make, send, watched

pytestmark = pytest.mark.django_db

AS_ANOTHER = "."  # organizer


@dataclass(frozen=True, slots=True)
class Way:
    """One of several at an address: what is typed, or None where it is read, and what has to be so
    before."""

    row: str
    path: str
    typed: dict[str, Any] | None
    given: Callable[[], object] | None = None

    def go(self, client: Client) -> Any:
        with transaction.atomic():
            if self.given:
                self.given()
            answer = send(client, self.path, self.typed)
            transaction.set_rollback(True)
        return answer


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """What the test client remembers of templates takes longer than all the rest."""
    plainly = lambda template, context: template.nodelist.render(context)  # noqa: E731
    monkeypatch.setattr(Template, "_render", plainly)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # each refusal
    settings.PETITIONS_SECOND_FACTOR = True
    settings.PETITIONS_RATE_LIMITS = dict.fromkeys(settings.PETITIONS_RATE_LIMITS, "10000/hour")


def test_every_address_has_a_row_and_every_row_an_address():
    world = make()
    ways = {way.row for way in ways_of(world)}
    assert set(ROWS) == {*patterns(), *ways}


def ways_of(world: World) -> Iterator[Way]:
    for asked in actions(world):
        yield Way(asked.row, asked.path, asked.typed)
    for row, acts in table.acts(world).items():
        for act in acts:
            yield Way(f"act: {row}", act.path, None if act.is_read else act.typed, act.given)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_outside_the_matrix_answers(role, monkeypatch):
    """An act is done for real, and undone. What staff leave by looking, or by a form without a word:
    nothing, or the event of what it did."""
    world = make()
    client, column = world.client(role), ROLES.index(role)
    left_out = {row for row, texts in ROWS.items() if texts[0][column] == AS_ANOTHER}
    found: dict[str, list[str]] = {}
    wrong = []
    for pattern in patterns():
        if pattern in left_out:
            continue
        path = address(pattern, world)
        for typed in (None, {}):
            is_drawn = typed is None and _is_drawn(role, pattern)
            draw(monkeypatch, pages=is_drawn)
            with watched(world.users.get(role), is_watched=role in STAFF) as seen:
                answer = send(client, path, typed)
            found.setdefault(pattern, []).append(letter(answer))
            wrong += [f"{pattern}: {what}" for what in _strange(pattern, typed, seen)]
    draw(monkeypatch, pages=False)
    for way in ways_of(world):
        if way.row not in left_out:
            found.setdefault(way.row, []).append(letter(way.go(client)))
    told = {row: [text[column] for text in texts] for row, texts in ROWS.items()}
    wrong += [f"{row}: {''.join(letters)}" for row, letters in found.items()
              if told.get(row) != letters]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def _is_drawn(role: str, pattern: str) -> bool:
    """Most of the time goes into it, and a form without a word shows the same page again. What
    superusers see like moderators, and members like the organizer, is drawn once."""
    if role == "superuser":
        texts = ROWS.get(pattern, ("-" * len(ROLES),))
        return texts[0][ROLES.index("moderator")] != "y"
    return role in {"visitor", "organizer", "view", "moderator"}


def _strange(pattern: str, typed: dict[str, str] | None, seen: Seen) -> list[str]:
    if not pattern.startswith("admin/"):
        return []
    if typed is None:
        return [f"read, left {seen}"] if seen and pattern not in table.LOOKS else []
    nothing = table.READS | table.ONES_OWN | table.REFUSED | table.ORGANIZERS
    return [f"left {seen}"] if seen and pattern in nothing else seen.unlike


@pytest.mark.parametrize("role", ["organizer", "edit", "view"])
def test_no_page_shows_an_address_that_was_not_given_for_that(role):
    """Nobody's who signed, and no colleague's; the organizer sees the address that they invited."""
    world = make_world()
    client = world.client(role)
    own = world.users[role].email
    pages = [pattern for pattern in patterns() if pattern.startswith("admin/petitions/")]
    seen = set()
    for path in {"/admin/", *(address(pattern, world) for pattern in pages)}:
        seen |= set(re.findall(r"[\w.%+-]+@example\.org", client.get(path).content.decode()))
    assert seen - {own} == ({"none@example.org"} if role == "organizer" else set())
