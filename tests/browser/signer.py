"""What a signer does: types, and opens the link in the mail."""

import re

from playwright.sync_api import Page

from tests.smtp import Inbox


def fill(page: Page, **changes: str) -> None:
    typed = {"First name": "Noor", "Last name": "Haddad", "Email": "noor@example.org", **changes}
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Country", exact=True).select_option("IE")


def link_in(inbox: Inbox, kind: str) -> str:
    body = inbox.messages[-1].get_body(("plain",)).get_content()
    return re.search(rf"https?://\S+/{kind}/\S+", body)[0]
