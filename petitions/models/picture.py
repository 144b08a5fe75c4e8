"""The picture of a petition: how it is changed, and what pages show of it."""

from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from petitions import pictures


class WithPicture(models.Model):
    """Mixed into Petition. `picture` and its renditions are written by change_picture() alone.

    A plain save() of a row that was read earlier would bring back the name of files that are gone.
    """

    # The name of the JPEG in the storage; the other files are named after it.
    picture = models.ImageField(_("picture"), upload_to=pictures.FOLDER, blank=True)
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=300,
        blank=True,
        help_text=_("In words, for people who cannot see it. Needed to publish a picture."),
    )
    picture_renditions = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def change_picture(self, picture: pictures.Picture | None) -> None:
        """Show this one from now on, or none. The old files go when the transaction is through."""
        rows = self._petitions()
        values: dict[str, Any] = {"picture": "", "picture_renditions": {}, "picture_alt": ""}
        with transaction.atomic():
            locked = rows.lock()
            old = locked.values_list("picture", "picture_renditions").get(pk=self.pk)
            if picture is not None:
                pictures.store(picture)
                values = {"picture": picture.name, "picture_renditions": picture.renditions}
            rows.filter(pk=self.pk).update(**values)
            self._remove_after_commit(*old)
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def shown_picture(self) -> pictures.Shown | None:
        name = self.picture.name or ""
        return pictures.shown(name, self.picture_renditions, alt=self.picture_alt)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            self._remove_after_commit(self.picture.name or "", self.picture_renditions)
            return super().delete(*args, **kwargs)

    def _take_picture(self) -> pictures.Picture | None:
        """Made from a file that a script assigned to `picture`: none is stored as it came."""
        assigned = self.__dict__.get("picture")
        if not isinstance(assigned, File) or getattr(assigned, "_committed", False):
            return None
        picture = pictures.make(assigned)
        self.picture = ""
        return picture

    @classmethod
    def remove_unless_shown(cls, name: str, renditions: dict[str, Any]) -> None:
        """Remove the files of a picture that no row names; a script may have copied one."""
        if name and not cls._petitions().with_picture(name).exists():
            pictures.remove(name, renditions)

    def _remove_after_commit(self, name: str, renditions: dict[str, Any]) -> None:
        remove = partial(self.remove_unless_shown, name, renditions)
        transaction.on_commit(remove, robust=True)

    @classmethod
    def _petitions(cls) -> Any:
        return cls._default_manager.all()
