"""A petition: its text, its states, and the guarded moves between them."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from petitions import search
from petitions.slugs import candidates, validate_slug
from petitions.states import PUBLIC, Outcome, Status

from .guarded import GUARDED
from .moves import Moves
from .petition_queryset import PetitionQuerySet
from .picture import WithPicture
from .slug import PetitionSlug
from .version import TEXT_FIELDS, PetitionVersion, digest, values_of

# What the search document is made of beside the texts.
_PUBLIC_NAMES = frozenset({"organizer", "organizer_id", "organizer_name", "on_behalf_of"})


class Petition(Moves, WithPicture, models.Model):
    # What changes all the time and is shown apart from the rest: see supporters.kept.
    UNKEPT = frozenset({"supporter_count", "live_count", "counted_at", "trend", "progress"})

    slug = models.CharField(
        _("slug"),
        max_length=80,
        unique=True,
        blank=True,
        validators=[validate_slug],
        help_text=_("The address. Made from the title when empty; old ones redirect for ever."),
    )
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(
        _("summary"),
        blank=True,
        validators=[MaxLengthValidator(500)],
        help_text=_("The case in one or two sentences."),
    )
    body = models.TextField(
        _("story"), blank=True, validators=[MaxLengthValidator(20_000)], help_text=_("Markdown.")
    )
    ask = models.TextField(
        _("what we ask"),
        blank=True,
        validators=[MaxLengthValidator(20_000)],
        help_text=_("Markdown."),
    )
    # The text that the public sees and signs. A changed text can wait for review beside it.
    version = models.OneToOneField(
        PetitionVersion, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="petitions",
        verbose_name=_("organizer"),
        help_text=_("Empty for imported petitions."),
    )
    organizer_name = models.CharField(_("organizer's name"), max_length=200, blank=True)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    topics: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        "Topic", blank=True, related_name="petitions", verbose_name=_("topics")
    )
    goal = models.PositiveIntegerField(
        _("goal"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("From then on it cannot be signed.")
    )

    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.NONE
    )
    outcome_note = models.TextField(_("how it ended"), blank=True)
    outcome_source = models.URLField(_("source for the outcome"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    # Positions given + the sum of the count adjustments; changed only together with them.
    supporter_count = models.IntegerField(_("supporters counted"), default=0, editable=False)
    # Signatures confirmed in the last day, refreshed by the worker: what "trending" sorts by.
    trend = models.PositiveIntegerField(_("trend"), default=0, editable=False)
    # Percent of the goal, 100 at most, 0 without one; refreshed by the worker. A column, because
    # SQLite leaves an index of an expression aside where a value of its condition is a parameter.
    progress = models.PositiveSmallIntegerField(
        _("progress"), default=0, db_default=0, editable=False
    )
    featured_at = models.DateTimeField(_("featured"), null=True, blank=True, editable=False)

    source = models.CharField(_("imported from"), max_length=200, blank=True, default="")
    source_id = models.CharField(_("id there"), max_length=100, blank=True, default="")
    read_only = models.BooleanField(
        _("cannot be signed here"),
        default=False,
        help_text=_("For imported petitions that are signed elsewhere."),
    )

    objects = PetitionQuerySet.as_manager()

    class Meta:
        constraints = [
            # One way only: a date implies a status that may have it. Thousands of real closed
            # petitions have no date of closing.
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(status__in=[Status.CLOSED, Status.HIDDEN]),
                name="petitions_closed_at_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None)
                | Q(status__in=[Status.OPEN, Status.CLOSED, Status.HIDDEN]),
                name="petitions_opened_at_is_opened",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | ~Q(status=Status.DRAFT),
                name="petitions_submitted_at_is_submitted",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.NONE) | Q(status__in=[Status.CLOSED, Status.HIDDEN]),
                name="petitions_outcome_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(supporter_count__gte=0), name="petitions_supporter_count_not_negative"
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="petitions_source_once",
            ),
        ]
        indexes = [
            # browse.page_ids(): lists by status, each in one of the three orders. closes_at tells
            # what is open without a look at the row, which lies behind its story.
            models.Index(
                fields=["status", "-opened_at", "-id", "closes_at"], name="petitions_by_date"
            ),
            models.Index(
                fields=["status", "-supporter_count", "-id", "closes_at"], name="petitions_by_count"
            ),
            models.Index(
                fields=["status", "-trend", "-supporter_count", "-id", "closes_at"],
                name="petitions_by_trend",
            ),
            # tallies.count(): how many there are of each kind, without reading a row. Stories lie
            # between the columns: 46 ms for 10,000 petitions on SQLite without it, 6 with it.
            models.Index(fields=["status", "outcome", "closes_at"], name="petitions_kinds"),
            # with_goal_near(), for the first page.
            models.Index(fields=["status", "-progress", "-id"], name="petitions_nearly"),
            # featured(), for the first page.
            models.Index(fields=["status", "-featured_at", "-id"], name="petitions_featured"),
            # home._blocks(): the newest victories, for the first page.
            models.Index(
                fields=["status", "outcome", "-closed_at", "-id"], name="petitions_victories"
            ),
            # due_to_close(), every second.
            models.Index(
                fields=["closes_at"],
                condition=Q(status=Status.OPEN, closes_at__isnull=False),
                name="petitions_due",
            ),
            # The moderators' queue (supporters/moderation): who has waited longest first.
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status=Status.IN_REVIEW),
                name="petitions_in_review",
            ),
            # with_picture(), for every picture that is asked for.
            models.Index(
                fields=["picture"], condition=~Q(picture=""), name="petitions_with_picture"
            ),
        ]
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")

    # Who writes the text that save() is about to store: kept with the version.
    changed_by: "Any | None" = None
    change_reason: str = ""

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("petition", args=[self.slug])

    # Saving

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the petition, its version of the text, its slug and its search document.

        A new row gets a slug from its title where it has none, and version 1. Of a stored row
        everything is written but GUARDED; a changed text becomes a new version once the petition
        was opened, and replaces the version before that. A file assigned to `picture` is made into
        one, or ValidationError is raised.
        """
        self.language = self.language or settings.LANGUAGE_CODE
        self.slug = unicodedata.normalize("NFC", self.slug)
        picture = self._take_picture()
        with transaction.atomic():
            if self._state.adding:
                self._insert(*args, **kwargs)
            else:
                self._update(*args, **kwargs)
            if picture is not None:
                self.change_picture(picture)

    def _insert(self, *args: Any, **kwargs: Any) -> None:
        given, given_pk = self.slug, self.pk
        # Or Django would first try an UPDATE of a row with a given id, GUARDED fields and all.
        kwargs["force_insert"] = True
        for slug in [given] if given else candidates(self.title):
            self.slug = slug
            try:
                with transaction.atomic():
                    super().save(*args, **kwargs)
                    PetitionSlug.objects.create(petition=self, slug=slug)
                break
            except IntegrityError:
                self.pk, self._state.adding = given_pk, True
                if given or not self._is_taken(slug):
                    self.slug = given
                    raise
        self._write_version(self)
        search.index(self)
        self.claim_organizer_page()

    def _update(
        self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any
    ) -> None:
        if update_fields is None:
            update_fields = [
                field.name for field in self._meta.concrete_fields if not field.primary_key
            ]
        fields = set(update_fields) - GUARDED - {"version_id"}
        if not fields:
            return
        if "slug" in fields and not self.slug:  # an address is changed, never given up
            self.slug = Petition.objects.values_list("slug", flat=True).get(pk=self.pk)
        super().save(*args, update_fields=fields, **kwargs)
        if "slug" in fields:
            known, _created = PetitionSlug.objects.get_or_create(
                slug=self.slug, defaults={"petition": self}
            )
            if known.petition_id != self.pk:
                raise IntegrityError(f"The slug {self.slug!r} belongs to another petition.")
        if fields & {*TEXT_FIELDS, *_PUBLIC_NAMES}:
            # What is stored: this copy may hold texts that update_fields left out.
            stored = Petition.objects.select_related("organizer").get(pk=self.pk)
            self._write_version(stored)
            search.index(stored)
            stored.claim_organizer_page()

    def claim_organizer_page(self) -> None:
        """Give the organizer a page where readers may be led to it."""
        if self.is_published and self.shows_account and self.organizer:
            self.organizer.claim_slug()

    @staticmethod
    def _is_taken(slug: str) -> bool:
        return (
            PetitionSlug.objects.filter(slug=slug).exists()
            or Petition.objects.filter(slug=slug).exists()
        )

    def _write_version(self, stored: "Petition") -> None:
        texts = {name: getattr(stored, name) for name in TEXT_FIELDS}
        versions = PetitionVersion.objects.filter(petition=self)
        newest = versions.order_by("-number").first()
        if newest and newest.sha256 == digest(**texts):
            return
        by = {"created_by": self.changed_by, "reason": self.change_reason}
        values: dict[str, Any] = {**values_of(**texts), **by}
        never_opened = (Status.DRAFT, Status.IN_REVIEW, Status.REJECTED)
        if newest and stored.status in never_opened:
            versions.filter(pk=newest.pk).update(created_at=timezone.now(), **values)
            version = PetitionVersion.objects.get(pk=newest.pk)
        else:
            number = newest.number + 1 if newest else 1
            version = PetitionVersion.objects.create(petition=self, number=number, **values)
        Petition.objects.filter(pk=self.pk).update(version=version)
        self.version = version

    # What readers see

    @property
    def is_closed(self) -> bool:
        """No longer to be signed: closed, or its closing date has passed."""
        return self.status == Status.CLOSED or (self.status == Status.OPEN and self._is_due())

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN and not self._is_due()

    @property
    def is_signable(self) -> bool:
        return self.is_open and not self.read_only

    @property
    def is_published(self) -> bool:
        """Open or closed. The pages of its organizer, targets and topics name it."""
        return self.status in (Status.OPEN, Status.CLOSED)

    @property
    def is_public(self) -> bool:
        return self.status in PUBLIC

    @property
    def ended_at(self) -> "Any | None":
        """When signing ended: closed_at, or a closing date that has passed; else None."""
        if self.closed_at:
            return self.closed_at
        return self.closes_at if self.is_closed and self._is_due() else None

    def _is_due(self) -> bool:
        return self.closes_at is not None and self.closes_at <= timezone.now()

    @property
    def organizer_display(self) -> str:
        """The name that readers see, or ''."""
        if self.organizer_name or self.organizer is None:
            return self.organizer_name
        return self.organizer.get_full_name()

    @property
    def shows_account(self) -> bool:
        """Whether the name that readers see is the account's own, so that its page may be named."""
        if self.organizer is None or not self.organizer.get_full_name():
            return False
        return self.organizer_name in {"", self.organizer.get_full_name()}

    @property
    def organizer_url(self) -> str:
        """The organizer's page, or '' where there is none or it would expose somebody."""
        if self.is_published and self.shows_account and self.organizer and self.organizer.slug:
            return self.organizer.get_absolute_url()
        return ""

    @property
    def organizer_first_name(self) -> str:
        """The account's first name, else the whole organizer_name, else ''.

        Whoever goes by another name than the account's is called by that one alone.
        """
        first = self.organizer.first_name if self.organizer else ""
        shown = self.organizer_display
        return first if first and f"{shown} ".startswith(f"{first} ") else self.organizer_name

    @property
    def text_direction(self) -> str:
        try:
            return "rtl" if get_language_info(self.language)["bidi"] else "ltr"
        except KeyError:
            return "auto"

    @property
    def safe_html(self) -> SafeString:
        html = self.version.html if self.version else ""
        return mark_safe(html)  # noqa: S308 — sanitised by text.render() in save()

    @property
    def safe_ask_html(self) -> SafeString:
        html = self.version.ask_html if self.version else ""
        return mark_safe(html)  # noqa: S308 — sanitised by text.render() in save()
