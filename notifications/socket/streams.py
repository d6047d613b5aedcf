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

    __slots__ = ("__weakref__", "connection", "hub")

    name: ClassVar[str]

    def __init__(self, connection: Connection, hub: Hub) -> None:
        self.connection = connection
        self.hub = hub

    @property
    def user_id(self) -> int:
        """Whose stream it is; one exists only on an authenticated connection."""
        user_id = self.connection.user_id
        if user_id is None:
            raise RuntimeError("a stream is for an authenticated connection")
        return user_id

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
    def close(self) -> None:
        """Let go of everything: the connection has ended."""

    def receive(self, topic: str, payload: Any) -> None:
        """Take what was published on a topic that this stream subscribed to at the hub.

        The payload is shared, so leave it as it is.
        """
        return

    def refresh(self) -> None:
        """Look again: messages may have been lost."""
        return


FRAMES_A_SECOND = 4


class ConflatedStream(Stream):
    """A stream of newest values: it sends at once when it may, at most four times a second.

    A subclass calls `offer` for each change and says in `frames` how changes are told; what many
    streams are told alike it may `offer_prepared`. A client that reads too slowly gets fewer, newer
    values instead of a longer queue.
    """

    __slots__ = ("_newest", "_sending", "_sent_at", "_timer")

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._newest: dict[Hashable, Any] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._sent_at: tuple[float, ...] = ()

    @abstractmethod
    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[str]:
        """Return the written frames that tell these changes: the newest value by key."""

    def offer(self, key: Hashable, value: Any) -> None:
        """Note the newest value of a key; it is sent as soon as the pace allows."""
        self._newest[key] = value
        self._schedule()

    def offer_prepared(self, frame: str, values: Mapping[str, Any]) -> None:
        """Send a frame that tells these values, or note them if it cannot go out now."""
        now = asyncio.get_running_loop().time()
        if self._newest or self._sending or self._next_send() > now or self.connection.congested:
            for key, value in values.items():
                self.offer(key, value)
        else:
            self._note_sent(now)
            self.connection.send_text(frame)

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Drop values that wait to be sent: the client wants them no more."""
        for key in keys:
            self._newest.pop(key, None)

    def close(self) -> None:
        self._newest.clear()
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()

    def _next_send(self) -> float:
        """When the next frame may go: with it there are no more than four within any second."""
        return self._sent_at[0] + 1 if len(self._sent_at) == FRAMES_A_SECOND else 0.0

    def _note_sent(self, now: float) -> None:
        self._sent_at = (*self._sent_at[1 - FRAMES_A_SECOND :], now)

    def _schedule(self, not_before: float = 0.0) -> None:
        if self._timer is None and self._sending is None:
            loop = asyncio.get_running_loop()
            # Even "at once" is after this turn of the loop: all that came in one message goes out
            # in one frame.
            at = max(self._next_send(), not_before, loop.time())
            self._timer = loop.call_at(at, self._start_sending)

    def _start_sending(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        if self.connection.congested:
            self._schedule(not_before=now + 1 / FRAMES_A_SECOND)
        elif self._newest:
            self._note_sent(now)
            self._sending = asyncio.create_task(self._send_newest())
            self._sending.add_done_callback(self._sent)

    async def _send_newest(self) -> None:
        newest, self._newest = self._newest, {}
        for frame in await self.frames(newest):
            self.connection.send_text(frame)

    def _sent(self, task: "asyncio.Task[None]") -> None:
        self._sending = None
        if not task.cancelled() and task.exception() is not None:
            logger.warning("stream %s could not send: %r", self.name, task.exception())
        if self._newest and not self.connection.closing:
            self._schedule()
