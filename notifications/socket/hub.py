"""One hub a process: hands what comes from the channel layer to local subscribers, by topic.

A message is decoded once, whatever the number of sockets that it is for.
"""

import asyncio
import logging
from collections.abc import Collection
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from notifications.socket.groups import Groups

logger = logging.getLogger(__name__)


class Subscriber(Protocol):
    """What the hub hands payloads to. Neither method may wait."""

    def receive(self, topic: str, payload: Any) -> None:
        """Take a payload that was published on a topic; it is shared, so leave it as it is."""

    def refresh(self) -> None:
        """Look again: messages may have been lost."""


class Hub:
    """The topics that this process's sockets listen to."""

    def __init__(self) -> None:
        self._topics: dict[str, set[Subscriber]] = {}
        self._groups = Groups(self.deliver, self.refresh)

    async def subscribe(self, group: str, topics: Collection[str], subscriber: Subscriber) -> None:
        """Hand the subscriber what is published on the topics of a group from now on.

        When this returns, the group is really joined: a state that is read from the database
        afterwards misses nothing. Without Redis it returns after a while; the group is joined as
        soon as can be, and then the subscriber is asked to refresh.
        """
        fresh = 0
        for topic in topics:
            listeners = self._topics.setdefault(topic, set())
            fresh += subscriber not in listeners
            listeners.add(subscriber)
        if fresh:
            await self._groups.want(group, fresh)

    def unsubscribe(self, group: str, topics: Collection[str], subscriber: Subscriber) -> None:
        """Stop handing the topics to the subscriber; topics that it does not have do not matter."""
        gone = 0
        for topic in topics:
            listeners = self._topics.get(topic)
            if listeners and subscriber in listeners:
                gone += 1
                listeners.discard(subscriber)
                if not listeners:
                    del self._topics[topic]
        if gone:
            self._groups.want_no_more(group, gone)

    def deliver(self, topic: str, payload: Any) -> None:
        """Hand a payload to the local subscribers of a topic."""
        for subscriber in tuple(self._topics.get(topic, ())):
            try:
                subscriber.receive(topic, payload)
            except Exception:
                logger.exception("a subscriber of %s failed", topic)

    def refresh(self) -> None:
        """Have every subscriber look again."""
        for subscriber in set().union(*self._topics.values()):
            try:
                subscriber.refresh()
            except Exception:
                logger.exception("a subscriber could not refresh")

    def topics(self, prefix: str) -> list[str]:
        """Return the topics with a subscriber whose names begin so."""
        return [topic for topic in self._topics if topic.startswith(prefix)]

    async def pulse(self) -> None:
        """Keep the connection to the layer; to be called every second."""
        await self._groups.pulse()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Return the running event loop's hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
