"""An SMTP server that takes every mail as fast as it can: `python benchmarks/sink.py`.

It prints its port, and ends when its standard input does, so also when who started it was killed.
It keeps of each mail who it is for, its Message-ID and when it came, and gives them to who asks
with XTAKE (and their number with XCOUNT), words of its own. A thread for each connection: for a few of them that is faster than
an event loop.
"""

import json
import os
import socket
import sys
import threading
import time

_END = b"\r\n.\r\n"
_GREETING = b"220 sink\r\n"
_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 SIZE 33554432\r\n",
    b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 OK\r\n",
    b"RCPT": b"250 OK\r\n",
    b"RSET": b"250 OK\r\n",
    b"NOOP": b"250 OK\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
Taken = tuple[str, str, float]  # recipient, Message-ID, time.time() of the last byte

_kept: list[Taken] = []


def serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        try:
            _talk(connection)
        except ConnectionError:
            return


def _talk(connection: socket.socket) -> None:
    connection.sendall(_GREETING)
    rest, recipient = b"", b""
    while True:
        while (end := rest.find(b"\r\n")) < 0:
            if not (more := connection.recv(65_536)):
                return
            rest += more
        line, rest = rest[:end], rest[end + 2 :]
        word = line[:4].upper()
        if word == b"RCPT":
            recipient = line[line.find(b"<") + 1 : line.rfind(b">")]
        if word == b"XTAK":
            taken, _kept[:] = list(_kept), []
            connection.sendall(json.dumps(taken).encode() + b"\r\n")
            continue
        if word == b"XCOU":
            connection.sendall(b"%d\r\n" % len(_kept))
            continue
        connection.sendall(_ANSWERS.get(word, b"500 what?\r\n"))
        if word == b"QUIT":
            return
        if word == b"DATA":
            text, rest = _text(connection, rest)
            _kept.append((recipient.decode(), _message_id(text), time.time()))
            connection.sendall(b"250 kept\r\n")


def _text(connection: socket.socket, rest: bytes) -> tuple[bytes, bytes]:
    """A mail as it came, and what came after it."""
    looked = 0
    while (end := rest.find(_END, max(looked - len(_END), 0))) < 0:
        looked = len(rest)
        if not (more := connection.recv(65_536)):
            raise ConnectionResetError
        rest += more
    return rest[: end + 2], rest[end + len(_END) :]


def _message_id(text: bytes) -> str:
    begin = text.lower().find(b"\nmessage-id:")
    return text[begin + 12 : text.find(b"\r", begin)].strip().decode() if begin >= 0 else ""


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(listener.getsockname()[1], flush=True)

    def end_with_the_starter() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=end_with_the_starter, daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
