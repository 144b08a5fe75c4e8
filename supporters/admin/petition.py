"""The registered admin of petitions: organizers see their own, moderators see all."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from petitions.admin import HTTPS, AsksAgain
from petitions.groups import may_moderate
from petitions.models import Petition, StaffAct, impartial
from petitions.search import matching
from petitions.states import Status
from supporters import switches, tokens
from supporters.access import may_edit, may_manage, may_post, may_view, moderates, owns
from supporters.count import with_live_count
from supporters.models import CountAdjustment, Signature
from supporters.receivers import rename_organizers_signature
from supporters.teams.ownership import follow_organizer

from . import moves, petition_pages
from .appeal_page import decided
from .checklist import checklist, review_note
from .claim import bar
from .inlines import (
    ActionStepInline,
    EventInline,
    NewTargetInline,
    TargetInline,
    VersionInline,
)
from .lists import AsOrdered, FastList
from .petition_form import PetitionForm
from .picture_field import ask_again, make_ahead
from .proposed_ask import hold_back
from .updates import newest

_TEXT = ("title", "summary", "body", "ask")
_PICTURE = ("picture", "picture_alt")
_WHO = ("organizer", "organizer_name", "on_behalf_of")
_STATE = (
    "state", "supporters", "submitted_at", "opened_at", "closed_at", "outcome", "outcome_note",
    "outcome_source", "outcome_on",
)  # fmt: skip
_MAILS_WAIT = _("Mailings are paused for the whole site: updates are published, their mails wait.")
_ORIGIN = ("created_at", "source", "source_id", "read_only")
_PROPOSED = "text_waiting"  # of the list's filter: what else waits for moderators
_MODERATORS_ONLY = frozenset({"organizer", *_ORIGIN})

# What an organizer may still edit, by the state of the petition; every field in a draft.
# The title stays: mails carry it as their subject to whoever is named, and people signed under it.
_STILL_OPEN = frozenset({*_TEXT, *_PICTURE, "change_reason", "goal", "topics"}) - {"title"}


class _StatusFilter(admin.SimpleListFilter):
    """A moderator's list begins with what waits for them."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        waiting: list[tuple[str, Any]] = [(str(Status.IN_REVIEW), Status.IN_REVIEW.label)]
        if may_moderate(request.user):
            waiting.append((_PROPOSED, _("Text change waiting")))
        others = [(value, label) for value, label in Status.choices if value != Status.IN_REVIEW]
        return [*waiting, *others, ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Any:
        yield from list(super().choices(changelist))[1:]  # without Django's own "All"

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        status = self.value()
        if status == _PROPOSED:
            return queryset.filter(proposed_ask__isnull=False, status=Status.OPEN)  # type: ignore[no-any-return]
        return queryset.filter(status=status) if status in Status.values else None

    def value(self) -> str | None:
        return super().value() or self.unasked

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.unasked = str(Status.IN_REVIEW) if may_moderate(request.user) else "all"
        super().__init__(request, *args)


class _FeaturedFilter(admin.SimpleListFilter):
    """What stands on the first page by choice, in whatever state; moderators choose."""

    title = _("featured")
    parameter_name = "featured"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("On the first page"))] if may_moderate(request.user) else []

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        return queryset.exclude(featured_at=None) if self.value() == "yes" else None


class _WithoutTexts(AsOrdered):
    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        # A hundred stories may be two megabytes.
        return super().get_queryset(request, *args, **kwargs).defer("summary", "body", "ask")


def _is_kept(petition: Petition, user: Any) -> bool:
    """What happened is never removed in the admin. Organizers take back what they wrote."""
    return not owns(user, petition) and petition.events.exists()


