"""What staff do on the pages of petitions: each way to act, and the event that it leaves."""

from typing import Any

from django.utils import timezone

from petitions import asks, claims
from petitions.models import Appeal, Petition, PetitionEvent, ProposedAsk, Update
from supporters.models import Mailing, ReasonChoice, Report, Sweep
from supporters.reasons import mark

from .world import Act, World

_PAGE = "petitions/petition"
_ADDRESS = "admin/petitions/petition/<path:object_id>/"


def acts(world: World) -> dict[str, list[Act]]:
    return {
        **_of_the_petition(world),
        **_moves(world),
        **_queue_and_claims(world),
        **_team(world),
        **_asks_and_reasons(world),
        **_updates(world),
        **_judged(world),
        **_sweeps(world),
    }


def page_of(petition: Petition) -> str:
    return f"/admin/petitions/petition/{petition.pk}/"


def _of_the_petition(world: World) -> dict[str, list[Act]]:
    one, draft = page_of(world.ours), page_of(world.draft)
    listed = "/admin/petitions/petition/"
    chosen = {"_selected_action": [world.ours.pk, world.waiting.pk], "confirmed": "yes"}
    featured = {"action": "feature_selected", "_selected_action": [world.ours.pk]}
    return {
        "admin/petitions/petition/add/": [
            Act(path=f"{listed}add/", fills=True, typed={"title": "Another bridge"},
                leaves=("added petitions.petition of another-bridge",)),
        ],
        f"{_ADDRESS}change/": [
            Act(path=f"{one}change/", fills=True, typed={"summary": "Shut since June."},
                leaves=("changed petitions.petition of mend",)),
            Act(path=f"{draft}change/", fills=True, typed={"title": "Not today"}, by="superuser",
                leaves=("changed petitions.petition of not-yet",)),
        ],
        f"{_ADDRESS}delete/": [
            Act(path=f"{draft}delete/", typed={"post": "yes"}, by="superuser",
                leaves=("deleted petitions.petition",)),
        ],
        f"{_ADDRESS}copy/": [
            Act(path=f"{one}copy/", leaves=("added petitions.petition of copy-of-mend-the-bridge",)),
        ],
        f"{_ADDRESS}review/": [
            Act(path=f"{one}review/", typed={"note": "Read twice."},
                leaves=("noted petitions.petition of mend",)),
        ],
        "list petitions.petition: publish_selected": [
            Act(path=listed, typed={"action": "publish_selected", **chosen},
                leaves=("in_review → open of waits",)),
        ],
        "list petitions.petition: close_selected": [
            Act(path=listed, typed={"action": "close_selected", "outcome": "none", **chosen},
                leaves=("open → closed of mend",)),
        ],
        "list petitions.petition: feature_selected": [
            Act(path=listed, typed=featured, leaves=("changed petitions.petition of mend",)),
        ],
        "list petitions.petition: unfeature_selected": [
            Act(path=listed, typed={**featured, "action": "unfeature_selected"},
                given=lambda: Petition.objects.filter(pk=world.ours.pk).feature(),
                leaves=("changed petitions.petition of mend",)),
        ],
    }  # fmt: skip


def _moves(world: World) -> dict[str, list[Act]]:
    news = {"tells_supporters": "on", "news_title": "It is over", "news_text": "They said yes."}
    made: list[tuple[str, Petition, dict[str, str], str]] = [
        ("submit", world.draft, {}, "draft → in_review of not-yet"),
        ("publish", world.waiting, {}, "in_review → open of waits"),
        ("send-back", world.waiting, {"note": "x"}, "in_review → draft of waits"),
        ("reject", world.waiting, {"reason": "unclear"}, "in_review → rejected of waits"),
        ("close", world.ours, {"outcome": "victory", **news}, "open → closed of mend"),
        ("reopen", world.closed, {}, "closed → open of done"),
        ("hide", world.ours, {"note": "x"}, "open → hidden of mend"),
        ("restore", world.hidden, {}, "hidden → open of gone"),
    ]
    return {
        f"move: {name}": [
            Act(path=f"{page_of(petition)}move/{name}/", typed=typed, leaves=(event,))
        ]
        for name, petition, typed, event in made
    }


