"""How mail leaves on either Django: the backend, and a message whose headers stay on one line.

The one place that knows about Django 6.1, where `get_connection()` warns and messages are made
with a policy that encodes headers of 76 characters and more.
"""

import smtplib
from email.header import Header
from email.message import Message
from email.policy import EmailPolicy, Policy
from email.policy import default as default_policy
from importlib import import_module
from typing import Any

import django
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

_HAS_MAILERS = django.VERSION >= (6, 1)
_LONGEST_LINE = 998  # RFC 5322, 2.1.1
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


class Mail(EmailMultiAlternatives):
    """A message that mailbox providers can unsubscribe from.

    RFC 8058 wants the address in List-Unsubscribe as it stands. Python folds headers at 78
    characters and turns an address that is longer into encoded words.
    """

    def message(self, *args: Any, **kwargs: Any) -> Any:
        if not _HAS_MAILERS:
            made: Message = super().message(*args, **kwargs)
            if not self.subject.isascii():
                subject = Header(str(self.subject), "utf-8", _LONGEST_WORD, "Subject")
                made.replace_header("Subject", subject.encode())
            # What is encoded (subject, names) was folded before; this is for the rest.
            made.policy = made.policy.clone(max_line_length=_LONGEST_LINE)
            return made
        given: Policy[Any] = kwargs.pop("policy", default_policy)
        return super().message(*args, policy=_OneLine.like(given), **kwargs)


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
        return self.clone(max_line_length=_LONGEST_LINE) if str(value).isascii() else self
