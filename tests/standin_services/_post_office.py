"""A mail server (RFC 5321) that keeps what it takes, and fails as the weather has it."""

import asyncio
import email
import logging
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from typing import Self

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.standin_services.base import Service, Taken


class MailFault(StrEnum):
    """How a mail is not taken, or is and nobody knows."""

    BUSY = "451 busy"  # not taken
    SILENT = "silent"  # no answer until the client leaves
    CUT = "cut"  # the connection ends before it is taken
    LOST = "lost"  # taken, and the connection ends
    REGRET = "451 regret"  # taken, and the answer says otherwise


class PostOffice(Service):
    """`async with PostOffice() as office:` listens on a free port of this machine."""

    routes = ()

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.weather: Callable[[], MailFault | None] = lambda: None
        self.requests = 0
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.hang_up()

    async def listen(self) -> None:
        """Take connections; after `hang_up` on the same port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.test", loop=loop), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def hang_up(self) -> None:
        """Refuse connections."""
        assert self._server
        self._server.close()

    def params(self, url: str) -> dict[str, str]:
        return {"to": "ann@reader.example"}

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        address = f"user{number}@reader.example"
        return address, {"to": address}

    def settings(self, url: str) -> dict[str, str]:
        return {
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "EMAIL_FROM": "alerts@stocks.example",
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPNotFound

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or not."""
        self.requests += 1
        fault = self.weather()
        if fault in (MailFault.LOST, MailFault.REGRET, None):
            self.taken.append(self._read(envelope, confirmed=fault is None))
        if fault is MailFault.SILENT:
            await asyncio.sleep(3600)
        if fault in (MailFault.CUT, MailFault.LOST):
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return str(fault) if fault in (MailFault.BUSY, MailFault.REGRET) else "250 OK"

    def _read(self, envelope: Envelope, *, confirmed: bool) -> Taken:
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        plain = mail.get_body(("plain",))
        assert plain is not None
        text = f"{mail['Subject']}\n{plain.get_content()}"
        return Taken(
            self.clock(), {}, text, str(envelope.rcpt_tos[0]), str(mail["Message-ID"]), confirmed
        )
