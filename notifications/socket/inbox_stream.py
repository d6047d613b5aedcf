"""The stream of a user's notifications: each number once, in order, without gaps."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, ClassVar

from notifications.realtime import notifications_topic, user_group
from notifications.socket import log
from notifications.socket.connection import Connection
from notifications.socket.frames import Frame
from notifications.socket.hub import Hub
from notifications.socket.log import Place, Row, Stretch
from notifications.socket.marks import Marks
from notifications.socket.streams import Stream

logger = logging.getLogger(__name__)

CHUNK = 100
"""Rows that are read and sent before looking whether the client keeps up."""


class NotificationStream(Stream):
    """Follows the log. What the hub brings is sent if it is the next number, else it is a hint.

    `_last` is the newest number sent. While `_held`, a replay is under way and hints only move
    `_wanted`; what they announced is read from the log afterwards.
    """

    __slots__ = ("_catching_up", "_following", "_held", "_last", "_marks", "_missed", "_wanted")

    name: ClassVar[str] = "notifications"

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._following = False
        self._held = True
        self._last = self._wanted = 0
        self._missed: Sequence[Row] = ()
        self._marks: Marks | None = None
        self._catching_up: asyncio.Task[None] | None = None

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Begin behind `after`, or with what comes from now on; a second time, begin anew."""
        after = frame.whole("after")
        frame.finish()
        user_id = self.user_id
        # First the group, then the log: what is written in between reaches us on both ways.
        await self.hub.subscribe(user_group(user_id), [notifications_topic(user_id)], self)
        try:
            position = await log.POSITIONS.get(Place(user_id, after))
        except Exception:
            if not self._following:
                self.close()
            raise
        assert position is not None
        self._stop_catching_up()
        self._following = self._held = True
        self._missed, self._marks = position.missed, position.marks
        self._last = position.head - len(position.missed)
        self._wanted = max(self._wanted, position.head)
        return {
            "head": position.head,
            "recovered": position.recovered,
            "replayed": len(position.missed),
        }

    async def begin(self) -> None:
        """Send what the client missed and how far its user has read, then what came meanwhile."""
        missed, self._missed = self._missed, ()
        for at in range(0, len(missed), CHUNK):
            self._send(missed[at : at + CHUNK])
            if self.connection.congested:
                await self.connection.room()
        if self._marks is not None and (frame := self._marks.frame()):
            self.connection.send_json(frame)
        self._held = False
        self._catch_up_if_behind()

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Stop following."""
        frame.finish()
        self.close()
        return {}

    def close(self) -> None:
        self._following, self._held = False, True
        self._stop_catching_up()
        user_id = self.user_id
        self.hub.unsubscribe(user_group(user_id), [notifications_topic(user_id)], self)

    def receive(self, topic: str, payload: Any) -> None:
        """Take new notifications (`items`), a newest number (`head`), or what was read."""
        if "read_up_to" in payload:
            self._tell_read(up_to=payload["read_up_to"])
            return
        if "read" in payload:
            # Up to 0 is nothing: a client that knows no single marks passes over them.
            self._tell_read(up_to=0, seqs=payload["read"])
            return
        items = payload.get("items", ())
        head = items[-1][0] if items else payload["head"]
        self._wanted = max(self._wanted, head)
        if self._held or self._catching_up is not None:
            return
        for seq, frame in items:
            if seq == self._last + 1:
                self._last = seq
                self.connection.send_text(frame)
        self._catch_up_if_behind()

    def _tell_read(self, **marks: object) -> None:
        if self._following:
            self.connection.send_json({"type": "read", **marks})

    def refresh(self) -> None:
        if not self._held and self._catching_up is None:
            self._start(self._look_again())

    def _send(self, rows: Sequence[Row]) -> None:
        for seq, frame in rows:
            self._last = seq
            self.connection.send_text(frame)

    def _catch_up_if_behind(self) -> None:
        if self._last < self._wanted and not self._held and self._catching_up is None:
            self._start(self._catch_up())

    def _start(self, work: Any) -> None:
        self._catching_up = asyncio.create_task(work)
        self._catching_up.add_done_callback(self._caught_up)

    async def _look_again(self) -> None:
        """Ask the log for its newest number, and catch up to it."""
        self._wanted = max(self._wanted, await log.HEADS.get(self.user_id) or 0)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Read the log until nothing is left that was announced."""
        while self._last < self._wanted and not self.connection.closing:
            up_to = min(self._wanted, self._last + CHUNK)
            self._send(await log.STRETCHES.get(Stretch(self.user_id, self._last, up_to)) or ())
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
