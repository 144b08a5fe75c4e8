"""Where supporters come from: a short code in the links that are shared, `?via=w`.

The code rides in the address and in the form, never in a cookie, and says nothing about a person:
everybody who shares by WhatsApp shares the same one. Organizers make codes of their own for links
that they print or send (`?via=leaflet`), so unknown ones are kept too.

Who comes without a code may have followed a link on another site. Its host, and no more of the
address, is put into the form by the page's own script, and stands where a code would: it has a dot,
which no code has.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Stored with signatures: a code stays for ever.
MAIL, WHATSAPP, FACEBOOK, TELEGRAM, X = "m", "w", "f", "t", "x"
COPIED, SHEET, EMBED = "l", "s", "embed"

LABELS: dict[str, Any] = {
    MAIL: _("Email to a friend"),
    WHATSAPP: "WhatsApp",
    FACEBOOK: "Facebook",
    TELEGRAM: "Telegram",
    X: "X",
    COPIED: _("Copied link"),
    SHEET: _("Share menu of a phone or browser"),
    EMBED: _("Embedded on another site"),
    "": _("Straight to the petition, or not known"),
}

LONGEST, LONGEST_HOST = 20, 100
_CODE = re.compile(f"[a-z0-9-]{{1,{LONGEST}}}")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")  # the last one is no number


def read(typed: Any) -> str:
    """The code that an address or a form brings; '' for none, and for what is no code."""
    return typed if isinstance(typed, str) and _CODE.fullmatch(typed) else ""


def read_any(typed: Any) -> str:
    """The code or the other site's host that a form brings; '' for what is neither."""
    return read(typed) or _host(typed)


def _host(typed: Any) -> str:
    """A host's name without "www."; '' for our own, for an address in numbers, for a port."""
    if not isinstance(typed, str) or len(typed) > LONGEST_HOST or not _HOST.fullmatch(typed):
        return ""
    own = urlsplit(settings.SITE_URL).hostname or ""
    host = typed.removeprefix("www.")
    return host if host != own.removeprefix("www.") and "." in host else ""


def tagged(url: str, code: str) -> str:
    """The address (which has no query of its own) with a code."""
    return f"{url}?via={code}"
