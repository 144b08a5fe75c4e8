"""One connection to the mail server, opened when it is needed.

Our own letters go over it as bytes that are ready (mail_backend.Mail.wire), where the backend is
Django's own for SMTP and the server takes 8 bits. A server that offers PIPELINING (RFC 2920) hears
sender and recipient of the next mail while the database is still asked whether it is to be sent:
no text follows before the answer is there. Whatever a server answers that is not plain consent,
the mail goes the ordinary way after, and that is what is judged.

Where mails follow each other (supporters/streaming.py), the text of one and all that is to be said
before the text of the next are one packet: ask(), granted(), write(), answer(), granted() …
"""

import logging
import smtplib
import socket
import time
from email.utils import parseaddr
from functools import lru_cache

from django.core.mail.backends.smtp import EmailBackend

from supporters.mail_backend import Mail, mail_backend, smtp_connection

logger = logging.getLogger(__name__)

_OK, _GO_ON = 250, 354
_CLOSING = 421
_DOUBT = 600.0  # seconds of one word at a time


class Line:
    def __init__(self) -> None:
        self._backend = mail_backend()
        self._sender = ""  # of the mail before; it is the same for all of ours
        self._announced = ""  # the recipient whose two answers were not read yet
        self.is_open = False
        self.used = False  # the server has answered a mail on this connection
        self._doubted_until = 0.0

    def open(self) -> Exception | None:
        """Connect and greet. Returns what went wrong, which is no mail's fault."""
        if self.is_open:
            return None
        try:
            self._backend.open()
            if connection := smtp_connection(self._backend):
                connection.ehlo_or_helo_if_needed()
                # Else the last words of several wait until the server's kernel has acknowledged.
                if connection.sock:
                    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:  # SMTPException is one
            self.close()
            return error
        self.is_open, self.used = True, False
        return None

    def announce(self, recipient: str) -> None:
        """Name sender and recipient of the mail that may come next, and wait for no answer."""
        connection = self._ready_to_hear(recipient)
        if connection is None or self._announced:
            return
        try:
            connection.send(self._envelope(recipient))
        except OSError:  # seen again, and judged, when a mail is sent
            return
        self._announced = recipient

    def can_stream(self, recipient: str) -> bool:
        """Whether the server has taken a mail like this one, and hears several words at once."""
        return (
            not self._announced
            and (connection := self._ready_to_hear(recipient)) is not None
            and bool(connection.has_extn("8bitmime"))
        )

    def doubt(self) -> None:
        """The line broke after more than one word at a time."""
        self._doubted_until = time.monotonic() + _DOUBT

    def wire(self, sender: str, text: bytes) -> bytes | None:
        """What write() takes; None where the mail must go the ordinary way."""
        if _address(sender) != self._sender:
            return None
        return text.replace(b"\r\n.", b"\r\n..")  # it begins with a header

    def ask(self, recipient: str) -> None:
        """All that is to be said before a text; granted() reads the answers."""
        self._smtp().send(self._envelope(recipient) + "DATA\r\n")

    def granted(self) -> bool:
        """Whether the text may come. If not, all is as it was before, or the line is closed."""
        connection = self._smtp()
        codes = [connection.getreply()[0]]
        if codes[0] != _CLOSING:
            codes += [connection.getreply()[0], connection.getreply()[0]]
        if codes == [_OK, _OK, _GO_ON]:
            return True
        if codes[-1] == _GO_ON:  # for nobody: not what a server should say
            self.doubt()
        if codes[-1] in {_GO_ON, _CLOSING}:
            self.break_off()
        else:
            self.reset()
        return False

    def write(self, text: bytes, recipient: str = "") -> None:
        """The text of a mail, to its end, and the question for the next at once."""
        asked = f"{self._envelope(recipient)}DATA\r\n" if recipient else ""
        self._smtp().send(text + b".\r\n" + asked.encode())

    def answer(self) -> None:
        """Raises what sending the mail ordinarily would."""
        code, answer = self._smtp().getreply()
        if code != _OK:
            raise smtplib.SMTPDataError(code, answer)

    def hang_up(self) -> None:
        """Leave without a word: where a text is waited for, it would be taken for that."""
        self._announced = ""
        if connection := smtp_connection(self._backend):
            connection.close()

    def break_off(self) -> None:
        self.hang_up()
        self.close()

    def recall(self) -> None:
        """The mail that was announced does not come."""
        if not self._announced:
            return
        try:
            self._consents()
            self.reset()
        except OSError:
            self.close()

    def send(self, message: Mail) -> Exception | None:
        try:
            if self._send_wire(message):
                return None
            if self._backend.send_messages([message]) == 0:
                return ValueError("there is no recipient")
        except Exception as error:  # noqa: BLE001 (judged by the caller)
            return error
        return None

    def _send_wire(self, message: Mail) -> bool:
        """Send the bytes that are ready. False where there are none, or nothing was sent yet."""
        connection = self._plain_connection()
        text = message.wire() if connection and connection.has_extn("8bitmime") else None
        sender = _address(message.from_email)
        if connection is None or text is None or not sender.isascii():
            self.recall()
            return False
        if self._announced != message.to[0] or self._sender != sender:
            self.recall()
            self._sender = sender
            connection.sendmail(sender, message.to, text, ["body=8bitmime"])
            return True
        try:
            consents = self._consents()
        except OSError:
            self.doubt()
            raise
        if not consents:
            self.reset()
            return False
        code, answer = connection.data(text)
        if code != _OK:
            if code == _CLOSING:
                connection.close()
            raise smtplib.SMTPDataError(code, answer)
        return True

    def _consents(self) -> bool:
        """Read the two answers to what was announced."""
        self._announced = ""
        connection = smtp_connection(self._backend)
        if connection is None:
            return False
        return [connection.getreply()[0], connection.getreply()[0]] == [_OK, _OK]

    def _envelope(self, recipient: str) -> str:
        return f"MAIL FROM:<{self._sender}> BODY=8BITMIME\r\nRCPT TO:<{recipient}>\r\n"

    def _ready_to_hear(self, recipient: str) -> smtplib.SMTP | None:
        """The connection, where more than one word to it at a time is welcome."""
        if not (self.is_open and self.used and self._sender):
            return None
        if time.monotonic() < self._doubted_until:
            return None
        if not recipient.isascii() or not recipient.isprintable() or set(recipient) & set("<> "):
            return None
        connection = self._plain_connection()
        return connection if connection and connection.has_extn("pipelining") else None

    def _smtp(self) -> smtplib.SMTP:
        connection = smtp_connection(self._backend)
        if connection is None or connection.sock is None:
            raise smtplib.SMTPServerDisconnected("there is no connection")
        return connection

    def _plain_connection(self) -> smtplib.SMTP | None:
        """Where Django would do no more than we do."""
        backend = self._backend
        if type(backend) is not EmailBackend or backend.fail_silently:
            return None
        return smtp_connection(backend)

    def reset(self) -> None:
        """Make it usable after a failed mail: smtplib leaves some transactions open."""
        connection = smtp_connection(self._backend)
        if connection is None:
            return
        try:
            code, _ = connection.rset()
        except smtplib.SMTPException:
            code = 0
        if code != _OK:
            self.close()

    def close(self) -> None:
        self.is_open, self._announced = False, ""
        try:
            self._backend.close()
        except OSError:  # a server that answers QUIT with nonsense
            logger.debug("The mail server did not say goodbye.", exc_info=True)


@lru_cache(8)
def _address(sender: str) -> str:
    return parseaddr(sender)[1]
