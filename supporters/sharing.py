"""How a petition is passed on: plain links that need no script, and the code to embed it.

Five places, because a row of twenty is a row that nobody reads: mail, and the four where links to
petitions travel most, from person to person (WhatsApp, Telegram) and in public (Facebook, X). All
others, Signal, Mastodon and Bluesky among them, are in the share menu of phones and browsers, and
the link can be copied. Nothing is loaded from any of them.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from petitions.models import Petition
from supporters import sources

# An embedded petition is as wide as its place allows; its height must be known before it is loaded.
EMBED_WIDTH, EMBED_HEIGHT = 600, 360
# No script, no form, no storage: links may open a window of their own, nothing else.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    label: Any
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What the share block shows: the petition's address, never that of a signer's page."""

    title: str
    link: str  # to read and copy
    sheet: str  # for the device's own share menu
    links: tuple[Link, ...]
    embed: str  # the code, '' where it is not offered

    @classmethod
    def of(cls, petition: Petition, page_url: str, *, embed: bool = False) -> "Share":
        title = petition.title
        mail, whatsapp, telegram, facebook, x = (
            sources.tagged(page_url, code)
            for code in (
                sources.MAIL, sources.WHATSAPP, sources.TELEGRAM, sources.FACEBOOK, sources.X,
            )
        )  # fmt: skip
        return cls(
            title=title,
            link=sources.tagged(page_url, sources.COPIED),
            sheet=sources.tagged(page_url, sources.SHEET),
            links=(
                Link(label=_("Email it"), url=_mail(petition, mail)),
                Link(label="WhatsApp", url=f"https://wa.me/?text={_q(f'{title} {whatsapp}')}"),
                Link(
                    label="Telegram",
                    url=f"https://t.me/share/url?url={_q(telegram)}&text={_q(title)}",
                ),
                Link(
                    label="Facebook",
                    url=f"https://www.facebook.com/sharer/sharer.php?u={_q(facebook)}",
                ),
                Link(label="X", url=f"https://x.com/intent/post?text={_q(title)}&url={_q(x)}"),
            ),
            embed=embed_code(petition, page_url) if embed else "",
        )


def embed_code(
    petition: Petition, page_url: str, *, width: int | None = None, height: int = EMBED_HEIGHT
) -> str:
    """An iframe. Without a width it takes what its place has, up to EMBED_WIDTH."""
    path = reverse("embed", args=[petition.slug])
    origin = page_url.removesuffix(petition.get_absolute_url())
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0;max-width:{}px" '
        'sandbox="{}" loading="lazy"></iframe>',
        f"{origin}{path}",
        petition.title,
        "100%" if width is None else width,
        height,
        EMBED_WIDTH,
        SANDBOX,
    )


def _mail(petition: Petition, url: str) -> str:
    if petition.is_signable:
        words = _("I think this petition is worth reading and signing:")
    else:
        words = _("I think this petition is worth reading:")
    body = f"{words}\r\n\r\n{petition.title}\r\n{url}\r\n"
    return f"mailto:?subject={_q(petition.title)}&body={_q(body)}"


def _q(text: str) -> str:
    return quote(text, safe="", errors="replace")
