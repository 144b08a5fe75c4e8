import unicodedata
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from petitions.models import Petition, PetitionVersion
from supporters.addresses import MAX_EMAIL, email_key

from .consent import Consent

# Written by guarded UPDATEs and the fold alone. A plain save() of a stale row would bring back
# "position = NULL", and the next fold would count the person again.
GUARDED = frozenset(
    {"status", "position", "confirmed_at", "ended_at", "mails_asked", "email", "email_key"}
)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def confirmed(self) -> Self:
        return self.filter(status=Signature.Status.CONFIRMED)

    def tail(self) -> Self:
        """Confirmed, not yet folded."""
        return self.filter(status=Signature.Status.CONFIRMED, position=None)

    def wanting_updates(self) -> Self:
        """Who gets an update by mail, unless the address is suppressed."""
        wanting = self.confirmed().filter(wants_updates=True, is_organizer=False)
        return wanting.exclude(email="")

    def for_public_display(self) -> Self:
        """Confirmed, and the signer agreed to be shown. Loads nothing that must not be shown."""
        return (
            self.confirmed()
            .exclude(display=Signature.Display.HIDDEN)
            .only("given_name", "family_name", "display", "reason", "confirmed_at", "position")
        )

    def with_reason(self) -> Self:
        return self.exclude(reason="")


