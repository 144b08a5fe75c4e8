"""What the page of a petition shows, gathered in at most six statements."""

from collections.abc import Iterable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import unquote

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from petitions.models import ActionStep, ModerationEvent, Petition, PetitionTarget, Update
from petitions.states import Status
from supporters import consent, reasons, switches
from supporters.appeal import appeal
from supporters.blank_form import blank_form
from supporters.compiled import Compiled
from supporters.count import Tally, with_live_count
from supporters.kept import Kept, key_of
from supporters.meta import Meta
from supporters.models import CountAdjustment, Signature
from supporters.models.signature import shown_name
from supporters.rows import Rows
from supporters.saying import where
from supporters.sharing import Share
from supporters.trend import growth

REASONS = 6
RECENT = 12
RELATED = 5
UPDATES = 5  # shown at once; whoever wants the earlier ones opens them


class PublicSignature(NamedTuple):
    """As much of a signature as its signer wants shown."""

    name: str
    reason: str
    confirmed_at: datetime
    position: int | None = None  # where it leads to a report of the reason

    @classmethod
    def of(cls, signature: Signature) -> "PublicSignature":
        return cls.of_row(_shown(signature))

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> "PublicSignature":
        """Of the values of _SHOWN."""
        display, given_name, family_name, reason, confirmed_at = row
        if confirmed_at is None:
            raise ValueError("Only a confirmed signature is shown.")
        name = shown_name(display, given_name, family_name)
        return cls(name=name, reason=reason, confirmed_at=confirmed_at)


_SHOWN = ("display", "given_name", "family_name", "reason", "confirmed_at")
_shown = attrgetter(*_SHOWN)


# Each column costs, at each page. Whoever shows another must name it here, or in .only() below: a
# part that is kept (supporters.kept) is known by what was read, so it would stay as it is when
# the other changes. Tests fail where a part asks for it (tests.late_reads).
_OF_PETITION = (
    "slug", "title", "summary", "language", "goal", "trend", "status", "read_only",
    "is_text_withheld", "opened_at", "closed_at", "closes_at", "version", "organizer",
    "organizer_name", "on_behalf_of", "source", "outcome", "outcome_on", "outcome_note",
    "outcome_source", "picture", "picture_alt", "picture_renditions",
)  # fmt: skip
_OF_VERSION = ("version__number", "version__html", "version__ask_html", "version__created_at")
_OF_ORGANIZER = ("organizer__first_name", "organizer__last_name", "organizer__slug")


