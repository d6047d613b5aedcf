"""Sockets that go away and come back, as those of real users do, and keep what they were told."""

import asyncio
import contextlib
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.listeners import key_of
from tests.oracle import Key
from tests.running import Stockwatch

PATIENCE = 5.0
"""Seconds that one step of coming back may take before it is tried anew."""

GONE = (OSError, WebSocketException, InvalidHandshake, TimeoutError)
SLOW = 4108


class Refused(WebSocketException):
    """The server answered a frame with an error."""


@asynccontextmanager
async def authenticated(
    stockwatch: Stockwatch, token: str, receive_buffer: int = 0
) -> AsyncIterator[ClientConnection]:
    """Open a socket and say who it is; at the end the connection is cut, not closed."""
    address = stockwatch.url.replace("http", "ws") + "/ws/realtime/"
    plain = socket.socket()
    try:
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.setblocking(False)
        async with asyncio.timeout(PATIENCE):
            loop = asyncio.get_running_loop()
            await loop.sock_connect(plain, ("127.0.0.1", stockwatch.port))
            connection = await connect(
                address, sock=plain, max_size=None, compression=None, proxy=None
            )
    except BaseException:
        plain.close()
        raise
    try:
        await ask(connection, op="auth", token=token)
        yield connection
    finally:
        connection.transport.abort()


async def ask(connection: ClientConnection, **frame: Any) -> dict[str, Any]:
    """Send a frame and return its `ok`; what comes before that is passed over."""
    async with asyncio.timeout(PATIENCE):
        await connection.send(json.dumps({"id": 1, **frame}))
        while (answer := json.loads(await connection.recv())).get("id") != 1:
            if answer["type"] == "error":
                raise Refused(answer["message"])
        if answer["type"] != "ok":
            raise Refused(answer["message"])
    return answer


class Client:
    """One device of a user. What it was told, over all its connections, must be 1, 2, 3 …"""

    def __init__(self, user: int, token: str, stockwatch: Stockwatch, random: Random) -> None:
        self.user = user
        self.received: list[tuple[int, str, Key]] = []
        self.defects: Counter[str] = Counter()
        self.connections = self.drops = 0
        self._token = token
        self._stockwatch = stockwatch
        self._random = random
        self._stays = True
        self._living: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        """The newest number that it has."""
        return self.received[-1][0] if self.received else 0

    async def begin(self) -> None:
        """Come, and come back whenever the connection ends, by its own doing or another's."""
        self._living = asyncio.create_task(self._live())

    async def settle(self) -> None:
        """Stop dropping the connection."""
        self._stays = True

    async def wander(self) -> None:
        """Begin to drop the connection every now and then."""
        self._stays = False

    async def end(self) -> None:
        """Go, and do not come back."""
        if self._living is not None:
            self._living.cancel()
            await asyncio.wait([self._living])

    async def _live(self) -> None:
        while True:
            try:
                async with authenticated(self._stockwatch, self._token) as connection:
                    self.connections += 1
                    await self._follow(connection)
            except GONE:
                pass
            await asyncio.sleep(self._random.uniform(0.1, 1))

    async def _follow(self, connection: ClientConnection) -> None:
        """Read until the connection ends, or this device has enough of it."""
        await connection.send(
            json.dumps({"id": 2, "op": "subscribe", "stream": "notifications", "after": self.last})
        )
        loop = asyncio.get_running_loop()
        leaves_at = loop.time() + self._random.expovariate(1 / 15)
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._take(json.loads(await connection.recv()), connection)
            if loop.time() > leaves_at and not self._stays:
                self.drops += 1
                return

    async def _take(self, frame: dict[str, Any], connection: ClientConnection) -> None:
        match frame["type"]:
            case "notification":
                self._keep(frame["data"])
            case "ok" if not frame["recovered"]:
                await self._page(up_to=frame["head"])
            case "ping":
                await connection.send('{"op":"pong"}')
            case "error":
                raise Refused(frame["message"])

    async def _page(self, up_to: int) -> None:
        """Read by REST what is too much for a replay."""
        while self.last < up_to:
            path = f"/api/v1/realtime/notifications?page_size=200&after_seq={self.last}"
            page = await asyncio.to_thread(
                self._stockwatch.call, "GET", path, token=self._token, timeout=PATIENCE
            )
            for data in page["results"]:
                if data["seq"] <= up_to:
                    self._keep(data)

    def _keep(self, data: dict[str, Any]) -> None:
        seq = data["seq"]
        if seq > self.last + 1:
            self.defects["lost"] += seq - self.last - 1
        elif seq <= self.last:
            known = any(seq == one for one, _symbol, _key in self.received)
            self.defects["doubled" if known else "disordered"] += 1
        self.received.append((seq, data["symbol"], key_of(self.user, data)))


async def stall(stockwatch: Stockwatch, token: str, after: int, seconds: float) -> int | None:
    """Subscribe again and again and read nothing for so long; return how the server closed it.

    A small receive buffer lets the server's own fill.
    """
    async with authenticated(stockwatch, token, receive_buffer=4096) as connection:
        subscribe = {"op": "subscribe", "stream": "notifications", "after": after}
        with contextlib.suppress(TimeoutError, *GONE):
            async with asyncio.timeout(seconds):
                while True:
                    await connection.send(json.dumps(subscribe))
                    await asyncio.sleep(0.06)  # as fast as the server allows
        with contextlib.suppress(*GONE):
            async with asyncio.timeout(PATIENCE):
                async for _frame in connection:
                    pass
        return connection.close_code