def _queue_and_claims(world: World) -> dict[str, list[Act]]:
    mo, root = world.users["moderator"], world.users["superuser"]
    claim = f"{page_of(world.waiting)}claim/"
    ticked = {"_selected_action": [world.waiting.pk], "confirmed": "yes", "note": "x"}

    def held(by: Any) -> Any:
        return lambda: claims.claim(world.waiting.pk, by=by)

    def take_over() -> None:
        found = claims.claim(world.waiting.pk, by=root)
        taking["seen"] = claims.mark(found)

    taking = {"action": "take_over"}
    of = "petitions.petition of waits"
    claimed = [Act(path=claim, typed={"action": "claim"}, leaves=(f"claimed {of}",))]
    released = [Act(path=claim, typed={"action": "release"}, given=held(mo),
                    leaves=(f"released {of}",))]  # fmt: skip
    moved = {"publish": "in_review → open of waits", "send_back": "in_review → draft of waits"}
    return {
        f"{_PAGE}/_claim: claim": claimed,
        f"{_PAGE}/_claim: release": released,
        f"{_PAGE}/_claim: take_over": [
            Act(path=claim, typed=taking, given=take_over, leaves=(f"took_over {of}",)),
        ],
        "queue: claim": [
            Act(path="/admin/queue/", typed={"action": "claim", **ticked}, leaves=(f"claimed {of}",)),
        ],
        "queue: release": released,  # its button posts to the petition's page
        **{
            f"queue: {name}": [
                Act(path="/admin/queue/", typed={"action": name, **ticked}, leaves=(event,))
            ]
            for name, event in moved.items()
        },
    }  # fmt: skip


def _team(world: World) -> dict[str, list[Act]]:
    path = f"{page_of(world.ours)}team/"
    member = world.ours.team.get(user=world.users["view"])
    typed = {
        "invite": ({"address": "new@example.org", "role": "view"}, "invited"),
        "revoke": ({"row": world.ours.invitations.get().pk}, "revoked"),
        "role": ({"row": member.pk, "role": "update"}, "role"),
        "remove": ({"row": member.pk}, "removed"),
    }
    return {
        f"{_PAGE}/team: {name}": [
            Act(path=path, typed={"action": name, **fields},
                leaves=(f"{kind} of mend by moderators",))
        ]
        for name, (fields, kind) in typed.items()
    }  # fmt: skip


def _asks_and_reasons(world: World) -> dict[str, list[Act]]:
    ours, signature = world.ours, world.signature
    ask, reasons = f"{page_of(ours)}proposed-ask/", f"{page_of(ours)}reasons/"
    about = {"sha256": ProposedAsk.digest("Another."), "number": 1, "note": "x"}
    row = {"row": signature.pk, "read": mark(signature.reason)}

    def proposed() -> None:
        asks.propose(ours, ask="Another.", reason="Better.", by=world.users["organizer"])

    def shown_first() -> None:
        ReasonChoice.objects.create(signature=signature, petition=ours, kind="highlighted")

    decided = {"approve": "approved", "refuse": "refused", "take_back": "taken_back"}
    chosen = {"highlight": "highlighted", "hide": "hid", "as_others": "as_others"}
    return {
        **{
            f"{_PAGE}/proposed_ask: {name}": [
                Act(path=ask, typed={"action": name, **about}, given=proposed,
                    leaves=(f"{kind} of mend by moderators",))
            ]
            for name, kind in decided.items()
        },
        **{
            f"{_PAGE}/reasons: {name}": [
                Act(path=reasons, typed={"action": name, **row},
                    given=shown_first if name == "as_others" else None,
                    leaves=(f"{kind} of mend by moderators",))
            ]
            for name, kind in chosen.items()
        },
    }  # fmt: skip


def _updates(world: World) -> dict[str, list[Act]]:
    news = f"{page_of(world.ours)}updates/"
    running = Mailing.objects.get()
    waiting = Update.objects.get(petition=world.ours, published_at=None)
    out = Update.objects.exclude(pk=running.update_id).get(published_at__isnull=False)
    typed = {"kind": "news", "title": "They met", "body": "x", "happened_on": "2020-01-01"}
    of = "supporters.mailing of mend", "petitions.update of mend"
    written = Act(path=f"{news}new/", typed={**typed, "when": "now", "action": "save"},
                  leaves=(f"added {of[1]}",))  # fmt: skip
    gone = Act(path=f"{news}{out.pk}/", typed={"action": "delete", "confirmed": "yes"},
               leaves=(f"deleted {of[1]}",))  # fmt: skip
    changed = Act(path=f"{news}{waiting.pk}/", typed={**typed, "when": "draft", "action": "save"},
                  leaves=(f"changed {of[1]}",))  # fmt: skip
    stopped = Act(path=f"{news}{running.update_id}/mailing/",
                  typed={"action": "cancel", "confirmed": "yes"}, leaves=(f"cancelled {of[0]}",))  # fmt: skip
    tested = Act(path=f"{news}{waiting.pk}/", typed={**typed, "when": "draft", "action": "test"},
                 leaves=(f"changed {of[1]}",))  # fmt: skip
    return {
        f"{_ADDRESS}updates/new/": [written],
        f"{_ADDRESS}updates/<int:update_id>/": [changed],
        f"{_ADDRESS}updates/<int:update_id>/mailing/": [stopped],
        f"{_PAGE}/update: save": [written, changed],
        f"{_PAGE}/update: test": [tested],
        f"{_PAGE}/update: delete": [gone],
        f"{_PAGE}/delete_update: delete": [gone],
        f"{_PAGE}/mailing: cancel": [stopped],
    }