def page_petitions() -> QuerySet[Petition]:
    """Petitions with what the page needs beside the live count."""
    carried_over = CountAdjustment.objects.filter(
        petition=OuterRef("pk"), kind=CountAdjustment.Kind.CARRIED_OVER
    ).order_by()
    return (
        Petition.objects.select_related("organizer", "version")
        .only(*_OF_PETITION, *_OF_VERSION, *_OF_ORGANIZER)
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


_PETITION = -9_999  # no petition's id
_NOW = datetime(1, 2, 3, tzinfo=UTC)

_links = Compiled(
    # Who is only to be called stands with the second steps.
    lambda petition: (
        PetitionTarget.objects.filter(petition=petition)
        .addressed()
        .select_related("target")
        .only("target__slug", "target__name", "target__role", "target__organization")
    ),
    petition=_PETITION,
)
_target = attrgetter("target")
_steps = Compiled(lambda petition: ActionStep.objects.filter(petition=petition), petition=_PETITION)
_updates = Compiled(
    lambda petition, now: (
        Update.objects.filter(petition=petition)
        .published(now)
        .newest_first()
        .only("kind", "title", "html", "happened_on", "published_at", "edited_at")
    ),
    petition=_PETITION,
    now=_NOW,
)
_recent = Compiled(
    # By position: a signature that is not folded yet follows within a second.
    lambda petition: (
        Signature.objects.filter(petition=petition, position__isnull=False)
        .for_public_display()
        .order_by("-position")
        .values_list(*_SHOWN)[:RECENT]
    ),
    petition=_PETITION,
)


class _Addresses(NamedTuple):
    page: str
    printed: str  # on paper, for eyes
    sign: str  # where the form is sent

    @classmethod
    def of(cls, slug: str) -> "_Addresses":
        page = settings.SITE_URL + reverse("petition", args=[slug])
        return cls(page=page, printed=unquote(page), sign=reverse("sign", args=[slug]))


def _addresses_of(slug: str) -> _Addresses:
    return _addresses.get((slug, get_language(), *where()), lambda: _Addresses.of(slug))


_addresses: Kept[_Addresses] = Kept()
_metas: Kept[Meta] = Kept()
_shares: Kept[Share] = Kept()


def page_context(petition: Petition, *, preview: bool = False, source: str = "") -> dict[str, Any]:
    """The template's context; `petition` comes from page_petitions() with its live count.

    `source`: the code of the link that led here.
    """
    tally = Tally.of(petition)
    at = _Addresses.of(petition.slug) if preview else _addresses_of(petition.slug)
    context: dict[str, Any] = {
        "petition": petition,
        "tally": tally,
        "html": petition.safe_html,
        "ask_html": petition.safe_ask_html,
        "lead": petition.summary,
        "page_url": at.page,
        "printed_url": at.printed,
        "today": timezone.localdate(tally.as_of),
        "preview": preview,
        "keeps_nothing": preview,
        "carried_over": _carried_over(petition),
        "form": None,
        "paused": "",
    }
    context |= (rows := _rows_beside(petition, tally))
    if petition.status == Status.REJECTED:
        if petition.is_text_withheld:
            context |= {"html": "", "ask_html": "", "lead": ""}
        return context | {"rejection": _rejection(petition)}
    updates = rows["updates"]
    context |= {
        "updates": updates[:UPDATES],
        "earlier_updates": updates[UPDATES:],
        "appeal": appeal(
            petition,
            total=tally.count,
            has_organizer=petition.has_organizer,  # type: ignore[attr-defined]  # annotated
        ),
    }
    if petition.is_public:
        of_page = (get_language(), key_of(petition), petition.is_open, at.page)
        context["meta"] = _metas.get(
            (*of_page, tally.without_time, key_of(updates)),
            lambda: Meta.of(petition, tally, page_url=at.page, updated=_moments(updates)),
        )
        context["share"] = _shares.get(of_page, lambda: Share.of(petition, at.page, embed=True))
    if "recent" not in rows:  # it was closed when they were read
        return context | _of_closed(petition)
    context |= {"latest": next(iter(rows["recent"][:1]), None), "last_day": growth(petition)}
    if petition.is_signable and not preview:
        context |= _to_sign(petition, source, action=at.sign)
    return context


def _rows_beside(petition: Petition, tally: Tally) -> dict[str, Rows[Any]]:
    """What is shown beside its own row, read by one cursor; `recent` while it is not closed."""
    of_petition = {"petition": petition.pk}
    with connection.cursor() as cursor:
        rows: dict[str, Rows[Any]] = {"targets": _links.rows(cursor, **of_petition).into(_target)}
        if petition.status == Status.REJECTED:
            return rows
        rows["updates"] = _updates.rows(cursor, **of_petition, now=tally.as_of)
        rows["steps"] = _steps.rows(cursor, **of_petition)
        found = reasons.of_page(cursor, petition.pk, limit=REASONS)
        # Made at once: a name that its signer does not want shown is not to stay in a key.
        rows["reasons"] = found.into(PublicSignature.of_row).made()
        if not petition.is_closed:
            rows["recent"] = _recent.rows(cursor, **of_petition).into(PublicSignature.of_row).made()
    return rows


def _moments(updates: Iterable[Update]) -> list[datetime]:
    """When readers were told something, for machines."""
    return [at for each in updates if (at := each.edited_at or each.published_at)]


def _of_closed(petition: Petition) -> dict[str, Any]:
    return {
        "related": list(_related(petition)),
        "is_organizers_word": bool(petition.organizer_display)
        and petition.organizer_id is not None
        and petition.organizer_id == petition.closed_by,  # type: ignore[attr-defined]
    }


def _to_sign(petition: Petition, source: str, *, action: str) -> dict[str, Any]:
    """The form, or what staff say in its place."""
    on = switches.current()
    if on.signing_paused:
        return {"paused": on.signing_message}
    return {"form": blank_form(action=action, source=source, asks=consent.asks(petition))}


def _carried_over(petition: Petition) -> list[tuple[int, str]]:
    """(quantity, where from), for what other places counted before; most pages have none."""
    quantity = petition.carried_over  # type: ignore[attr-defined]  # annotated
    source = petition.carried_over_from or petition.source  # type: ignore[attr-defined]
    return [(quantity, source)] if quantity else []


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
        ModerationEvent.objects.with_words()
        .filter(petition=petition, to_status=Status.REJECTED)
        .order_by("-id")
        .first()
    )
