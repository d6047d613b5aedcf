"""Many users' sockets in one event loop: each keeps every notification that it was sent."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.oracle import Key


@dataclass
class Listener:
    """One user's socket, subscribed to the notifications from the first on."""

    user: int
    received: list[tuple[int, str, Key]] = field(default_factory=list)
    ended: str = ""
    """Why the socket closed, if it did."""
    _socket: ClientConnection | None = None
    _reader: asyncio.Task[None] | None = None

    async def open(self, address: str) -> None:
        self._socket = await connect(address, max_size=None, compression=None, proxy=None)
        await self._socket.send('{"id":1,"op":"subscribe","stream":"notifications","after":0}')
        while (frame := json.loads(await self._socket.recv()))["type"] != "ok":
            assert frame["type"] == "hello", frame
        self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        assert self._socket
        assert self._reader
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()

    async def _read(self) -> None:
        assert self._socket
        try:
            async for text in self._socket:
                frame = json.loads(text)
                if frame["type"] == "notification":
                    self._keep(frame)
                elif frame["type"] == "ping":
                    await self._socket.send('{"op":"pong"}')
        except ConnectionClosed as closed:
            self.ended = str(closed)

    def _keep(self, frame: dict[str, Any]) -> None:
        data = frame["data"]
        self.received.append((frame["seq"], data["symbol"], key_of(self.user, data)))


def key_of(user: int, data: dict[str, Any]) -> Key:
    """What a notification says, as the oracle writes it."""
    quote_at, price = datetime.fromisoformat(data["quote_at"]), Decimal(data["price"])
    return user, data["rule"], quote_at, price
