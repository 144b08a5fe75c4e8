"""Where supporters come from: a short code in the links that are shared, `?via=w`.

The code rides in the address and in the form, never in a cookie, and says nothing about a person:
everybody who shares by WhatsApp shares the same one. Organizers make codes of their own for links
that they print or send (`?via=leaflet`), so unknown ones are kept too.
"""

import re
from typing import Any

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

LONGEST = 20
_CODE = re.compile(f"[a-z0-9-]{{1,{LONGEST}}}")


def read(typed: Any) -> str:
    """The code that an address or a form brings; '' for none, and for what is no code."""
    return typed if isinstance(typed, str) and _CODE.fullmatch(typed) else ""


def tagged(url: str, code: str) -> str:
    """The address (which has no query of its own) with a code."""
    return f"{url}?via={code}"
