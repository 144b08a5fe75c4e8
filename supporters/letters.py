"""Letters whose words are worked out once: each copy fills in what is its own.

A petition's ten thousand confirmation mails differ in a name and two secrets. Three templates and
Python's e-mail package took 3 ms of CPU for each. The form is rendered by the same templates, with
a word in each blank that no text can hold, and its headers are those that Django makes.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from supporters.kept import Kept
from supporters.mail_backend import LONGEST_LINE, Mail, Ready

_MARK = secrets.token_hex(12)  # of this process, so that nobody can type it
_BLANK = re.compile(f"{_MARK}([a-z]+)0")
_KEPT = 500  # forms, of some 6 KB each

# Whatever the words depend on but for the blanks. It tells the forms apart, so none is ever stale.
Basis = tuple[Any, ...]


def blank(name: str) -> str:
    """What stands in the form where `name` will be filled in. Letters and digits only."""
    return f"{_MARK}{name}0"


class Form:
    """A mail with blanks in its text and its HTML, and none in its headers."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._text = _Words.of(str(mail.body))
        self._html = _Words.of(str(mail.alternatives[0][0]))
        self._head = mail.head()
        self.sender = mail.from_email

    def fill(self, **values: str) -> Mail:
        """A copy; the values are escaped where it is HTML."""
        copy = Mail(
            subject=self._mail.subject,
            body=self._text.fill(values),
            from_email=self._mail.from_email,
            headers=dict(self._mail.extra_headers),
        )
        copy.attach_alternative(self._html.fill(_escaped(values)), "text/html")
        copy.ready = self._ready(values)
        return copy

    def wire(self, to: str, message_id: str, values: Mapping[str, str]) -> bytes | None:
        """The bytes of such a copy with its address and number, without making it (Mail.wire)."""
        headers = {**self._mail.extra_headers, "Message-ID": message_id}
        ready = self._ready(values)
        return ready.wire(to, headers) if ready else None

    def _ready(self, values: Mapping[str, str]) -> Ready | None:
        text, html = self._text.fill_wire(values), self._html.fill_wire(_escaped(values))
        return Ready(head=self._head, text=text, html=html) if text and html else None


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in values.items()}  # as templates do


class _Words:
    """A text with blanks: what stands between them, and their names."""

    def __init__(self, parts: list[str], names: list[str]) -> None:
        self._names = names
        self._parts = parts
        try:
            wire = [part.replace("\n", "\r\n").encode() for part in parts]
        except UnicodeEncodeError:
            wire = [b""]
        self._wire = b"%s".join(part.replace(b"%", b"%%") for part in wire)
        # Of the longest line, what the values in its blanks may take.
        longest = max(map(len, b"".join(wire).split(b"\r\n")))
        is_bare = any("\r" in part for part in parts)  # which is no end of a line in a mail
        self._room = LONGEST_LINE - longest if self._wire and not is_bare else -1

    @classmethod
    def of(cls, text: str) -> "_Words":
        pieces = _BLANK.split(text)
        return cls(pieces[::2], pieces[1::2])

    def fill(self, values: Mapping[str, str]) -> str:
        filled = [self._parts[0]]
        for name, part in zip(self._names, self._parts[1:], strict=True):
            filled += (values[name], part)
        return "".join(filled)

    def fill_wire(self, values: Mapping[str, str]) -> bytes:
        """The same with the line ends of mail; b"" where a line might be too long, or no line."""
        try:
            words = tuple([values[name].encode() for name in self._names])
        except UnicodeEncodeError:
            return b""
        together = b"".join(words)
        if len(together) > self._room or b"\r" in together or b"\n" in together:
            return b""
        return self._wire % words


_forms: Kept[Form] = Kept(_KEPT)


def form(basis: Basis, make: Callable[[], Mail]) -> Form:
    """The form with this basis, made when there is none yet."""
    return _forms.get(basis, lambda: Form(make()))
