"""The stream of a user's notifications: each number once, in order, without gaps."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, ClassVar

from notifications.models import Inbox, Notification
from notifications.realtime import notifications_topic, user_group
from notifications.socket.connection import Connection
from notifications.socket.frames import Frame
from notifications.socket.hub import Hub
from notifications.socket.streams import Stream
from notifications.wire import notification_data
from stockwatch.database import in_database

logger = logging.getLogger(__name__)

MAX_REPLAY = 500
"""What a client that comes back may have missed; beyond it, REST pages through the log."""

CHUNK = 100
"""Rows that are read and sent before looking whether the client keeps up."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a subscription begins."""

    head: int
    recovered: bool
    missed: list[dict[str, Any]]


def find_position(user_id: int, after: int | None) -> Position:
    """Return what a client misses that has seen everything up to `after` (None: wants nothing).

    `recovered` is False where the log cannot fill the gap: it is too wide, retention has pruned
    it, or `after` is a number that this log never reached.
    """
    head = Inbox.objects.head_of(user_id)
    if after is None or after == head:
        return Position(head, recovered=True, missed=[])
    if after > head or head - after > MAX_REPLAY:
        return Position(head, recovered=False, missed=[])
    missed = read_log(user_id, after, up_to=head)
    if len(missed) != head - after:
        return Position(head, recovered=False, missed=[])
    return Position(head, recovered=True, missed=missed)


def read_log(user_id: int, after: int, *, up_to: int) -> list[dict[str, Any]]:
    """Return a stretch of the log, oldest first, as it goes out."""
    rows = Notification.objects.for_user(user_id).after(after).filter(seq__lte=up_to)
    return [notification_data(row) for row in rows]


class NotificationStream(Stream):
    """Follows the log. What the hub brings is sent if it is the next number, else it is a hint.

    `_last` is the newest number sent. While `_held`, a replay is under way and hints only move
    `_wanted`; what they announced is read from the log afterwards.
    """

    name: ClassVar[str] = "notifications"

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._following = False
        self._held = True
        self._last = self._wanted = 0
        self._missed: list[dict[str, Any]] = []
        self._catching_up: asyncio.Task[None] | None = None

    @property
    def _user_id(self) -> int:
        if self.connection.user is None:
            raise RuntimeError("a stream is for an authenticated connection")
        return self.connection.user.pk

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Begin behind `after`, or with what comes from now on; a second time, begin anew."""
        after = frame.whole("after")
        frame.finish()
        user_id = self._user_id
        # First the group, then the log: what is written in between reaches us on both ways.
        await self.hub.subscribe(user_group(user_id), [notifications_topic(user_id)], self)
        try:
            position = await in_database(find_position, user_id, after)
        except Exception:
            if not self._following:
                await self.close()
            raise
        self._stop_catching_up()
        self._following = self._held = True
        self._missed = position.missed
        self._last = position.head - len(position.missed)
        self._wanted = max(self._wanted, position.head)
        return {
            "head": position.head,
            "recovered": position.recovered,
            "replayed": len(position.missed),
        }

    async def begin(self) -> None:
        """Send what the client missed, then what came meanwhile."""
        missed, self._missed = self._missed, []
        for at in range(0, len(missed), CHUNK):
            for data in missed[at : at + CHUNK]:
                self._send(data, replayed=True)
            await self.connection.room()
        self._held = False
        self._catch_up_if_behind()

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Stop following."""
        frame.finish()
        await self.close()
        return {}

    async def close(self) -> None:
        """Leave the group and forget the position."""
        self._following, self._held = False, True
        self._stop_catching_up()
        user_id = self._user_id
        await self.hub.unsubscribe(user_group(user_id), [notifications_topic(user_id)], self)

    def receive(self, topic: str, payload: Any) -> None:
        """Take new notifications (`items`), a newest number (`head`), or a mark (`read_up_to`)."""
        if "read_up_to" in payload:
            if self._following:
                self.connection.send_json({"type": "read", "up_to": payload["read_up_to"]})
            return
        items = payload.get("items", ())
        head = items[-1]["seq"] if items else payload["head"]
        self._wanted = max(self._wanted, head)
        if self._held or self._catching_up is not None:
            return
        for data in items:
            if data["seq"] == self._last + 1:
                self._send(data, replayed=False)
        self._catch_up_if_behind()

    def _send(self, data: dict[str, Any], *, replayed: bool) -> None:
        self._last = data["seq"]
        self.connection.send_json(
            {"type": "notification", "seq": data["seq"], "replayed": replayed, "data": data}
        )

    def _catch_up_if_behind(self) -> None:
        if self._last < self._wanted and not self._held and self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())
            self._catching_up.add_done_callback(self._caught_up)

    async def _catch_up(self) -> None:
        """Read the log until nothing is left that was announced."""
        while self._last < self._wanted and not self.connection.closing:
            up_to = min(self._wanted, self._last + CHUNK)
            rows = await in_database(read_log, self._user_id, self._last, up_to=up_to)
            for data in rows:
                self._send(data, replayed=False)
            # Numbers that retention has taken meanwhile are passed over.
            self._last = max(self._last, up_to)
            await self.connection.room()

    def _stop_catching_up(self) -> None:
        if self._catching_up is not None:
            self._catching_up.cancel()
            self._catching_up = None

    def _caught_up(self, task: "asyncio.Task[None]") -> None:
        if self._catching_up is task:
            self._catching_up = None
        if task.cancelled():
            return
        if task.exception() is not None:
            # The next hint, or the regular look at the heads, tries again.
            logger.warning("reading the log failed: %r", task.exception())
        else:
            self._catch_up_if_behind()
