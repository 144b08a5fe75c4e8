"""What every page needs to know about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """`site`: its name, and its address without a slash at the end."""
    return {"site": {"name": settings.SITE_NAME, "url": settings.SITE_URL}}
