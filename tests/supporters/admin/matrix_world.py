"""Who asks, what for, and how an answer is written in the matrix."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from petitions import team
from petitions.models import (
    Appeal,
    DecisionReason,
    Page,
    Petition,
    PetitionDraft,
    StaffAct,
    TeamMember,
    Topic,
    User,
)
from petitions.roles import Role
from supporters import reporting, tokens
from supporters.models import (
    CountAdjustment,
    Download,
    Mailing,
    OutgoingMail,
    SiteBlock,
    SiteSwitches,
    Suspicion,
    Sweep,
)
from supporters.suppression import Why, suppress
from supporters.teams import mails as team_mails
from tests.factories import (
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
    UpdateFactory,
    UserFactory,
)
from tests.supporters.accounts.conftest import PASSWORD

# In the order of a row's letters.
ROLES = (
    "visitor", "account", "organizer", "edit", "update", "view", "other organizer", "moderator", "superuser",
)  # fmt: skip

STAFF = ("moderator", "superuser")

PETITION = "admin/petitions/petition/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An address with what is typed there, and the row that it is judged by."""

    row: str
    path: str
    typed: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class World:
    ours: Petition  # open; the organizer's, with a member in each role
    draft: Petition
    rejected: Petition  # by somebody who is none of them
    users: dict[str, User]
    token: str  # of a draft of somebody who has no account
    invitation: str
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """Of somebody who has just typed their password. Ask for it before what is undone again."""
        if role not in self.clients:
            client = self.clients[role] = Client(raise_request_exception=False)
            if role != "visitor":
                user = self.users[role]
                user.set_password(PASSWORD)
                user.save()
                client.force_login(user)
                client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return self.clients[role]


def make_world() -> World:
    users = {role: UserFactory(username=role, is_staff=role != "account") for role in ROLES[1:]}
    for role, user in users.items():
        user.trust_email()
        if role == "account":  # of somebody who runs nothing
            continue
        group = "Moderators" if role == "moderator" else "Organizers"
        if role == "superuser":
            User.objects.filter(pk=user.pk).update(is_superuser=True)
        else:
            user.groups.add(Group.objects.get(name=group))
    ana = users["organizer"]
    Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={"secret": "x"})
    for role in STAFF:  # or they could not act
        Authenticator.objects.create(user=users[role], type="totp", data={"secret": "x"})
    ours = PetitionFactory(is_open=True, organizer=ana, title="Mend the bridge", slug="mend")
    draft = PetitionFactory(organizer=ana, title="Not yet", slug="not-yet")
    rejected = PetitionFactory(in_review=True, organizer=ana, title="Not so", slug="not-so")
    for role in Role:
        for petition in (ours, draft, rejected):
            TeamMember.objects.create(petition=petition, user=users[role.value], role=role)
    _make_rows(ours, ana)
    _make_appeal(rejected, ana)
    invitation = team.invite(ours, address="none@example.org", role=Role.VIEW, by=ana)
    begun = PetitionDraft.objects.create(language="en")
    return World(
        ours=ours,
        draft=draft,
        rejected=rejected,
        users={role: User.objects.get(pk=user.pk) for role, user in users.items()},
        token=tokens.make(tokens.Purpose.DRAFT, begun.pk),
        invitation=team_mails.token_of(invitation),
    )


def _make_rows(ours: Petition, ana: User) -> None:
    """One of each kind that has pages in the admin."""
    TargetFactory()
    Topic.objects.create(name="Bridges", slug="bridges")
    SignatureFactory(petition=ours, is_confirmed=True, email="sam@example.org")
    Mailing.objects.create(update=UpdateFactory(petition=ours, author=ana))
    UpdateFactory(petition=ours, published_at=None)
    UpdateFactory(petition=ours)
    OutgoingMail.objects.create(kind="decision", recipient=ana.email, petition=ours)
    CountAdjustment.objects.create(petition=ours, kind="paper", quantity=1)
    Download.objects.create(petition=ours, by=ana, by_name="organizer", rows=1, addresses=0)
    sweep = {"rule": {"domain": "example.net"}, "newest_id": 1, "note": "A wave.", "found": 1}
    Sweep.objects.create(petition=ours, state="proposed", asked_by=ana, **sweep)
    Suspicion.objects.create(petition=ours, kind="rate", number=200, looked_at=200)
    SiteBlock.objects.create(kind="domain", value="a.example", key="domain:a.example", reason="x")
    Page.objects.create(slug="privacy", language="en", title="Privacy", body="Ours.")
    SiteSwitches.objects.get_or_create(pk=1)
    StaffAct.record(by=None, verb="noted", subject=ours, petition_id=ours.pk, note="Read twice.")
    ours.events.create(from_status="in_review", to_status="open")
    suppress("gone@example.org", Why.BOUNCE)
    DecisionReason.objects.create(code="ours", rank=1)
    reporting.take(ours, category="other", text="It is wrong.")


