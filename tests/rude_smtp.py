"""SMTP servers that offer PIPELINING and are not up to it."""

import socket
import threading
from enum import Enum, auto
from typing import Self

_OK = b"250 OK\r\n"
_ANSWERS = {
    b"EHLO": b"250-rude\r\n250-8BITMIME\r\n250 PIPELINING\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Manner(Enum):
    FORGETS = auto()  # whatever comes after the end of a mail, in the same packet
    HANGS_UP = auto()  # when two words come at once
    WANTS_TEXT_FOR_NOBODY = auto()  # says 354 after it has refused the only recipient


class RudeSMTP:
    """Keeps the recipient of each mail that came to its end, in `taken`; refuses `refused`."""

    def __init__(self, manner: Manner, refused: str = "") -> None:
        self.manner, self.refused = manner, refused.encode()
        self.taken: list[str] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._talk(connection)
            except OSError:
                return

    def _talk(self, connection: socket.socket) -> None:
        connection.sendall(b"220 rude\r\n")
        rest, recipient = b"", b""
        while more := connection.recv(65_536):
            rest += more
            if self.manner is Manner.HANGS_UP and rest.count(b"\r\n") > 1:
                return
            while (end := rest.find(b"\r\n")) >= 0:
                word, rest = rest[:end], rest[end + 2 :]
                recipient, answer = self._answer(word, recipient)
                connection.sendall(answer)
                if word.upper() == b"DATA" and answer.startswith(b"354"):
                    rest = self._take(connection, rest, recipient)
                if answer.startswith(b"221"):
                    return

    def _answer(self, word: bytes, recipient: bytes) -> tuple[bytes, bytes]:
        verb = word[:4].upper()
        if verb == b"MAIL":
            return b"", _OK
        if verb == b"RCPT":
            recipient = word[word.find(b"<") + 1 : word.rfind(b">")]
            return (b"", b"550 unknown\r\n") if recipient == self.refused else (recipient, _OK)
        if verb == b"DATA" and not recipient and self.manner is not Manner.WANTS_TEXT_FOR_NOBODY:
            return b"", b"503 for nobody\r\n"
        return recipient, _ANSWERS.get(verb, _OK)

    def _take(self, connection: socket.socket, rest: bytes, recipient: bytes) -> bytes:
        """A text to its end. Returns what came after it."""
        while (end := rest.find(b"\r\n.\r\n")) < 0:
            if not (more := connection.recv(65_536)):
                raise ConnectionResetError
            rest += more
        if recipient:
            self.taken.append(recipient.decode())
        connection.sendall(b"250 kept\r\n" if recipient else b"554 for nobody\r\n")
        return b"" if self.manner is Manner.FORGETS else rest[end + 5 :]