def _judged(world: World) -> dict[str, list[Act]]:
    appeal = Appeal.objects.get()
    report = Report.objects.get()
    appealed = f"/admin/petitions/appeal/{appeal.pk}/change/"
    reported = f"/admin/supporters/report/{report.pk}/change/"
    about = "petitions.appeal of nor-this", "supporters.report of mend"
    typed = {"answer": "x"}
    granted = Act(path=appealed, typed={"action": "grant", **typed},
                  leaves=(f"granted {about[0]}", "rejected → in_review of nor-this"))  # fmt: skip
    refused = Act(
        path=appealed, typed={"action": "refuse", **typed}, leaves=(f"refused {about[0]}",)
    )
    upheld = Act(path=reported, typed={"action": "uphold", **typed}, leaves=(f"upheld {about[1]}",))
    dismissed = Act(path=reported, typed={"action": "dismiss", **typed},
                    leaves=(f"dismissed {about[1]}",))  # fmt: skip
    of_a_reason = Act(
        path=reported, typed={"action": "uphold", **typed},
        given=lambda: Report.objects.update(about="reason", signature=world.signature),
        leaves=(f"upheld {about[1]}", f"{PetitionEvent.Kind.HID} of mend by moderators"),
    )  # fmt: skip
    return {
        "admin/petitions/appeal/<path:object_id>/change/": [granted, refused],
        "petitions/appeal/decide: grant": [granted],
        "petitions/appeal/decide: refuse": [refused],
        "admin/supporters/report/<path:object_id>/change/": [upheld, dismissed],
        "supporters/report/decide: uphold": [upheld, of_a_reason],
        "supporters/report/decide: dismiss": [dismissed],
    }


def _sweeps(world: World) -> dict[str, list[Act]]:
    fraud = f"{page_of(world.ours)}fraud/"
    rule = {"domain": "example.org"}
    path = f"{fraud}{Sweep.objects.get().pk}/"

    def in_state(state: str, **values: Any) -> Any:
        return lambda: Sweep.objects.update(state=state, changed_at=timezone.now(), **values)

    def decided(name: str, verb: str, given: Any = None) -> list[Act]:
        leaves = (f"{verb} supporters.sweep of mend",)
        return [Act(path=path, typed={"action": name}, given=given, leaves=leaves)]

    looked = ("looked_at petitions.petition of mend",)
    return {
        f"{_ADDRESS}fraud/preview/": [
            Act(path=f"{fraud}preview/?domain=example.org", is_read=True, leaves=looked),
            # Without a reason it is shown again: another look.
            Act(path=f"{fraud}preview/", typed=rule, leaves=looked),
            Act(path=f"{fraud}preview/", typed={**rule, "note": "A wave."},
                leaves=("started supporters.sweep of mend",)),
            Act(path=f"{fraud}preview/", typed={**rule, "note": "A wave."}, given=_many(world),
                leaves=("proposed supporters.sweep of mend",)),
        ],
        f"{_PAGE}/sweep: approve": decided("approve", "approved"),
        f"{_PAGE}/sweep: decline": decided("decline", "refused"),
        f"{_PAGE}/sweep: cancel": decided("cancel", "cancelled", in_state("running")),
        f"{_PAGE}/sweep: resume": decided("resume", "resumed", in_state("cancelled")),
        f"{_PAGE}/sweep: undo": decided("undo", "undid", in_state("finished", taken=1)),
    }  # fmt: skip


def _many(world: World) -> Any:
    """So many swept by this moderator today that a second one has to agree."""
    return lambda: Sweep.objects.update(
        state="finished", asked_by=world.users["moderator"], needs_second=False, found=100
    )
