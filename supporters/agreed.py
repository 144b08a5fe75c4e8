"""What a signer agreed to, in words, for their own page: one entry for each thing.

Whatever else they may be asked to agree to gets its line here, with its purpose, so that nobody has
to remember what they once ticked.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from petitions.models import Petition
from supporters.models import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`url` leads to what `link` names, or both are ''."""

    about: str
    text: str
    url: str = ""
    link: str = ""


def agreed(signature: Signature, petition: Petition) -> list[Agreement]:
    return [
        _text(signature, petition),
        _public(signature),
        _updates(signature),
        _address(signature),
    ]


def _text(signature: Signature, petition: Petition) -> Agreement:
    """Which text they put their name under: it stays that one when the petition's changes."""
    day = date_format(localtime(signature.created_at))
    is_current = signature.version_id == petition.version_id
    version = petition.version if is_current else signature.version
    values: dict[str, Any] = {"date": day, "number": version.number if version else 1}
    text = gettext("Signed on %(date)s, version %(number)s.") % values
    about = gettext("The text")
    if version is None or not petition.is_published:
        return Agreement(about=about, text=text)
    if version.number > 1:
        changed = reverse("text_change", args=[petition.slug, version.number])
        return Agreement(about=about, text=text, url=changed, link=gettext("What it changed"))
    if not is_current:
        changes = reverse("text_changes", args=[petition.slug])
        return Agreement(about=about, text=text, url=changes, link=gettext("What changed since"))
    read = petition.get_absolute_url()
    return Agreement(about=about, text=text, url=read, link=gettext("Read it"))


def _public(signature: Signature) -> Agreement:
    shown, has_reason = bool(signature.public_name), bool(signature.reason)
    if shown and has_reason:
        text = gettext("Your name, as it stands above, and your reason.")
    elif shown:
        text = gettext("Your name, as it stands above.")
    else:
        text = gettext("Nothing. You are only counted.")
    return Agreement(about=gettext("What everybody sees"), text=text)


def _updates(signature: Signature) -> Agreement:
    if signature.wants_updates:
        text = gettext("You want updates about this petition. Each has a link to end that.")
    else:
        text = gettext("You want no updates.")
    return Agreement(about=gettext("Mail"), text=text)


def _address(signature: Signature) -> Agreement:
    about = gettext("Your email address")
    if signature.consent is not None:
        return Agreement(
            about=about,
            text=gettext("You agreed: “%(wording)s”") % {"wording": signature.consent.wording},
        )
    return Agreement(
        about=about,
        text=gettext("Not shown to anybody who reads the petition, nor to its organizer."),
    )
