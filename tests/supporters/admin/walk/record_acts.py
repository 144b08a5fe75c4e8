"""What staff do with the rows that have pages of their own in the admin, and with signatures."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.utils import timezone

from petitions.models import DecisionReason, Page, Target, Topic
from supporters.models import OutgoingMail, Signature, SiteBlock, SuppressedAddress
from tests.factories import SignatureFactory

from .world import Act, World

_DELETE = {"post": "yes"}


def acts(world: World) -> dict[str, list[Act]]:
    return {**_accounts(world), **_texts(), **_site(world), **_signatures(world)}


def _added(label: str, typed: dict[str, Any], verb: str = "added", **more: Any) -> list[Act]:
    path = f"/admin/{label.replace('.', '/')}/add/"
    return [Act(path=path, fills=True, typed=typed, leaves=(f"{verb} {label}",), **more)]


def _of(row: Any, page: str, typed: dict[str, Any], verb: str, **more: Any) -> list[Act]:
    label = row._meta.label_lower
    path = f"/admin/{label.replace('.', '/')}/{row.pk}/{page}/"
    return [Act(path=path, fills=page == "change", typed=typed,
                leaves=(f"{verb} {label}",), **more)]  # fmt: skip


def _three(row: Any, new: dict[str, Any], changed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Added, changed and deleted: the three pages of a row's model."""
    label = row._meta.label_lower
    begin = f"admin/{label.replace('.', '/')}"
    return {
        f"{begin}/add/": _added(label, new, **more),
        f"{begin}/<path:object_id>/change/": _of(row, "change", changed, "changed", **more),
        f"{begin}/<path:object_id>/delete/": _of(row, "delete", _DELETE, "deleted", **more),
    }


def _accounts(world: World) -> dict[str, list[Act]]:
    root: dict[str, Any] = {"by": "superuser"}
    user = world.users["other organizer"]
    address = EmailAddress.objects.get(user=user)
    factor = Authenticator.objects.get(user=world.users["organizer"])
    password = {"password1": "quite long enough 9", "password2": "quite long enough 9",
                "usable_password": "true"}  # fmt: skip
    new = {"username": "lee", "email": "lee@example.org", **password}
    roles = {"groups": [Group.objects.get(name="Moderators").pk]}
    named = "changed petitions.user"
    users = _three(user, new, roles, **root)
    users["admin/petitions/user/<path:object_id>/change/"] += [
        Act(path=f"/admin/petitions/user/{user.pk}/change/", fills=True, typed=typed,
            leaves=(named,), by="superuser")
        for typed in ({"is_active": ""}, {"is_superuser": "on"}, {"email": "new@example.org"})
    ]  # fmt: skip
    return {
        **users,
        "admin/petitions/user/<id>/password/": [
            Act(path=f"/admin/petitions/user/{user.pk}/password/", typed=password,
                leaves=(named,), **root),
        ],
        **_three(Group.objects.get(name="Organizers"), {"name": "Readers"}, {"name": "Writers"},
                 **root),
        **_three(address, {"user": user.pk, "email": "new@example.org"}, {"verified": ""}, **root),
        "list account.emailaddress: make_verified": [
            Act(path="/admin/account/emailaddress/",
                typed={"action": "make_verified", "_selected_action": [address.pk]},
                given=lambda: EmailAddress.objects.filter(pk=address.pk).update(verified=False),
                leaves=("changed account.emailaddress",), **root),
        ],
        "admin/mfa/authenticator/<path:object_id>/delete/":
            _of(factor, "delete", _DELETE, "deleted", **root),
    }  # fmt: skip


def _texts() -> dict[str, list[Act]]:
    reason = DecisionReason.objects.get(code="ours")
    worded = {"wordings-0-language": "en", "wordings-0-text": "It is not ours."}
    return {
        **_three(Target.objects.get(), {"name": "Town hall"}, {"email": "hall@example.org"}),
        **_three(Topic.objects.get(), {"name": "Rivers"}, {"description": "All."}),
        **_three(Page.objects.get(), {"title": "Press", "body": "x"}, {"body": "Ours, too."}),
        **_three(reason, {"code": "more", "rank": 2, **worded}, {"hides_text": "on"}),
    }


