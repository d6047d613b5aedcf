"""What a socket can subscribe to. An app adds a stream by a class; the socket knows no more."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, ClassVar

from notifications.socket.connection import Connection
from notifications.socket.frames import Frame
from notifications.socket.hub import Hub

logger = logging.getLogger(__name__)


class Stream(ABC):
    """One connection's side of a stream.

    A subscription is made in two steps: `subscribe` settles what the client gets and returns the
    fields of the `ok`; `begin`, called once `ok` is out, sends what there is to begin with.
    Nothing may be sent in between. An error that `subscribe` raises has changed nothing.
    """

    name: ClassVar[str]

    def __init__(self, connection: Connection, hub: Hub) -> None:
        self.connection = connection
        self.hub = hub

    @abstractmethod
    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Subscribe as the frame says; FrameError tells the client what is wrong with it."""

    async def begin(self) -> None:
        """Send the beginning; what happens from then on follows it."""
        return

    @abstractmethod
    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Unsubscribe as the frame says; what is not subscribed does not matter."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything: the connection has ended."""

    @abstractmethod
    def receive(self, topic: str, payload: Any) -> None:
        """Take what was published on a topic; the payload is shared, so leave it as it is."""

    def refresh(self) -> None:
        """Look again: messages may have been lost."""
        return


class ConflatedStream(Stream):
    """A stream of newest values: it sends at once when idle, then at most four times a second.

    A subclass calls `offer` for each change and says in `frames` how changes are told. A client
    that reads too slowly gets fewer, newer values instead of a longer queue.
    """

    PAUSE = 0.25
    """Seconds between two sends."""

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._newest: dict[Hashable, Any] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._next_send = 0.0

    @abstractmethod
    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[Mapping[str, Any]]:
        """Return the frames that tell these changes: the newest value by key."""

    def offer(self, key: Hashable, value: Any) -> None:
        """Note the newest value of a key; it is sent as soon as the pace allows."""
        self._newest[key] = value
        self._schedule()

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Drop values that wait to be sent: the client wants them no more."""
        for key in keys:
            self._newest.pop(key, None)

    async def close(self) -> None:
        """Stop sending."""
        self._newest.clear()
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()

    def _schedule(self) -> None:
        if self._timer is None and self._sending is None:
            loop = asyncio.get_running_loop()
            # Even "at once" is after this turn of the loop: all that came in one message goes out
            # in one frame.
            self._timer = loop.call_at(max(self._next_send, loop.time()), self._start_sending)

    def _start_sending(self) -> None:
        self._timer = None
        self._next_send = asyncio.get_running_loop().time() + self.PAUSE
        if self.connection.congested:
            self._schedule()
        elif self._newest:
            self._sending = asyncio.create_task(self._send_newest())
            self._sending.add_done_callback(self._sent)

    async def _send_newest(self) -> None:
        newest, self._newest = self._newest, {}
        for frame in await self.frames(newest):
            self.connection.send_json(frame)

    def _sent(self, task: "asyncio.Task[None]") -> None:
        self._sending = None
        if not task.cancelled() and task.exception() is not None:
            logger.warning("stream %s could not send: %r", self.name, task.exception())
        if self._newest and not self.connection.closing:
            self._schedule()
