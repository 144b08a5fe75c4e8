from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Concat, Trim
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions import search
from petitions.slugs import candidates, validate_slug

_NAME = frozenset({"first_name", "last_name"})


class User(AbstractUser):
    """Somebody with an account: an organizer or a moderator. Signers need none."""

    slug = models.CharField(
        _("slug"),
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_slug],
        help_text=_(
            "The address of the organizer's page. Made from the name when a petition that shows "
            "it is opened; a new name leaves it as it is."
        ),
    )

    class Meta(AbstractUser.Meta):
        pass

    def get_absolute_url(self) -> str:
        return reverse("organizer", args=[self.slug])

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.slug = self.slug or None  # '' would be unique once
        stored = not self._state.adding and (update_fields is None or _NAME & set(update_fields))
        before = User.objects.filter(pk=self.pk).first() if stored else None
        super().save(*args, update_fields=update_fields, **kwargs)
        if before and before.get_full_name() != self.get_full_name():
            self._index_own_petitions()

    @classmethod
    def with_page(cls) -> "models.QuerySet[User]":
        """Organizers of a published petition that shows the account's name (openly_by())."""
        first, last = models.OuterRef("first_name"), models.OuterRef("last_name")
        name = Trim(Concat(first, models.Value(" "), last))
        petitions: Any = cls._meta.get_field("petitions").related_model
        openly = petitions.objects.published().filter(
            models.Q(organizer_name="") | models.Q(organizer_name=name),
            organizer=models.OuterRef("pk"),
        )
        named = cls.objects.exclude(slug=None).exclude(first_name="", last_name="")
        return named.filter(models.Exists(openly))

    def claim_slug(self) -> None:
        """Take an address made from the full name, unless there is one or no name. Never from
        the username, which is for logging in.
        """
        name = self.get_full_name()
        if self.slug or not name:
            return
        for slug in candidates(name):
            try:
                with transaction.atomic():
                    claimed = User.objects.filter(pk=self.pk, slug=None).update(slug=slug)
            except IntegrityError:
                continue
            if claimed:
                self.slug = slug
            else:  # somebody else opened another petition of theirs at the same moment
                self.refresh_from_db(fields=["slug"])
            return

    def _index_own_petitions(self) -> None:
        """Those that show the account's name: their search documents hold it."""
        with transaction.atomic():
            rows = self.petitions.filter(organizer_name="").order_by("pk")
            search.index(*rows.select_for_update(no_key=True, of=("self",)))
