"""Where the demo's mails go: a Maildir beside its database, which the site's pages read."""

import datetime as dt
import email
import mailbox
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as policy
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage as OutgoingMessage
from django.core.mail.backends.base import BaseEmailBackend

NEWEST = 200  # how many the page lists


class EmailBackend(BaseEmailBackend):
    """Keeps what would have been sent, byte by byte."""

    def send_messages(self, email_messages: Sequence[OutgoingMessage]) -> int:
        path = Path(settings.PETITIONS_DEMO_MAIL)
        path.parent.mkdir(parents=True, exist_ok=True)
        box = mailbox.Maildir(path)
        sent = 0
        for message in email_messages:
            if message.recipients():
                box.add(message.message().as_bytes())
                sent += 1
        return sent


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """`key` names the mail in the mailbox; `at` is when it came in."""

    key: str
    at: dt.datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def sender(self) -> str:
        return str(self.message.get("From", ""))

    @property
    def to(self) -> str:
        return str(self.message.get("To", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    def part(self, kind: str) -> str:
        """The text of the part of this kind ("plain" or "html"), or ''."""
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body is not None else ""


def newest_mails(limit: int = NEWEST) -> list[StoredMail]:
    """The newest mails, newest first."""
    box = _box()
    if box is None:
        return []
    keys = sorted(box.keys(), key=_delivered, reverse=True)[:limit]
    return [mail for key in keys if (mail := _stored(box, key))]


def find_mail(key: str) -> StoredMail | None:
    box = _box()
    return _stored(box, key) if box is not None else None


def _box() -> "mailbox.Maildir | None":
    try:
        return mailbox.Maildir(settings.PETITIONS_DEMO_MAIL, create=False)
    except mailbox.NoSuchMailboxError:
        return None  # nothing was sent yet


def _stored(box: mailbox.Maildir, key: str) -> StoredMail | None:
    try:
        raw = box.get_bytes(key)
    except KeyError:
        return None
    seconds, microseconds, _counter = _delivered(key)
    at = dt.datetime.fromtimestamp(seconds, dt.UTC) + dt.timedelta(microseconds=microseconds)
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy)
    return StoredMail(key=key, at=at, message=message)


_KEY = re.compile(r"(\d+)\.M(\d+)P\d+Q(\d+)\.")


def _delivered(key: str) -> tuple[int, int, int]:
    """Seconds, microseconds and a counter, from the name that Maildir gave the mail."""
    match = _KEY.match(key)
    return (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)
