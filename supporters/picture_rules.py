"""What a form says of the pictures that it takes."""

from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from petitions import pictures

PICTURE_TYPES = ",".join(f"image/{name}" for name in ("jpeg", "png", "webp", "avif"))


def picture_rules() -> Any:
    return format_lazy(
        _("JPEG, PNG, WebP or AVIF up to {most} MB, at least {least} pixels wide. The place and "
          "the camera that are noted in it are removed."),
        most=settings.PETITIONS_PICTURE_MB,
        least=pictures.LEAST_WIDTH,
    )  # fmt: skip
