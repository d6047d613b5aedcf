"""The sending side of a socket: what waits to go out is bounded, and a close code comes last."""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import orjson

from notifications.socket.authentication import Credential
from notifications.socket.eager import start

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

MAX_QUEUE_BYTES = 1024 * 1024
"""What may wait for a slow client; more, and it is told to come back (4108)."""

CONGESTED_BYTES = MAX_QUEUE_BYTES // 4
"""What may wait before values that newer ones replace are held back."""

ROOM_TIMEOUT = 10.0
"""Seconds that a replay waits for a client that does not read."""

CLOSE_TIMEOUT = 30.0
"""Seconds that a client may take to read what comes before its close code."""

BAD_FRAME, NOT_AUTHENTICATED, FORBIDDEN, TOO_MANY, REVOKED = 4000, 4001, 4003, 4004, 4005
RESTART, OVERLOADED, SLOW = 4100, 4101, 4108
EXPIRED, NO_PONG = 4200, 4202


class Connection:
    """One open socket. Nothing here waits: what the server does not take at once is queued."""

    __slots__ = (
        "__weakref__",
        "_protocol",
        "_queue",
        "_queued_bytes",
        "_send",
        "_writer",
        "address",
        "awaits_pong",
        "closing",
        "credential",
        "id",
        "opened_at",
        "pinged_at",
    )

    def __init__(self, send: Send, now: float, address: str = "") -> None:
        self.id = uuid.uuid4().hex
        self.address = address
        self.credential: Credential | None = None
        self.closing = False
        self.opened_at = self.pinged_at = now
        self.awaits_pong = False
        self._send = send
        self._protocol = protocol_of(send)
        self._queue: deque[dict[str, Any]] | None = None
        self._queued_bytes = 0
        self._writer: asyncio.Task[None] | None = None

    @property
    def user_id(self) -> int | None:
        """Whose socket it is; None until that is known."""
        return None if self.credential is None else self.credential.user_id

    def send_json(self, frame: Mapping[str, Any]) -> None:
        """Send a frame."""
        self.send_text(orjson.dumps(frame).decode())

    def send_text(self, text: str) -> None:
        """Send a frame that is written already; one that is too much closes the socket instead."""
        if self.closing:
            return
        if self.waiting_bytes + len(text) > MAX_QUEUE_BYTES:
            self._forget_queue()
            self.close(SLOW)
            return
        self._put({"type": "websocket.send", "text": text})

    def close(self, code: int) -> None:
        """Close the socket after what is queued; later frames are dropped."""
        if not self.closing:
            self.closing = True
            if self.waiting_bytes and self._protocol is not None:
                # Autobahn would cut the connection after a second, the code being still unread.
                self._protocol.closeHandshakeTimeout = CLOSE_TIMEOUT
            self._put({"type": "websocket.close", "code": code})

    def lost(self) -> None:
        """Note that the client has gone: nothing is sent any more."""
        self.closing = True
        self._forget_queue()

    async def flushed(self) -> None:
        """Wait, a second at most, until all that is queued has really left."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + 1
        # Daphne says nowhere when its buffer has emptied; one can only look.
        while (self._writer is not None or self.waiting_bytes) and loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    @property
    def waiting_bytes(self) -> int:
        """What has not left yet, here and, where it can be seen, in the server's own buffer."""
        return self._queued_bytes + unsent_bytes(self._protocol)

    @property
    def congested(self) -> bool:
        """Whether the client reads more slowly than we send."""
        return self.waiting_bytes > CONGESTED_BYTES

    async def room(self) -> None:
        """Wait until the client has taken most of what was sent; too slow a one is closed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ROOM_TIMEOUT
        while self.congested and not self.closing:
            if loop.time() > deadline:
                self.close(SLOW)
            await asyncio.sleep(0.02)

    def _put(self, message: dict[str, Any]) -> None:
        if self._writer is not None:
            self._queue = self._queue or deque()
            self._queue.append(message)
            self._queued_bytes += len(message.get("text", ""))
            return
        try:
            rest = start(self._send(message))
        except Exception as error:  # noqa: BLE001 -- servers differ in how they say "gone"
            self._gone(error)
            return
        if rest is not None:
            self._writer = asyncio.create_task(self._write(rest))

    async def _write(self, rest: Awaitable[None]) -> None:
        """Finish a send that has to wait, then what was queued behind it."""
        try:
            await rest
            while self._queue:
                message = self._queue.popleft()
                await self._send(message)
                self._queued_bytes = max(0, self._queued_bytes - len(message.get("text", "")))
        except Exception as error:  # noqa: BLE001 -- as above
            self._gone(error)
        finally:
            self._writer = None

    def _gone(self, error: Exception) -> None:
        logger.debug("socket %s went away while we sent: %r", self.id, error)
        self.lost()

    def _forget_queue(self) -> None:
        self._queue = None
        self._queued_bytes = 0


def protocol_of(send: Send) -> Any:
    """Return daphne's protocol, which its `send` is a partial over; None under other servers."""
    protocol = next(iter(getattr(send, "args", ())), None)
    return protocol if hasattr(protocol, "closeHandshakeTimeout") else None


def unsent_bytes(protocol: Any) -> int:
    """Return what daphne has taken and not yet given to the kernel; 0 under other servers.

    Daphne takes whatever it is given at once; Twisted keeps it in `dataBuffer` and `_tempDataLen`
    of the transport.
    """
    transport = getattr(protocol, "transport", None)
    if transport is None:
        return 0
    buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return buffered + int(getattr(transport, "_tempDataLen", 0))
