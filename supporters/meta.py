"""What machines read of a petition's page: previews of links, search engines, embedding sites."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, to_locale

from petitions.models import Petition
from petitions.text import words_of
from supporters.cards import Card, card_url
from supporters.count import Tally

_LONGEST = 160  # characters of a description
# Whatever could end the script that the data stands in, or be taken for markup.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
# Open Graph wants a territory; a language of ours is of none. These are what readers expect.
_LOCALES = {"en": "en_GB", "es": "es_ES"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    description: str
    image: str
    image_alt: str
    oembed: str
    data: SafeString

    @classmethod
    def of(
        cls, petition: Petition, tally: Tally, *, page_url: str, updated: Iterable[datetime] = ()
    ) -> "Meta":
        """For a petition that is open or closed."""
        card = Card.of(petition, tally)
        image, description = card_url(petition, card), describe(petition)
        return cls(
            description=description,
            image=image,
            image_alt=card.alternative,
            oembed=f"{settings.SITE_URL}{reverse('oembed')}?{urlencode({'url': page_url})}",
            data=_script_safe(
                {
                    **_page(petition, page_url=page_url, updated=updated),
                    "description": description or None,
                    "image": image,
                    "interactionStatistic": {
                        "@type": "InteractionCounter",
                        "interactionType": {"@type": "EndorseAction"},
                        "userInteractionCount": tally.count,
                    },
                }
            ),
        )


def describe(petition: Petition) -> str:
    """The summary, or how the story begins, on one line; '' where there is neither."""
    words = petition.summary or f"{words_of(petition.safe_html)} {words_of(petition.safe_ask_html)}"
    return Truncator(" ".join(words.split())).chars(_LONGEST)


def locale() -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return _LOCALES.get(language, to_locale(language))


def _page(petition: Petition, *, page_url: str, updated: Iterable[datetime]) -> dict[str, Any]:
    """schema.org's WebPage. Signing is its EndorseAction while it can be signed here."""
    written = petition.version.created_at if petition.version else None
    modified = max([*updated, *filter(None, [written, petition.opened_at])], default=None)
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": petition.title,
        "url": page_url,
        "inLanguage": petition.language,
        "datePublished": _iso(petition.opened_at),
        "dateModified": _iso(modified),
        "publisher": {
            "@type": "Organization",
            "name": settings.SITE_NAME,
            "url": f"{settings.SITE_URL}/",
        },
    }
    if petition.is_signable:
        page["potentialAction"] = {
            "@type": "EndorseAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": settings.SITE_URL + reverse("sign", args=[petition.slug]),
            },
        }
    return page


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _script_safe(data: dict[str, Any]) -> SafeString:
    known = {name: value for name, value in data.items() if value is not None}
    text = json.dumps(known, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 (escaped one line above)
