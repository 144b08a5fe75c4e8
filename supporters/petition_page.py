"""What the page of a petition shows, gathered in at most six statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse

from petitions.models import ModerationEvent, Petition, PetitionTarget
from petitions.states import Status
from supporters.appeal import appeal
from supporters.count import Tally, with_live_count
from supporters.forms import SignForm
from supporters.meta import Meta
from supporters.models import CountAdjustment, Signature
from supporters.sharing import Share

REASONS = 6
RECENT = 12
RELATED = 5
UPDATES = 5  # shown at once; whoever wants the earlier ones opens them
BUSY_DAY = 5  # signatures: fewer are no news, and one of them could be told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSignature:
    """As much of a signature as its signer wants shown."""

    name: str
    reason: str
    confirmed_at: datetime

    @classmethod
    def of(cls, signature: Signature) -> "PublicSignature":
        confirmed_at = signature.confirmed_at
        if confirmed_at is None:
            raise ValueError("Only a confirmed signature is shown.")
        return cls(name=signature.public_name, reason=signature.reason, confirmed_at=confirmed_at)


def page_petitions() -> QuerySet[Petition]:
    """Petitions with what the page needs beside the live count."""
    carried_over = CountAdjustment.objects.filter(
        petition=OuterRef("pk"), kind=CountAdjustment.Kind.CARRIED_OVER
    ).order_by()
    return (
        Petition.objects.select_related("organizer", "version")
        .defer("body", "ask", "version__body", "version__ask", "version__title", "version__summary")
        .annotate(
            has_organizer=Exists(
                Signature.objects.confirmed().filter(petition=OuterRef("pk"), is_organizer=True)
            ),
            carried_over=Subquery(
                carried_over.values("petition").annotate(sum=Sum("quantity")).values("sum")
            ),
            carried_over_from=Subquery(carried_over.order_by("-id").values("source")[:1]),
            closed_by=Subquery(
                ModerationEvent.objects.filter(petition=OuterRef("pk"), to_status=Status.CLOSED)
                .order_by("-id")
                .values("actor")[:1]
            ),
        )
    )


def page_context(petition: Petition, *, preview: bool = False, source: str = "") -> dict[str, Any]:
    """The template's context; `petition` comes from page_petitions() with its live count.

    `source`: the code of the link that led here.
    """
    tally = Tally.of(petition)
    # Who is only to be called stands with the second steps.
    links = (
        PetitionTarget.objects.filter(petition=petition)
        .exclude(relation=PetitionTarget.Relation.CALLED)
        .select_related("target")
    )
    context: dict[str, Any] = {
        "petition": petition,
        "tally": tally,
        "html": petition.safe_html,
        "ask_html": petition.safe_ask_html,
        "lead": petition.summary,
        "targets": [link.target for link in links],
        "page_url": (page_url := settings.SITE_URL + petition.get_absolute_url()),
        "preview": preview,
        "carried_over": _carried_over(petition),
        "form": None,
    }
    if petition.status == Status.REJECTED:
        return context | {"rejection": _rejection(petition)}
    updates = list(petition.updates.published().newest_first())
    context |= {
        "steps": list(petition.steps.all()),
        "updates": updates[:UPDATES],
        "earlier_updates": updates[UPDATES:],
        "reasons": _reasons(petition),
        "appeal": appeal(
            petition,
            total=tally.count,
            has_organizer=petition.has_organizer,  # type: ignore[attr-defined]  # annotated
        ),
    }
    if petition.is_public:
        updated = [update.published_at for update in context["updates"]]
        context["meta"] = Meta.of(petition, tally, page_url=page_url, updated=updated)
        context["share"] = Share.of(petition, page_url, embed=True)
    if petition.is_closed:
        return context | {
            "related": list(_related(petition)),
            "is_organizers_word": bool(petition.organizer_display)
            and petition.organizer_id is not None
            and petition.organizer_id == petition.closed_by,  # type: ignore[attr-defined]
        }
    recent = _recent(petition)
    context |= {
        "recent": recent,
        "latest": recent[0] if recent else None,
        "last_day": petition.trend if petition.trend >= BUSY_DAY else None,
    }
    if petition.is_signable and not preview:
        context["form"] = SignForm(
            initial={"source": source}, action=reverse("sign", args=[petition.slug])
        )
    return context


def _carried_over(petition: Petition) -> list[tuple[int, str]]:
    """(quantity, where from), for what other places counted before; most pages have none."""
    quantity = petition.carried_over  # type: ignore[attr-defined]  # annotated
    source = petition.carried_over_from or petition.source  # type: ignore[attr-defined]
    return [(quantity, source)] if quantity else []


def _reasons(petition: Petition) -> list[PublicSignature]:
    rows = (
        Signature.objects.filter(petition=petition)
        .for_public_display()
        .with_reason()
        .order_by("-confirmed_at", "-id")[:REASONS]
    )
    return [PublicSignature.of(row) for row in rows]


def _recent(petition: Petition) -> list[PublicSignature]:
    """By position: a signature that is not folded yet follows within a second."""
    rows = (
        Signature.objects.filter(petition=petition, position__isnull=False)
        .for_public_display()
        .order_by("-position")[:RECENT]
    )
    return [PublicSignature.of(row) for row in rows]


def _related(petition: Petition) -> QuerySet[Any]:
    """Open petitions on the same topics, for who comes too late for this one."""
    shared = Petition.topics.through.objects.filter(petition=petition).values("topic")
    same_topic = Petition.topics.through.objects.filter(topic__in=shared).values("petition")
    return (
        with_live_count(Petition.objects.open().filter(read_only=False))
        .filter(pk__in=same_topic)
        .order_by("-trend", "-supporter_count", "-id")[:RELATED]
    )


def _rejection(petition: Petition) -> ModerationEvent | None:
    return (
        ModerationEvent.objects.filter(petition=petition, to_status=Status.REJECTED)
        .order_by("-id")
        .first()
    )
