"""What the running site offers staff: its addresses, and what each of them does in several ways.

Nothing here is written by hand, so that whatever is added to the admin is met.
"""

import re
from pathlib import Path

from django.contrib import admin
from django.core.management import get_commands
from django.test import RequestFactory

from petitions.models import User
from supporters.admin.move_forms import MOVES
from supporters.admin.queue import _MOVES
from supporters.admin.reasons import _KINDS
from supporters.admin.signature_acts import ACTS
from supporters.admin.team import _ACTS
from tests.supporters.admin.matrix_world import patterns

TEMPLATES = Path(__file__).resolve().parents[4] / "templates" / "admin"

_BUTTON = re.compile(r'name="action"[^>]*?\bvalue="(\w+)"')
_OPTION = re.compile(r'<option value="(\w+)"')


def addresses() -> set[str]:
    """Of the admin, as the URLconf has them."""
    return {pattern for pattern in patterns() if pattern.startswith("admin/")}


def ways(user: User) -> set[str]:
    """What one address does in several ways: each in the words of the table."""
    return {*list_actions(user), *buttons(), *_named()}


def list_actions(user: User) -> set[str]:
    """Of every list, those that this user is offered."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return {
        f"list {each.opts.label_lower}: {name}"
        for each in admin.site._registry.values()
        for name in each.get_actions(request)
    }


def buttons() -> set[str]:
    """Of every page of ours, the values of `action`."""
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        text, page = path.read_text(), path.relative_to(TEMPLATES).with_suffix("")
        values = _BUTTON.findall(text) + (_OPTION.findall(text) if page.name == "queue" else [])
        found |= {f"{page}: {value}" for value in values}
    return found


def _named() -> set[str]:
    """What views know by name, whether or not a page has a button for it."""
    place = "petitions/petition"
    return {
        *(f"move: {name}" for name in MOVES),
        *(f"signature: {name}" for name in ACTS),
        *(f"{place}/team: {name}" for name in _ACTS),
        *(f"{place}/reasons: {name}" for name in _KINDS),
        *(f"queue: {name}" for name in _MOVES),
    }


def commands() -> set[str]:
    """What whoever sits at the server can start, of ours."""
    ours = {"petitions", "supporters", "config"}
    return {name for name, app in get_commands().items() if app in ours}