class Signature(models.Model):
    """One signature under one petition. Its person is called a supporter."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REMOVED = "removed", _("Removed")

    class Kind(models.TextChoices):
        ONLINE = "online", _("Online")
        PAPER = "paper", _("Paper")
        API = "api", _("API")

    class Display(models.TextChoices):
        INITIAL = "initial", _("First name and initial")
        FULL = "full", _("Full name")
        HIDDEN = "hidden", _("Not shown, only counted")

    # A signed petition is closed or hidden, never deleted. No index of its own: the unique
    # constraints below begin with the petition.
    petition = models.ForeignKey(
        Petition,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("petition"),
    )
    version = models.ForeignKey(
        PetitionVersion,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("version signed"),
    )
    given_name = models.CharField(_("first name"), max_length=100, blank=True)
    family_name = models.CharField(_("last name"), max_length=100, blank=True)
    email = models.CharField(_("email"), max_length=MAX_EMAIL, blank=True)
    # What makes two addresses one person's; NULL on paper and after erasure.
    email_key = models.CharField(max_length=MAX_EMAIL, null=True, editable=False)
    country = CountryField(_("country"), blank=True)
    postal_code = models.CharField(_("postcode"), max_length=20, blank=True)
    locality = models.CharField(_("place"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    display = models.CharField(
        _("name shown as"), max_length=8, choices=Display.choices, default=Display.INITIAL
    )
    wants_updates = models.BooleanField(_("wants updates"), default=False)
    # That the organizer may have their address, and the words of it. Empty: they did not agree.
    consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("agreed that the organizer may write"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PENDING
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.ONLINE)
    is_organizer = models.BooleanField(_("is the organizer"), default=False)
    position = models.IntegerField(_("position"), null=True, blank=True, editable=False)
    mails_asked = models.PositiveSmallIntegerField(_("mails asked for"), default=0, editable=False)
    created_at = models.DateTimeField(_("signed"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=12, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    # Of the client's network, by a key that is another each day (client.py); NULL when unknown, and
    # after 30 days (a default would rewrite SQLite's table). No index: nothing looks for one, save
    # among the rows of one petition.
    network = models.CharField(_("network"), max_length=16, null=True, blank=True, editable=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            # Signing: ON CONFLICT (petition_id, email_key) WHERE … names this very condition.
            models.UniqueConstraint(
                fields=["petition", "email_key"],
                condition=Q(status__in=["pending", "confirmed"]),
                name="supporters_signature_once",
            ),
            # Whether the organizer's own is counted (the appeal). Holds one row a petition.
            models.UniqueConstraint(
                fields=["petition"],
                condition=Q(is_organizer=True, status="confirmed"),
                name="supporters_signature_organizer_once",
            ),
            # The fold's MAX(position), the newest supporters, the pages of supporters. Partial,
            # because a full one makes SQLite read all pending rows.
            models.UniqueConstraint(
                fields=["petition", "position"],
                condition=Q(position__isnull=False),
                name="supporters_signature_position_once",
            ),
            models.CheckConstraint(
                condition=Q(position=None) | Q(confirmed_at__isnull=False),
                name="supporters_signature_position_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(position=None) | Q(position__gte=1),
                name="supporters_signature_position_from_1",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(status="pending"),
                name="supporters_signature_confirmed_at_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(status__in=["withdrawn", "removed"]),
                name="supporters_signature_ended_at_is_ended",
            ),
            # The fold orders the tail by it; a row without it would have no place.
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(confirmed_at__isnull=False),
                name="supporters_signature_confirmed_has_date",
            ),
        ]
        indexes = [
            # The tail: counted in every live count, ordered in every fold.
            models.Index(
                fields=["petition", "confirmed_at", "id"],
                condition=Q(status="confirmed", position__isnull=True),
                name="supporters_signature_tail",
            ),
            # Reasons on a petition's page, newest first; only rows that have one pay for it.
            models.Index(
                fields=["petition", "-confirmed_at", "-id"],
                condition=Q(status="confirmed") & ~Q(reason="") & ~Q(display="hidden"),
                name="supporters_signature_reasons",
            ),
            # Who gets an update (recipients.py): counted before it is sent, and read in steps while
            # the outbox is filled. Who wants updates pays for it, at confirming and at folding;
            # without it a step reads others' signatures, or sorts all of the petition's.
            models.Index(
                fields=["petition", "id"],
                condition=Q(status="confirmed", wants_updates=True, is_organizer=False)
                & ~Q(email=""),
                name="supporters_signature_wanting",
            ),
            # Erasing what was never confirmed (erasure.py).
            models.Index(
                fields=["created_at"],
                condition=Q(status="pending"),
                name="supporters_signature_pending",
            ),
        ]
        # What moderators do with one signature (supporters/signature_acts.py).
        permissions = [
            ("confirm_signature", "Can confirm a signature by hand"),
            ("remove_signature", "Can remove and restore a signature"),
            ("unsubscribe_signature", "Can unsubscribe a signature"),
            ("erase_signature", "Can erase who signed"),
            ("export_signature", "Can export what is held of an address"),
        ]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill in what follows from the rest: key, version, language, date of confirmation.

        Of a stored row a save without `update_fields` leaves GUARDED out.
        """
        if self._state.adding:
            if self.email and self.email_key is None:
                self.email_key = email_key(self.email)
            if not self.version_id:
                self.version_id = Petition.objects.values_list("version_id", flat=True).get(
                    pk=self.petition_id
                )
            if self.status == Signature.Status.CONFIRMED and self.confirmed_at is None:
                self.confirmed_at = timezone.now()
            self.language = self.language or get_language() or ""
        elif kwargs.get("update_fields") is None:
            columns = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs["update_fields"] = columns - GUARDED
        super().save(*args, **kwargs)

    @property
    def is_named(self) -> bool:
        """Whether pages may show this signer: the rule of for_public_display()."""
        return (
            self.status == Signature.Status.CONFIRMED and self.display != Signature.Display.HIDDEN
        )

    @property
    def public_name(self) -> str:
        """The name as the signer wants it shown; '' when not at all or erased."""
        return shown_name(self.display, self.given_name, self.family_name)


def shown_name(display: str, given_name: str, family_name: str) -> str:
    """The name as its signer wants it shown; '' when not at all or erased."""
    if display == Signature.Display.FULL:
        return f"{given_name} {family_name}".strip()
    if display == Signature.Display.INITIAL:
        return " ".join(filter(None, [given_name, initial(family_name)]))
    return ""


def initial(name: str) -> str:
    """The first letter of a name with its combining marks and a full stop; '' of nothing.

    Of an Arabic name without its article, which nearly all of them begin with.
    """
    if not name:
        return ""
    name = name.removeprefix("ال") or name
    end = 1
    while end < len(name) and unicodedata.category(name[end])[0] == "M":
        end += 1
    return f"{name[:end]}."
