from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_PAGE = 60  # seconds
LONGEST_NOTICE = 500  # characters


class SiteSwitches(models.Model):
    """What staff can turn for the whole site, while it runs. One row; none is as good as untouched.

    Processes read it through supporters.switches, which asks the database once a second.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    signing_paused = models.BooleanField(
        _("pause signing"),
        default=False,
        help_text=_(
            "In the place of the form stands a message. Confirming, withdrawing and unsubscribing "
            "go on."
        ),
    )
    starting_paused = models.BooleanField(
        _("pause starting petitions"),
        default=False,
        db_default=False,
        help_text=_(
            "Nobody but moderators begins a petition; in the place of the form stands a message. "
            "Drafts that were begun can be finished and sent."
        ),
    )
    banner_shown = models.BooleanField(
        _("show a banner"),
        default=False,
        db_default=False,
        help_text=_("Above every public page, in each language that has a text."),
    )
    # From when until when these three hold, by the database's clock; empty at either end: open.
    signing_from = models.DateTimeField(_("holds from"), null=True, blank=True)
    signing_until = models.DateTimeField(_("holds until"), null=True, blank=True)
    starting_from = models.DateTimeField(_("holds from"), null=True, blank=True)
    starting_until = models.DateTimeField(_("holds until"), null=True, blank=True)
    banner_from = models.DateTimeField(_("holds from"), null=True, blank=True)
    banner_until = models.DateTimeField(_("holds until"), null=True, blank=True)
    mailings_paused = models.BooleanField(
        _("pause mailings"),
        default=False,
        help_text=_(
            "Updates are published and their mails wait. Mails that single people wait for go on."
        ),
    )
    page_seconds = models.PositiveSmallIntegerField(
        _("seconds that a page is kept"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_PAGE)],
        help_text=_(
            "1 to 60. A longer time spares the database. The number on a page that somebody has "
            "open goes on moving each second."
        ),
    )
    busy = models.BooleanField(
        _("only pages from memory"),
        default=False,
        help_text=_(
            "Readers get the pages that were made before, however old; all others, and who signs, "
            "are told that the site is busy. Links in mails, accounts and this admin go on."
        ),
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    changed_by = models.CharField(_("changed by"), max_length=200, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="supporters_switches_one_row"),
            models.CheckConstraint(
                condition=models.Q(page_seconds__range=(1, LONGEST_PAGE)),
                name="supporters_switches_page_seconds",
            ),
        ]
        verbose_name = _("site switches")
        verbose_name_plural = _("site switches")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Notice(models.Model):
    """Words of the staff that stand on pages instead of the site's own, in one language."""

    class Place(models.TextChoices):
        SIGNING = "signing", _("while signing is paused")
        STARTING = "starting", _("while starting petitions is paused")
        BANNER = "banner", _("banner")

    place = models.CharField(_("place"), max_length=20, choices=Place.choices)
    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("text"), max_length=LONGEST_NOTICE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "language"], name="supporters_notice_once_per_language"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="supporters_notice_has_text"),
        ]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.get_place_display()} ({dict(settings.LANGUAGES).get(self.language, '')})"
