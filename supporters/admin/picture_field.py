"""The picture in the form of a petition: made before the form is checked, stored with the rest."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from petitions import pictures
from supporters.picture_rules import PICTURE_TYPES, picture_rules


class PictureInput(forms.ClearableFileInput):
    """Shows the stored picture, and offers to take it away or another instead of it."""

    template_name = "admin/petitions/petition/picture_input.html"

    class Media:
        js = [forms.Script("js/picture-input.js", type="module")]

    def __init__(self) -> None:
        super().__init__({"accept": PICTURE_TYPES})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        of_the_box = {"checked"}
        given = context["widget"]["attrs"].items()
        return {
            **context,
            "attributes": flatatt({key: is_ for key, is_ in given if key not in of_the_box}),
            "most_bytes": pictures.most_bytes(),
            "most": settings.PETITIONS_PICTURE_MB,
        }

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        # By the site's templates: a form's own renderer does not find them.
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class PictureField(forms.FileField):
    """Cleans to a pictures.Picture, to False for "remove it", or to what was there before."""

    widget = PictureInput

    def __init__(self) -> None:
        super().__init__(label=_("Picture"), required=False, help_text=picture_rules())

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        return None if file is None else _made(file)


def make_ahead(request: HttpRequest) -> pictures.Picture | None:
    """Make the picture before Django's view opens its transaction; None where there is none.

    On SQLite nobody could sign in the half second that it takes.
    """
    file = request.FILES.get("picture")
    try:
        return _made(file) if isinstance(file, UploadedFile) else None
    except ValidationError:
        return None  # the form will say it in its place


def ask_again(form: Any) -> None:
    """A browser cannot be sent back the file that it sent: say that it has to be chosen again."""
    if getattr(form, "new_picture", None) is not None and "picture" not in form.errors:
        form.add_error("picture", _("Choose the picture again: something else is to be corrected."))


def _made(file: Any) -> pictures.Picture:
    """Once for each upload: the outcome stays with the file."""
    if not hasattr(file, "outcome"):
        try:
            file.outcome = pictures.make(file)
        except ValidationError as refusal:
            file.outcome = refusal
    if isinstance(file.outcome, ValidationError):
        raise file.outcome
    made: pictures.Picture = file.outcome
    return made
