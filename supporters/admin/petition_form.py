"""The text of a petition in the admin. Status, dates and outcome are in no form: see moves.py."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import PetitionSlug


def _languages() -> list[tuple[str, str]]:
    known = [(code, info["name_local"]) for code, info in LANG_INFO.items() if "name" in info]
    return [("", "---------"), *sorted(known, key=lambda pair: pair[1].casefold())]


class PetitionForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(
        label=_("Language"),
        choices=_languages,
        required=False,
        help_text=_("What the petition is written in. The site's own when empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
