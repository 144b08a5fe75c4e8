from collections.abc import Iterable
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangosUserManager
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Concat, Trim
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions import search
from petitions.slugs import candidates, validate_slug

_NAME = frozenset({"first_name", "last_name"})


class UserManager(DjangosUserManager["User"]):
    use_in_migrations = False

    def create_superuser(self, *args: Any, **kwargs: Any) -> "User":
        """For who sits at the server: the address counts as confirmed."""
        with transaction.atomic():
            user: User = super().create_superuser(*args, **kwargs)
            user.trust_email()
        return user


class User(AbstractUser):
    """Somebody with an account: an organizer or a moderator. Signers need none."""

    objects: ClassVar[UserManager] = UserManager()

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

    # What their petitions tell them by mail, beside what needs an answer.
    milestone_mails = models.BooleanField(
        _("mail at milestones"),
        default=True,
        db_default=True,
        help_text=_("When one of your petitions reaches 25, 50, 100 supporters and so on."),
    )
    quiet_mails = models.BooleanField(
        _("mail when it is quiet"),
        default=True,
        db_default=True,
        help_text=_("When nobody has signed one of them for two weeks; once a month at most."),
    )

    class Meta(AbstractUser.Meta):
        pass

    def get_absolute_url(self) -> str:
        return reverse("organizer", args=[self.slug])

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if self._state.adding:
            self.slug = self.slug or None  # '' would be unique once
        elif not self.__dict__.get("slug"):
            # An address is never given up, and this copy may be older than it. As a field that
            # was not read, save() leaves it out and the next look reads it.
            self.__dict__.pop("slug", None)
        stored = not self._state.adding and (update_fields is None or _NAME & set(update_fields))
        before = User.objects.filter(pk=self.pk).first() if stored else None
        if before is None or before.get_full_name() == self.get_full_name():
            super().save(*args, update_fields=update_fields, **kwargs)
            return
        with transaction.atomic():
            # Petitions first, as everywhere: publish() comes from there to the account. Their
            # search documents hold its name.
            rows = self.petitions.filter(organizer_name="").order_by("pk")
            own = list(rows.select_for_update(no_key=True))
            super().save(*args, update_fields=update_fields, **kwargs)
            search.index(*own)
            if not self.slug and self.petitions.openly_by(self).exists():
                self.claim_slug()

    def trust_email(self) -> None:
        """Take `email` as confirmed, so that its owner can log in and choose a new password.

        Not where another account has confirmed it; and nothing changes for one that has addresses.
        """
        if not self.email or EmailAddress.objects.filter(user=self).exists():
            return
        address = EmailAddress(user=self, email=self.email.lower(), primary=True)
        address.verified = address.can_set_verified()
        address.save()

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
