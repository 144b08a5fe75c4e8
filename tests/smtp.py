"""A real SMTP server on loopback that keeps what it is given and fails when it is told to."""

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Self

import django
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass
class Delivery:
    sender: str
    recipients: list[str]
    raw: bytes  # as it came over the wire, dots unstuffed

    @property
    def message(self) -> EmailMessage:
        return BytesParser(policy=default).parsebytes(self.raw)  # type: ignore[return-value]


@dataclass
class Inbox:
    """aiosmtpd's handler and the test's view of it.

    `refuse(address, code)` answers RCPT for that address with the code until `accept(address)`
    (4xx: try later; 5xx: never). `fail_connections()` drops every connection at its first word,
    and open ones at their next mail, until `mend_connections()`. `delay` is how many seconds each
    mail takes; `refuse_all(code)` answers every RCPT so; `die()` breaks the connection off after
    the next mail, before a word about it, and keeps it or does not; or earlier, after it has
    consented to a recipient ("RCPT") or within the text ("354"). `silent` is the word (EHLO, MAIL,
    DATA) that is heard and not answered, for as long as it says so. `hold_next()` keeps the next
    mail and says nothing about it, while it is `held`, until `let_go()`. `pipelining` offers to hear
    several words at once.
    """

    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    connections: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    failing: bool = False
    dropped: int = 0  # connections, while failing
    delay: float = 0
    pipelining: bool = False
    silent: str = ""
    held: Delivery | None = None
    _holding: bool = False
    _refusing: int = 0
    _dying: str = ""  # where
    _keeping: bool = False

    def refuse(self, address: str, code: int = 550) -> None:
        self.refused[address] = code

    def accept(self, address: str) -> None:
        self.refused.pop(address, None)

    def fail_connections(self) -> None:
        self.failing = True

    def mend_connections(self) -> None:
        self.failing = False

    def refuse_all(self, code: int) -> None:
        """0 ends it."""
        self._refusing = code

    def die(self, at: str = "DATA", *, keeping: bool = False) -> None:
        self._keeping, self._dying = keeping, at

    def dies(self, at: str) -> bool:
        """Whether it is to, here and now; once."""
        if self._dying != at:
            return False
        self._dying = ""
        return True

    def hold_next(self) -> None:
        self._holding = True

    def let_go(self) -> None:
        self._holding = False

    @property
    def has_died(self) -> bool:
        return not self._dying

    def clear(self) -> None:
        self.deliveries.clear()

    def to(self, address: str) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if address in delivery.recipients]

    @property
    def messages(self) -> list[EmailMessage]:
        return [delivery.message for delivery in self.deliveries]

    def __dir__(self) -> list[str]:
        # For each connection aiosmtpd reads every attribute, and this one parses every mail.
        return [name for name in super().__dir__() if name != "messages"]

    # What aiosmtpd calls

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        if self.failing:
            self.dropped += 1
            await server.push("421 closing")
            server.transport.close()
            return []
        await self._silence("EHLO")
        session.host_name = hostname
        self.connections += 1
        if self.pipelining:
            responses.insert(1, "250-PIPELINING")  # after the name
        return responses

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        mail_options: list[str],
    ) -> str:
        if self.failing:
            self.dropped += 1
            server.transport.close()
            return "421 closing"
        await self._silence("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        code = self._refusing or self.refused.get(address)
        if code:
            return f"{code} refused by the test"
        envelope.rcpt_tos.append(address)
        if self.dies("RCPT"):
            await server.push("250 OK")
            server.transport.abort()
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await self._silence("DATA")
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.dies("DATA"):
            server.transport.abort()
            if not self._keeping:
                return "421 forgotten"
        raw = envelope.original_content or b""
        mail = Delivery(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        self.deliveries.append(mail)
        if self._holding and self.held is None:
            await self._hold(mail)
        return "250 kept"

    async def _silence(self, word: str) -> None:
        while self.silent == word:  # noqa: ASYNC110 (said from another thread)
            await asyncio.sleep(0.01)

    async def _hold(self, mail: Delivery) -> None:
        """It ends, too, when the client has gone."""
        self.held = mail
        try:
            while self._holding:  # noqa: ASYNC110 (said from another thread)
                await asyncio.sleep(0.01)
        finally:
            self.held = None


class _Server(SMTP):
    """One that may die within a text, of which aiosmtpd tells its handler only at the end."""

    async def push(self, status: str | bytes) -> None:
        await super().push(status)
        if status[:3] in {"354", b"354"} and self.event_handler.dies("354"):
            while not self._reader._buffer and not self._reader.at_eof():  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            self.transport.abort()
            self._reader._buffer.clear()  # else it would be read to its end, and kept


class _AnyPort(Controller):
    """A controller that lets the system choose a free port, so that workers never race for one."""

    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class LoopbackSMTP:
    def __init__(self) -> None:
        self.inbox = Inbox()
        self._controller = _AnyPort(self.inbox, hostname=HOST, port=0)

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        self.inbox.port = self.port
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._controller.stop(no_assert=True)

    def close(self) -> None:
        """Nothing listens any more, and all connections are gone."""
        self._controller.stop()

    def reopen(self) -> None:
        """On the same port."""
        self._controller = _AnyPort(self.inbox, hostname=HOST, port=self.inbox.port)
        self._controller.start()


def mail_settings(port: int, timeout: float = 10) -> dict[str, object]:
    """The settings that send through this server, in the words of the Django in use."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        options = {"host": HOST, "port": port, "timeout": timeout}
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    return {
        "EMAIL_BACKEND": backend,
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_TIMEOUT": timeout,
    }