def _make_appeal(rejected: Petition, ana: User) -> None:
    """One that waits; and a decision that was not appealed."""
    first = UserFactory(username="first moderator", email="")
    other = PetitionFactory(in_review=True, organizer=ana, title="Nor this", slug="nor-this")
    for petition in (other, rejected):
        event = petition.reject(by=first, reason="unclear")
        if petition is other:
            Appeal.file(event, by=ana, text="It is clear.")


def patterns() -> list[str]:
    """Every address of the admin, of accounts and of starting a petition, as the URLconf has it."""
    begin = ("admin/", "accounts/", "petitions/start/", "petitions/preview/")
    found = (path for path in _walk(get_resolver()) if path.startswith(begin))
    return list(dict.fromkeys(_LABELS.sub(_sorted, path) for path in found))


# Django writes them in the order in which the apps' admins were imported.
_LABELS = re.compile(r"(?<=<app_label>)[\w|]+")


def _sorted(labels: re.Match[str]) -> str:
    return "|".join(sorted(labels[0].split("|")))


def _walk(resolver: Any, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, path)
        else:
            yield path


def address(pattern: str, world: World) -> str:
    """The pattern with the rows of this world put in."""
    pk = world.ours.pk
    parts = pattern.split("/")
    if pattern.startswith("admin/") and "_id>" in pattern and "content_type" not in pattern:
        model = apps.get_model(parts[1], parts[2])
        # The first one, but for accounts and their addresses: not the superuser's, nor one's own.
        if model in {User, EmailAddress}:
            owner = world.users["other organizer"]
            pk = owner.pk if model is User else EmailAddress.objects.get(user=owner).pk
        elif model is not Petition:
            pk = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    values = {
        "<path:object_id>": str(pk),
        "<id>": str(world.users["other organizer"].pk),
        "<path:content_type_id>": "1",
        "<str:move>": "close",
        "<str:act>": "remove",
        "<int:pk>": "1",
        "<int:sweep_id>": str(Sweep.objects.get().pk),
        "<int:update_id>": str(world.ours.updates.order_by("pk")[0].pk),
        "<str:name>": "title",
        "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/x/",
        "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-x/",
        "(?P<url>.*)$": "nothing/",
    }
    token = world.invitation if "invitation" in pattern else world.token
    if "preview" in pattern:
        token = tokens.make(tokens.Purpose.PREVIEW, world.draft.pk)
    values["<str:token>"] = token
    for name, value in values.items():
        pattern = pattern.replace(name, value)
    if pattern.startswith("admin/^(?P<app_label>"):
        return "/admin/petitions/"
    return f"/{pattern}"


def actions(world: World) -> list[Asked]:
    """What one address does in several ways, beside what staff do (walk/table.py)."""
    one, draft = f"/{PETITION}{world.ours.pk}/", f"/{PETITION}{world.draft.pk}/"
    member = world.ours.team.get(user=world.users["view"])
    teams = [
        Asked(row=f"team: {name}", path=f"{one}team/", typed={"action": name, **typed})
        for name, typed in {
            "offer": {"row": member.pk},
            "end_offer": {"row": 1},
            "leave": {},
            "take_over": {"row": 1},
        }.items()
    ]
    news = f"{one}updates/"
    mailed, waiting, _out = world.ours.updates.order_by("pk").values_list("pk", flat=True)
    typed = {"kind": "news", "body": "x", "happened_on": "2020-01-01", "action": "save"}
    soon = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    gone = {"action": "delete", "confirmed": "yes"}
    updates = [
        Asked(row=f"update: {name}", path=news + place, typed=typed)
        for name, place, typed in (
            ("schedule", f"{waiting}/", typed | {"when": "later", "moment": soon}),
            ("delete a draft", f"{waiting}/", gone),
            ("delete what was mailed", f"{mailed}/", gone),
        )
    ]
    others = [
        Asked(row="list: delete_selected", path=f"/{PETITION}",
              typed={"action": "delete_selected", "_selected_action": [world.ours.pk]}),
        Asked(row="appeal: file", path=f"/{PETITION}{world.rejected.pk}/appeal/",
              typed={"text": "It is not so."}),
        Asked(row="delete: a draft", path=f"{draft}delete/", typed={"post": "yes"}),
        Asked(row="delete: an open one", path=f"{one}delete/", typed={"post": "yes"}),
    ]  # fmt: skip
    return [*teams, *updates, *others]


def letter(answer: Any) -> str:
    """y shown · n nothing to show · r led on · L to the log-in · - refused · 0 none there · x wrong verb · ! other."""
    if answer.status_code in {301, 302}:
        return "L" if "login" in answer["Location"] else "r"
    known = {200: "y", 204: "n", 403: "-", 404: "0", 405: "x", 400: "b", 410: "g", 401: "u"}
    return known.get(answer.status_code, "!")
