"""Who may ask for what: every address of the admin, of accounts and of starting a petition, for every
role, read and posted. An address without a row in matrix.py fails here.
"""

import logging
import re

import pytest
from django.template.base import Template

from tests.supporters.admin.matrix import ROWS
from tests.supporters.admin.matrix_world import (
    ROLES,
    Asked,
    actions,
    address,
    ask,
    make_world,
    patterns,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test client remembers of templates takes longer than all the rest."""
    plainly = lambda template, context: template.nodelist.render(context)  # noqa: E731
    monkeypatch.setattr(Template, "_render", plainly)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # each refusal


def test_every_address_has_a_row_and_every_row_an_address():
    acts = {each.row for each in actions(make_world())}
    assert set(ROWS) == {*patterns(), *acts}


@pytest.mark.parametrize("role", ROLES)
def test_nothing_outside_the_matrix_answers(role, settings):
    settings.PETITIONS_RATE_LIMITS = dict.fromkeys(settings.PETITIONS_RATE_LIMITS, "10000/hour")
    world = make_world()
    column = ROLES.index(role)
    client = world.client(role)
    client.raise_request_exception = False
    ends_the_session = {"accounts/logout/", "admin/logout/"}
    wrong = []
    for pattern in patterns():
        asked = Asked(row=pattern, path=address(pattern, world))
        if pattern in ends_the_session:
            client = world.client(role)
        found = [ask(client, method, asked) for method in ("GET", "POST")]
        if pattern in ends_the_session:
            client = world.client(role)
        wrong += _unlike(pattern, column, found)
    for asked in actions(world):
        wrong += _unlike(asked.row, column, [ask(client, "POST", asked)])
    assert wrong == []


def _unlike(row: str, column: int, found: list[str]) -> list[str]:
    """What the matrix does not say; for who adds an address, in the words of a row."""
    told = ROWS.get(row, ())
    if [text[column] for text in told] == found:
        return []
    return [f"{row}: {''.join(found)}"]


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
