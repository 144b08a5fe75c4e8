"""What the help pages say about this site, read from its settings and code, never typed twice.

A page has {names} in its text. Each is filled in when the page is shown, in the language of the
page. A name that is not known, or a brace that means something else, stays as it was typed.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import limits
from django.conf import settings
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from petitions.deciding import APPEALS_WITHIN
from petitions.models import DecisionReason
from supporters import reporting
from supporters.confirming import GRACE
from supporters.erasure import FAILED_MAILS_KEPT, SENT_MAILS_KEPT
from supporters.signing import MAX_MAILS

_NAME = re.compile(r"<p>\{(?P<block>[a-z_]+)\}</p>|\{(?P<name>[a-z_]+)\}")


def fill(html: SafeString) -> SafeString:
    """Sanitised HTML (text.render) with its names replaced."""

    def value(found: re.Match[str]) -> str:
        if block := BLOCKS.get(found["block"] or ""):
            return block()
        inline = INLINE.get(found["name"] or found["block"])
        if inline is None:
            return found[0]
        said = conditional_escape(inline())
        return f"<p>{said}</p>" if found["block"] else said

    # The braces of an address were encoded when the text was rendered: nothing is put into a tag.
    return mark_safe(_NAME.sub(value, html))  # noqa: S308 — escaped here, sanitised before


def contact() -> str:
    """A clause: "To ask for one, {contact}." """
    if not (address := settings.PETITIONS_CONTACT_EMAIL):
        return _("answer any email that you got from us")
    link = format_html('<a href="mailto:{0}">{0}</a>', address)
    return format_html(_("write to {address}"), address=link)


def operator() -> str:
    """Who runs the site, line by line where there are several."""
    lines = settings.PETITIONS_OPERATOR.splitlines()
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)) or _(
        "the operator of this site"
    )


def rejection_reasons() -> str:
    return format_html(
        "<ul>\n{}</ul>",
        format_html_join(
            "",
            "<li>{}</li>\n",
            ((words,) for _code, words in DecisionReason.objects.offered_words()),
        ),
    )


def span(time: timedelta) -> str:
    """ "7 days", "24 hours", "10 minutes": the largest unit of which there are two or more."""
    minutes = round(time.total_seconds() / 60)
    # Django's own words, which are translated wherever Django is.
    if minutes % 1440 == 0 and minutes > 1440:  # noqa: PLR2004 (a day)
        return ngettext("%(num)d day", "%(num)d days", days := minutes // 1440) % {"num": days}
    if minutes % 60 == 0 and minutes > 60:  # noqa: PLR2004 (an hour)
        return ngettext("%(num)d hour", "%(num)d hours", hours := minutes // 60) % {"num": hours}
    return ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}


def _longest_limit() -> timedelta:
    rates = settings.PETITIONS_RATE_LIMITS.values()
    return timedelta(seconds=max(limits.parse(rate).get_expiry() for rate in rates))


INLINE: dict[str, Callable[[], str]] = {
    "site": lambda: settings.SITE_NAME,
    "operator": operator,
    "contact": contact,
    "unconfirmed": lambda: span(timedelta(days=settings.PETITIONS_UNCONFIRMED_DAYS)),
    "drafts": lambda: span(timedelta(days=settings.PETITIONS_DRAFT_DAYS)),
    "report_days": lambda: span(reporting.REPORTS_WITHIN),
    "report_addresses": lambda: span(reporting.ADDRESSES_KEPT),
    "appeal_days": lambda: span(APPEALS_WITHIN),
    "grace": lambda: span(GRACE),
    "mails": lambda: str(MAX_MAILS),
    "sent_mails": lambda: span(SENT_MAILS_KEPT),
    "failed_mails": lambda: span(FAILED_MAILS_KEPT),
    "limits": lambda: span(_longest_limit()),
}
# These fill a paragraph of their own.
BLOCKS: dict[str, Callable[[], str]] = {"rejection_reasons": rejection_reasons}
