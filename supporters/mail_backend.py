"""How mail leaves on either Django: the backend, and a message whose headers stay on one line.

The one place that knows about Django 6.1, where `get_connection()` warns and messages are made
with a policy that encodes headers of 76 characters and more.
"""

import re
import secrets
import smtplib
import time
from collections.abc import Mapping
from email.header import Header
from email.message import Message
from email.policy import EmailPolicy, Policy
from email.policy import default as default_policy
from email.utils import formatdate
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

_HAS_MAILERS = django.VERSION >= (6, 1)
LONGEST_LINE = 998  # RFC 5322, 2.1.1
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}")
_BOUNDARY = f"=={secrets.token_hex(16)}=="  # longer than what a signer can put into a mail
_LETTER = f"""%s
To: %s
Date: %s
%sMIME-Version: 1.0
Content-Type: multipart/alternative; boundary="{_BOUNDARY}"

--{_BOUNDARY}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

%s
--{_BOUNDARY}
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

%s
--{_BOUNDARY}--
""".replace("\n", "\r\n").encode()
_LONGEST_WORD = 75  # RFC 2047, 2; left to themselves, both Djangos make them 76


def mail_backend() -> BaseEmailBackend:
    """One of the caller's own: open(), send_messages([…]) as often as needed, close()."""
    mail: Any = import_module("django.core.mail")
    backend: BaseEmailBackend = mail.mailers["default"] if _HAS_MAILERS else mail.get_connection()
    return backend


def smtp_connection(backend: BaseEmailBackend) -> smtplib.SMTP | None:
    """The open SMTP connection behind a backend, or None where it speaks something else."""
    connection = getattr(backend, "connection", None)
    return connection if isinstance(connection, smtplib.SMTP) else None


class Ready(NamedTuple):
    """What of a mail is known as the bytes that go over the wire, before it has an address."""

    head: bytes  # the lines of From and Subject
    text: bytes
    html: bytes

    def wire(self, recipient: str, headers: Mapping[str, str]) -> bytes | None:
        """All of it, to a plain address; None where the e-mail package must help."""
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if not (PLAIN_ADDRESS.fullmatch(recipient) and lines.isascii()):
            return None
        return _LETTER % (
            self.head,
            recipient.encode(),
            _date(int(time.time()), localtime=settings.EMAIL_USE_LOCALTIME),
            lines.encode(),
            self.text,
            self.html,
        )


class Mail(EmailMultiAlternatives):
    """A message that mailbox providers can unsubscribe from.

    RFC 8058 wants the address in List-Unsubscribe as it stands. Python folds headers at 78
    characters and turns an address that is longer into encoded words.
    """

    ready: Ready | None = None  # in a copy of a form (letters.py)

    def message(self, *args: Any, **kwargs: Any) -> Any:
        if not _HAS_MAILERS:
            made: Message = super().message(*args, **kwargs)
            if not self.subject.isascii():
                subject = Header(str(self.subject), "utf-8", _LONGEST_WORD, "Subject")
                made.replace_header("Subject", subject.encode())
            # What is encoded (subject, names) was folded before; this is for the rest.
            made.policy = made.policy.clone(max_line_length=LONGEST_LINE)
            return made
        given: Policy[Any] = kwargs.pop("policy", default_policy)
        return super().message(*args, policy=_OneLine.like(given), **kwargs)

    def head(self) -> bytes:
        """The lines of From and Subject, as Django makes them."""
        bare = Mail(subject=self.subject, from_email=self.from_email,
                    headers={"Message-ID": "<none>"})  # fmt: skip
        head = bytes(bare.message()).replace(b"\n", b"\r\n").partition(b"\r\n\r\n")[0]
        lines = re.split(rb"\r\n(?![ \t])", head)
        return b"\r\n".join(
            line for line in lines if line.lower().startswith((b"from:", b"subject:"))
        )

    def wire(self) -> bytes | None:
        """The bytes that message() comes to, without the e-mail package; None where it must help.

        Only a copy of a form (letters.py) can be had this way, to a plain address and in lines of
        a plain length, for a server that takes 8 bits; and only as long as nobody changes its text.
        """
        if self.ready is None or len(self.to) != 1:
            return None
        return self.ready.wire(self.to[0], self.extra_headers)


@lru_cache(1)
def _date(second: int, *, localtime: bool) -> bytes:
    return formatdate(second, localtime=localtime).encode()


class _OneLine(EmailPolicy):
    """Keeps an ASCII header on one line. The others fold at their encoded words."""

    @classmethod
    def like(cls, given: "Policy[Any]") -> "_OneLine":
        return cls(linesep=given.linesep, max_line_length=1 + _LONGEST_WORD)

    def fold(self, name: str, value: str) -> str:
        return str(EmailPolicy.fold(self._for(value), name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return EmailPolicy.fold_binary(self._for(value), name, value)

    def _for(self, value: str) -> "_OneLine":
        return self.clone(max_line_length=LONGEST_LINE) if str(value).isascii() else self