@admin.register(Petition)
class PetitionAdmin(AsksAgain, FastList):
    form = PetitionForm
    formfield_overrides = HTTPS
    list_display = ("title", "state", "supporters", "organizer_display", "opened_at")
    list_select_related = ("organizer",)
    list_filter = (_StatusFilter, _FeaturedFilter)
    search_fields: ClassVar = ["title"]  # get_search_results() says what is searched
    actions = ("publish_selected", "close_selected", "feature_selected", "unfeature_selected")
    autocomplete_fields = ("organizer", "topics")
    inlines = (TargetInline, NewTargetInline, ActionStepInline, VersionInline, EventInline)

    class Media:
        css: ClassVar = {"all": ["css/admin.css"]}

    # Whose petitions

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        petitions: Any = super().get_queryset(request)
        if not may_moderate(request.user):
            petitions = petitions.of_team(request.user)
        return with_live_count(petitions)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By moderators alone while starting petitions is paused."""
        may: bool = super().has_add_permission(request)
        return may and (not switches.current().starting_paused or may_moderate(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_view_permission(request, obj)
        return may and (obj is None or may_view(request.user, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or may_edit(request.user, obj, Status.DRAFT, Status.OPEN))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts, by their organizer. What was ever public is closed or hidden."""
        may = super().has_delete_permission(request, obj)
        draft = obj is None or obj.status == Status.DRAFT
        return may and draft and (obj is None or may_manage(request.user, obj))

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return may_moderate(request.user)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not may_moderate(request.user):
            raise PermissionDenied  # it names moderators
        return super().history_view(request, object_id, extra_context)

    def view_on_site(self, obj: Petition) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _WithoutTexts

    def get_list_display(self, request: HttpRequest) -> Any:
        names = super().get_list_display(request)
        if may_moderate(request.user):
            return names
        return [name for name in names if name != "organizer_display"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (matching(queryset, search_term) if search_term.strip() else queryset), False

    @admin.display(description=_("status"))
    def state(self, petition: Petition) -> str:
        return petition.get_status_display()

    @admin.display(description=_("supporters"))
    def supporters(self, petition: Any) -> int:
        return int(petition.live_count)

    @admin.display(description=_("organizer"))
    def organizer_display(self, petition: Petition) -> str:
        return petition.organizer_display

    @admin.action(description=_("Publish"), permissions=["moderate"])
    def publish_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return moves.move_selected(self, request, self._chosen(request), moves.Publish)

    @admin.action(description=_("Close"), permissions=["moderate"])
    def close_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return moves.move_selected(self, request, self._chosen(request), moves.Close)

    @admin.action(description=_("Feature on the first page"), permissions=["moderate"])
    def feature_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Open ones; the first page shows the last three that were chosen."""
        with transaction.atomic():
            self._lock_chosen(request)
            wanted = self._not_own(request, self._chosen(request).open())
            chosen = list(wanted.filter(featured_at=None))
            wanted.feature()
            self._log_featured(request, chosen, _("Featured on the first page."))

    @admin.action(description=_("No longer feature"), permissions=["moderate"])
    def unfeature_selected(self, request: HttpRequest, queryset: Any) -> None:
        with transaction.atomic():
            self._lock_chosen(request)
            wanted = self._not_own(request, self._chosen(request))
            chosen = list(wanted.exclude(featured_at=None))
            wanted.unfeature()
            self._log_featured(request, chosen, _("No longer featured."))

    def _log_featured(self, request: HttpRequest, chosen: list[Petition], what: Any) -> None:
        for petition in chosen:
            self.log_change(request, petition, str(what))
        say = ngettext("%d petition was changed.", "%d petitions were changed.", len(chosen))
        self.message_user(request, say % len(chosen))

    def _not_own(self, request: HttpRequest, chosen: Any) -> Any:
        own = [petition for petition in chosen if impartial.works_on(request.user, petition)]
        for petition in own:
            say = f"“{petition}”: {impartial.why_not(petition, by=request.user)}"
            self.message_user(request, say, messages.ERROR)
        return chosen.exclude(pk__in=[petition.pk for petition in own])

    def _lock_chosen(self, request: HttpRequest) -> None:
        """So that what is read of them is what is changed."""
        ids = self._chosen(request).order_by().values("pk")
        list(Petition.objects.filter(pk__in=ids).order_by("pk").lock().values("pk"))

    def _chosen(self, request: HttpRequest) -> Any:
        """The ticked ones, in whatever state they are by now: the list's filter forgets those."""
        ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
        return self.get_queryset(request).filter(pk__in=ids).defer("body", "ask").order_by("-id")

    # The form

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        blocks: list[tuple[Any, tuple[str, ...]]] = [
            (None, ("title", "slug", "summary", "body", "ask", "language", "topics")),
            (_("Picture"), _PICTURE),
            (_("Who asks"), _WHO),
            (_("Goal and end"), ("goal", "closes_at")),
        ]
        if obj and obj.is_published and may_edit(request.user, obj, Status.OPEN):
            texts = blocks[0][1]
            at = texts.index("ask") + 1
            blocks[0] = (None, (*texts[:at], "change_reason", *texts[at:]))
        if obj:
            blocks = [(_("Where it stands"), _STATE), *blocks, (_("Origin"), _ORIGIN)]
        is_draft = obj is None or obj.status == Status.DRAFT
        # Who a petition belongs to is not changed by who would decide about it then.
        if not (may_moderate(request.user) if is_draft else moderates(request.user, obj)):
            blocks = [
                (name, tuple(field for field in fields if field not in _MODERATORS_ONLY))
                for name, fields in blocks
            ]
        return [(name, {"fields": fields}) for name, fields in blocks if fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["created_at", "source", "source_id", *_STATE]
        if obj is None or may_edit(request.user, obj, Status.DRAFT):
            return names
        editable = _STILL_OPEN if may_edit(request.user, obj, Status.OPEN) else frozenset()
        blocks = self.get_fieldsets(request, obj)
        fields = {name for _title, block in blocks for name in block["fields"]}
        return [*names, *(fields - editable - set(names))]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        picture = make_ahead(request) if request.method == "POST" else None
        try:
            return super().changeform_view(request, *args, **kwargs)
        finally:
            if picture:  # stored and rolled back, perhaps
                Petition.remove_unless_shown(picture.name, picture.renditions)

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        return {"organizer": request.user.pk, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Petition, form: Any, change: Any) -> None:
        obj.changed_by = request.user
        obj.change_reason = form.cleaned_data.get("change_reason", "")
        if change:
            # Not what somebody else may have changed since the row was read.
            # The topics are no column; save_related() writes them.
            columns = {field.name for field in obj._meta.concrete_fields}  # noqa: SLF001
            changed = columns & set(form.changed_data)
            obj.save(update_fields=hold_back(request, obj, changed, obj.change_reason))
            if "organizer" in form.changed_data:
                follow_organizer(obj)
            if "organizer_name" in form.changed_data:
                rename_organizers_signature(obj)
        else:
            if not may_moderate(request.user):
                obj.organizer = request.user  # type: ignore[assignment]
            obj.save()
        if form.changes_picture:
            obj.change_picture(form.new_picture)

    def delete_model(self, request: HttpRequest, obj: Petition) -> None:
        # It may have been submitted, published and signed since the page asked.
        rows = Petition.objects.lock().filter(pk=obj.pk)
        if not rows.filter(status=Status.DRAFT).exists() or _is_kept(obj, request.user):
            raise PermissionDenied
        obj.delete()

    def write_down(self, request: HttpRequest, verb: str, obj: Any, note: str = "") -> None:
        """What was decided about a draft goes with it; that it was stays."""
        if verb == StaffAct.Verb.DELETED:
            events = obj.events.select_related("actor").order_by("pk")
            note = "; ".join(event.record for event in events)
        super().write_down(request, verb, obj, note)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Django's own collects every row that hangs on a petition.
        ids = [petition.pk for petition in objs]
        for model in (Signature, CountAdjustment):
            if model.objects.filter(petition_id__in=ids).exists():
                kept = _("Supporters are counted. It can be closed or hidden, never deleted.")
                return [str(petition) for petition in objs], {}, set(), [kept]
        if any(_is_kept(petition, request.user) for petition in objs):
            kept = _("It was submitted before, and decisions stay. Its organizer may delete it.")
            return [str(petition) for petition in objs], {}, set(), [kept]
        return (
            [str(petition) for petition in objs],
            {self.opts.verbose_name_plural: len(ids)},
            set(),
            [],
        )

    # The moves

    def get_urls(self) -> list[Any]:
        move = self.admin_site.admin_view(self.move_view)
        return [
            path("<path:object_id>/move/<str:move>/", move, name="petitions_petition_move"),
            *petition_pages.urls(self),
            *super().get_urls(),
        ]

    def move_view(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        return moves.move_view(self, request, unquote(object_id), move)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        petition = context["original"]
        context["tools"] = self._tools(request, petition) if petition else []
        context["may_moderate"] = may_moderate(request.user)
        context["checklist"] = checklist(request.user, petition) if petition else []
        context["review_note"] = review_note(petition) if petition else ""
        context |= decided(request.user, petition) if petition else {}
        if petition and context["may_moderate"]:
            context |= bar(request.user, petition)
        shown = petition and petition.is_published
        context["news"] = list(newest(petition)) if shown else []
        context["may_post"] = bool(shown and may_post(request.user, petition))
        if petition and petition.is_published and switches.current().mailings_paused:
            self.message_user(request, _MAILS_WAIT, messages.WARNING)
        if context["errors"]:
            ask_again(context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)

    def _tools(self, request: HttpRequest, petition: Petition) -> list[tuple[str, Any]]:
        """Address and label of what can be done with this petition beside editing it."""
        found = [
            (reverse("admin:petitions_petition_move", args=[petition.pk, form.name]), form.label)
            for form in moves.moves_for(request.user, petition)
        ]
        if not petition.is_public:
            token = tokens.make(tokens.Purpose.PREVIEW, petition.pk)
            found.append((reverse("preview", args=[token]), _("Preview")))
        found += petition_pages.tools(request.user, petition)
        if request.user.has_perm("supporters.view_signature"):
            listed = reverse("admin:supporters_signature_changelist")
            found.append((f"{listed}?petition__id__exact={petition.pk}", _("Signatures")))
        if request.user.has_perm("supporters.add_countadjustment"):
            entry = reverse("admin:supporters_countadjustment_add")
            found.append((f"{entry}?petition={petition.pk}", _("Add a ledger entry")))
        return found
