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
    the next mail, before a word about it, and keeps it or does not. `hold_next()` keeps the next
    mail and says nothing about it, while it is `held`, until `let_go()`. `pipelining` offers to hear
    several words at once.
    """

    port: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    connections: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    failing: bool = False
    delay: float = 0
    pipelining: bool = False
    held: Delivery | None = None
    _holding: bool = False
    _refusing: int = 0
    _dying: bool = False
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

    def die(self, *, keeping: bool) -> None:
        self._keeping, self._dying = keeping, True

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
            await server.push("421 closing")
            server.transport.close()
            return []
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
            server.transport.close()
            return "421 closing"
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
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.delay:
            await asyncio.sleep(self.delay)
        dying, self._dying = self._dying, False
        if dying:
            server.transport.abort()
            if not self._keeping:
                return "421 forgotten"
        raw = envelope.original_content or b""
        mail = Delivery(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        self.deliveries.append(mail)
        if self._holding and self.held is None:
            await self._hold(mail)
        return "250 kept"

    async def _hold(self, mail: Delivery) -> None:
        """It ends, too, when the client has gone."""
        self.held = mail
        try:
            while self._holding:  # noqa: ASYNC110 (said from another thread)
                await asyncio.sleep(0.01)
        finally:
            self.held = None


class _AnyPort(Controller):
    """A controller that lets the system choose a free port, so that workers never race for one."""

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
        self._controller.stop()


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
