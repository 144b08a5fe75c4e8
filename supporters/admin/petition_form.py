"""The text of a petition in the admin. Status, dates and outcome are in no form: see moves.py."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf.locale import LANG_INFO
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import claims, pictures
from petitions.models import PetitionSlug

from .claim import told
from .picture_field import PictureField


def _languages() -> list[tuple[str, str]]:
    known = [(code, info["name_local"]) for code, info in LANG_INFO.items() if "name" in info]
    return [("", "---------"), *sorted(known, key=lambda pair: pair[1].casefold())]


class PetitionForm(forms.ModelForm):  # type: ignore[type-arg]
    by: ClassVar[Any] = None  # who edits

    language = forms.ChoiceField(
        label=_("Language"),
        choices=_languages,
        required=False,
        help_text=_("What the petition is written in. The site's own when empty."),
    )

    picture = PictureField()
    change_reason = forms.CharField(
        label=_("Why the text changes"),
        required=False,
        max_length=500,
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
        help_text=_("Shown beside what changed. Earlier signatures stay with the text of then."),
    )

    class Meta:
        exclude = ["picture"]  # noqa: DJ006 - declared above; Petition.change_picture() stores it
        widgets = {"picture_alt": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["picture"] = self.instance.shown_picture
        code = self.instance.language
        if "language" in self.fields and code and code not in LANG_INFO:  # from an import
            field: Any = self.fields["language"]
            field.choices = [*_languages(), (code, code)]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"] or self.instance.slug
        taken = PetitionSlug.objects.filter(slug=slug)
        if self.instance.pk:
            taken = taken.exclude(petition=self.instance)
        if slug and taken.exists():
            raise ValidationError(_("Another petition has or had this address."), code="unique")
        return slug

    def clean_closes_at(self) -> datetime | None:
        closes_at: datetime | None = self.cleaned_data["closes_at"]
        if closes_at and "closes_at" in self.changed_data and closes_at <= timezone.now():
            raise ValidationError(_("Choose a time to come. A moderator can close it at once."))
        return closes_at

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if "picture" in self.fields and "picture_alt" in self.fields:
            self._check_alternative()
        if self.instance.pk:
            self._check_claim()
        return self.cleaned_data

    def _check_claim(self) -> None:
        """What somebody reads does not change under their eyes. In the transaction of the admin's
        page, so that it holds until the text is stored."""
        try:
            claims.act(self.instance, by=self.by, is_move=False)
        except claims.Held as held:
            self.add_error(None, told(held))

    def _check_alternative(self) -> None:
        chosen = self.cleaned_data.get("picture")
        if chosen is False:
            self.cleaned_data["picture_alt"] = ""
        elif chosen and not self.cleaned_data.get("picture_alt", "-"):
            self.add_error(
                "picture_alt",
                _("Say in words what the picture shows, for people who cannot see it."),
            )

    @property
    def changes_picture(self) -> bool:
        return self.new_picture is not None or self.cleaned_data.get("picture") is False

    @property
    def new_picture(self) -> pictures.Picture | None:
        chosen = self.cleaned_data.get("picture")
        return chosen if isinstance(chosen, pictures.Picture) else None
