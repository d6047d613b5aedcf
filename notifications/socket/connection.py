"""The sending side of a socket: what waits to go out is bounded, and a close code comes last."""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from notifications.socket.authentication import Credential

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

MAX_QUEUE_BYTES = 1024 * 1024
"""What may wait for a slow client; more, and it is told to come back (4108)."""

CONGESTED_BYTES = MAX_QUEUE_BYTES // 4
"""What may wait before values that newer ones replace are held back."""

ROOM_TIMEOUT = 10.0
"""Seconds that a replay waits for a client that does not read."""

BAD_FRAME, NOT_AUTHENTICATED, FORBIDDEN, TOO_MANY, REVOKED = 4000, 4001, 4003, 4004, 4005
RESTART, OVERLOADED, SLOW = 4100, 4101, 4108
EXPIRED, NO_PONG = 4200, 4202


class Connection:
    """One open socket. `send_json` and `close` never wait; a writer task sends in their order."""

    def __init__(self, send: Send, now: float) -> None:
        self.id = uuid.uuid4().hex
        self.user: User | None = None
        self.credential: Credential | None = None
        self.closing = False
        self.opened_at = self.pinged_at = self.heard_at = now
        self.awaits_pong = False
        self._send = send
        self._queue: deque[dict[str, Any]] = deque()
        self._queued_bytes = 0
        self._writer: asyncio.Task[None] | None = None

    def send_json(self, frame: Mapping[str, Any]) -> None:
        """Queue a frame; a queue that would grow beyond its bound closes the socket instead."""
        if self.closing:
            return
        text = orjson.dumps(frame).decode()
        if self.waiting_bytes + len(text) > MAX_QUEUE_BYTES:
            self._queue.clear()
            self._queued_bytes = 0
            self.close(SLOW)
            return
        self._queued_bytes += len(text)
        self._put({"type": "websocket.send", "text": text})

    def close(self, code: int) -> None:
        """Close the socket after what is queued; later frames are dropped."""
        if not self.closing:
            self.closing = True
            self._put({"type": "websocket.close", "code": code})

    def lost(self) -> None:
        """Note that the client has gone: nothing is sent any more."""
        self.closing = True
        self._queue.clear()

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
        return self._queued_bytes + unsent_bytes(self._send)

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
        self._queue.append(message)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                message = self._queue.popleft()
                await self._send(message)
                self._queued_bytes = max(0, self._queued_bytes - len(message.get("text", "")))
        except Exception as error:  # noqa: BLE001 -- servers differ in how they say "gone"
            logger.debug("socket %s went away while we sent: %r", self.id, error)
            self.lost()
        finally:
            self._writer = None


def unsent_bytes(send: Send) -> int:
    """Return what daphne has not yet given to the kernel for this socket; 0 under other servers.

    Daphne takes whatever it is given at once. Its `send` is a partial over the protocol, whose
    Twisted transport keeps the rest in `dataBuffer` and `_tempDataLen`.
    """
    protocol = next(iter(getattr(send, "args", ())), None)
    transport = getattr(protocol, "transport", None)
    if transport is None:
        return 0
    buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return buffered + int(getattr(transport, "_tempDataLen", 0))
