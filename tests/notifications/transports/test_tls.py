"""What a user names by https must prove who it is."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from notifications.transports.base import TransportError
from tests.notifications.transports.conftest import Desk, message

NAMED = {
    "bark": {"key": "https://127.0.0.1:{port}/ynJ5Ft4atkMkWeo2PAvFhF/x"},
    "gotify": {"server": "https://127.0.0.1:{port}"},
    "ntfy": {"server": "https://127.0.0.1:{port}"},
    "webhook": {"url": "https://127.0.0.1:{port}/hooks/1"},
    "webpush": {"endpoint": "https://127.0.0.1:{port}/push/1"},
}


class Impostor:
    """A server with a certificate that nobody has signed but itself."""

    def __init__(self) -> None:
        self.port = 0
        self.requests = 0

    async def answer(self, _request: web.Request) -> web.Response:
        self.requests += 1
        return web.json_response({"id": 1, "code": 200}, status=201)


@pytest.fixture
async def impostor(certificate: Path) -> AsyncIterator[Impostor]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    impostor = Impostor()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", impostor.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    impostor.port = runner.addresses[0][1]
    yield impostor
    await runner.cleanup()


@pytest.mark.parametrize("kind", NAMED)
async def test_who_has_no_certificate_that_is_trusted_is_told_nothing(
    desk: Desk, impostor: Impostor, kind: str
) -> None:
    typed = {name: value.format(port=impostor.port) for name, value in NAMED[kind].items()}
    with pytest.raises(TransportError, match="no certificate that can be trusted") as caught:
        await desk.transport(kind, **typed).deliver(message(), desk.outgoing)
    assert not caught.value.permanent
    assert impostor.requests == 0