def _site(world: World) -> dict[str, list[Act]]:
    of = {"petition": world.ours.pk, "kind": "paper", "quantity": 3, "reason": "Market stall",
          "source": "Sheets 1 to 3"}  # fmt: skip
    [counted] = _added("supporters.countadjustment", of)
    counted_of_ours = Act(path=counted.path, fills=True, typed=of,
                          leaves=("added supporters.countadjustment of mend",))  # fmt: skip
    mail, block = OutgoingMail.objects.get(kind="decision"), SiteBlock.objects.get()
    blocked = {"kind": "domain", "typed": "b.example", "reason": "A wave."}
    by_hash = {"kind": "address", "typed": "sam@example.org", "reason": "A wave."}
    switches = "/admin/supporters/siteswitches/1/change/"
    turned = ("turned supporters.siteswitches",)

    def failed() -> None:
        OutgoingMail.objects.filter(pk=mail.pk).update(failed_at=timezone.now())

    return {
        "admin/supporters/countadjustment/add/": [counted_of_ours],
        "list supporters.outgoingmail: try_again": [
            Act(path="/admin/supporters/outgoingmail/", given=failed, leaves=("resumed",),
                typed={"action": "try_again", "_selected_action": [mail.pk]}),
        ],
        "admin/supporters/siteblock/add/": [
            *_added("supporters.siteblock", blocked, verb="blocked"),
            *_added("supporters.siteblock", by_hash, verb="blocked"),
        ],
        "admin/supporters/siteblock/<path:object_id>/delete/":
            _of(block, "delete", _DELETE, "unblocked"),
        "admin/supporters/suppressedaddress/<path:object_id>/delete/":
            _of(SuppressedAddress.objects.get(), "delete", _DELETE, "deleted"),
        "admin/supporters/siteswitches/<path:object_id>/change/": [
            Act(path=switches, fills=True, typed=typed, leaves=turned)
            for typed in ({"signing_paused": "on"}, {"page_seconds": 3}, {"message_en": "Later."},
                          {"banner_shown": "on", "banner_en": "Hello."})
        ],
    }  # fmt: skip


def _signatures(world: World) -> dict[str, list[Act]]:
    begin, ours = "/admin/supporters/signature/", world.ours
    one = world.signature
    pending = SignatureFactory(petition=ours, email="noor@example.org")

    def act(name: str, verb: str, row: Signature = one, **more: Any) -> list[Act]:
        leaves = (f"{verb} supporters.signature of mend",)
        typed = {"reason": "x", **more.pop("typed", {})}
        return [Act(path=f"{begin}{row.pk}/act/{name}/", typed=typed, leaves=leaves, **more)]

    def removed() -> None:
        row = Signature.objects.filter(pk=one.pk)
        row.update(status="removed", position=9, ended_at=timezone.now())

    looked = Act(path=f"{begin}{one.pk}/change/", is_read=True,
                 leaves=("looked_at supporters.signature of mend",))  # fmt: skip
    address = {"address": "sam@example.org"}
    of_ours = f"{begin}?petition__id__exact={ours.pk}&q=sam@example.org"
    return {
        "admin/supporters/signature/": [
            Act(path=of_ours, is_read=True, leaves=("searched of mend",)),
        ],
        "admin/supporters/signature/<path:object_id>/change/": [looked],
        "admin/supporters/signature/search/": [
            Act(path=f"{begin}search/", typed=address, leaves=("searched",)),
            Act(path=f"{begin}search/", typed={**address, "petition": "mend"},
                leaves=("searched of mend",)),
        ],
        "admin/supporters/signature/export/": [
            Act(path=f"{begin}export/", typed=address, leaves=("exported",)),
        ],
        "signature: confirm": act("confirm", "confirmed", pending),
        "signature: remove": act("remove", "removed"),
        "signature: restore": act("restore", "restored", given=removed),
        "signature: unsubscribe": [
            *act("unsubscribe", "unsubscribed",
                 given=lambda: Signature.objects.filter(pk=one.pk).update(wants_updates=True)),
            *act("unsubscribe", "unsubscribed", typed={"everywhere": "on"}),
        ],
        "signature: erase": [*act("erase", "erased"), *act("erase", "erased", given=removed)],
    }  # fmt: skip
