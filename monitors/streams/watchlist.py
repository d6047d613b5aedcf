"""The stream that says when a user has other monitors, for a page that lists them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from monitors.evaluation.announcements import watchlist_topic
from monitors.models import Monitor
from notifications.realtime import user_group
from notifications.socket.frames import Frame
from notifications.socket.streams import ConflatedStream
from stockwatch.database import Batched


class WatchlistStream(ConflatedStream):
    """Which monitors a user has, as a version: on subscribing, and when that may be another.

    A version that is told twice says nothing new, so a hint too many does no harm, and a client
    that comes back learns whether it missed one.
    """

    __slots__ = ()

    name = "watchlist"

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Subscribe, or ask for the version once more."""
        frame.finish()
        await self.hub.subscribe(user_group(self.user_id), [self._topic], self)
        return {}

    async def begin(self) -> None:
        """Send the version of now."""
        self.refresh()

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Say nothing more."""
        frame.finish()
        self._leave()
        return {}

    def close(self) -> None:
        super().close()
        self._leave()

    def receive(self, topic: str, payload: Any) -> None:
        self.refresh()

    def refresh(self) -> None:
        self.offer(self.name, None)

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[str]:
        version = await VERSIONS.get(self.user_id)
        return [orjson.dumps({"type": "watchlist", "version": version}).decode()]

    @property
    def _topic(self) -> str:
        return watchlist_topic(self.user_id)

    def _leave(self) -> None:
        self.forget([self.name])
        self.hub.unsubscribe(user_group(self.user_id), [self._topic], self)


def _versions(user_ids: Sequence[int]) -> dict[int, str]:
    return {user_id: Monitor.objects.version(user_id) for user_id in user_ids}


VERSIONS = Batched(_versions)
