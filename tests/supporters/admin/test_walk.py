"""Every act of the staff leaves its event: a walk through all that the admin offers, for real.

The table (walk/table.py) says of each address and button what it leaves, and fails where one is not
in it. That events stay as they are: tests/petitions/test_append_only.py.
"""

import logging

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction

from petitions.models import PetitionEvent, StaffAct
from petitions.states import Status
from tests.supporters.admin.drawing import draw
from tests.supporters.admin.matrix_world import STAFF, address
from tests.supporters.admin.walk import site, table
from tests.supporters.admin.walk.world import Act, World, make, send, typed_of, watched

STRANGER = "other organizer"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """Pages are not drawn, which is most of the time; the matrix draws them all."""
    draw(monkeypatch, pages=False)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # each refusal
    settings.PETITIONS_SECOND_FACTOR = True
    settings.PETITIONS_RATE_LIMITS = dict.fromkeys(settings.PETITIONS_RATE_LIMITS, "10000/hour")


@pytest.fixture
def world(_quickly) -> World:
    made = make()
    for role in (*STAFF, STRANGER):
        made.client(role)  # before all that is undone
    return made


def test_the_table_names_all_that_the_site_offers_and_nothing_else(world):
    offered = site.addresses() | site.ways(world.users["superuser"])
    offered |= site.ways(world.users["moderator"])
    rows = [
        set(table.acts(world)), table.READS, table.BY_NAME, table.ONES_OWN, table.REFUSED,
        table.ORGANIZERS,
    ]  # fmt: skip
    assert set().union(*rows) == offered
    assert sum(map(len, rows)) == len(offered)  # in one of them each


def test_every_verb_and_every_state_is_met(world):
    left = {event for acts in table.acts(world).values() for act in acts for event in act.leaves}
    words = [event.split() for event in left]
    moves = {event[2] for event in words if "→" in event}
    verbs = {event[0] for event in words if "→" not in event and "moderators" not in event}
    kinds = {event[0] for event in words if event[-1] == "moderators"}
    assert verbs == set(StaffAct.Verb.values)
    assert moves == set(Status.values)
    assert kinds == set(PetitionEvent.Kind.values) - table.ORGANIZERS_KINDS


def each_act(world: World) -> list[tuple[str, Act]]:
    """A page and its button may be the same."""
    rows = {id(act): (row, act) for row, acts in table.acts(world).items() for act in acts}
    return list(rows.values())


def test_every_act_leaves_its_event(world):
    """And no other; by whom, when and about what. Done again, or by somebody who may not, it leaves
    one exactly if it did something."""
    wrong = []
    for row, act in each_act(world):
        with transaction.atomic():
            if act.given:
                act.given()
            wrong += [f"{row}: {what}" for what in walk(world, act)]
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def walk(world: World, act: Act) -> list[str]:
    client, user = world.client(act.by), world.users[act.by]
    typed = typed_of(world, act)
    with watched(user) as seen:
        answer = send(client, act.path, typed)
        with watched(user) as again:
            send(client, act.path, typed)
    with watched(world.users[STRANGER]) as others:
        send(world.client(STRANGER), act.path, typed)
    wrong = [*seen.lacking, *again.lacking, *others.lacking]
    if sorted(seen.left) != sorted(act.leaves):
        wrong.append(f"left {seen.left}, not {act.leaves} ({answer.status_code})")
    wrong += [f"again: {what}" for what in again.unlike]
    wrong += [f"by {STRANGER}: {what}" for what in others.unlike]
    return wrong


def test_without_a_second_factor_nothing_is_done(world):
    Authenticator.objects.filter(user__in=[world.users[role] for role in STAFF]).delete()
    wrong = []
    for row, act in each_act(world):
        if act.is_read:
            continue
        with watched(world.users[act.by]) as seen:
            answer = send(world.client(act.by), act.path, act.typed)
        if seen or answer.headers.get("Location") != "/accounts/2fa/":
            wrong.append(f"{row}: {answer.status_code} {seen}")
    for pattern in site.addresses() - {"admin/login/", "admin/logout/"}:
        answer = send(world.client("moderator"), address(pattern, world), {})
        if answer.headers.get("Location") != "/accounts/2fa/":
            wrong.append(f"{pattern}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", STAFF)
def test_what_is_the_organizers_is_not_done_by_staff(world, role):
    path = f"/admin/petitions/petition/{world.ours.pk}/team/"
    member = world.ours.team.get(user=world.users["view"])
    named = {row.split(": ")[1] for row in table.ORGANIZERS if ": " in row}
    assert len(named) == 4
    for name in named:
        with watched(world.users[role]) as seen:
            send(world.client(role), path, {"action": name, "row": member.pk})
        assert not seen, name
