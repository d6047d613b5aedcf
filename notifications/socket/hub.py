"""One hub a process: takes messages from the channel layer and hands them to local subscribers.

The hub owns one channel of the layer, whatever the number of sockets. It joins a group when the
first subscriber comes and leaves it with the last one; a message is decoded once for all of them.
"""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

from notifications.realtime import MESSAGE_TYPE

logger = logging.getLogger(__name__)

ECHO_TYPE = "hub.echo"

JOIN_TIMEOUT = 2.0
"""Seconds until a subscriber goes on without its group; the hub keeps trying to join it."""

ECHO_AGAIN = 0.05
"""Seconds after which an echo that did not come back is sent anew."""

SILENT_PULSES = 5
"""So many unanswered pulses in a row, and the layer's connection is given up for a new one."""


class Subscriber(Protocol):
    """What the hub hands payloads to. Neither method may wait."""

    def receive(self, topic: str, payload: Any) -> None:
        """Take a payload that was published on a topic; it is shared, so leave it as it is."""

    def refresh(self) -> None:
        """Look again: messages may have been lost."""


@dataclass(slots=True)
class _Membership:
    subscriptions: int
    joining: "asyncio.Task[bool]"


class Hub:
    """The topics that this process's sockets listen to, and the groups that carry them."""

    def __init__(self) -> None:
        self._topics: dict[str, set[Subscriber]] = {}
        self._memberships: dict[str, _Membership] = {}
        self._echoes: dict[str, asyncio.Event] = {}
        self._listening: asyncio.Task[None] | None = None
        self._channel = ""
        self._started = asyncio.Event()
        self._sent = self._heard = 0

    async def subscribe(self, group: str, topics: Collection[str], subscriber: Subscriber) -> None:
        """Hand the subscriber what is published on the topics of a group from now on.

        When this returns, the group is really joined: a state that is read from the database
        afterwards misses nothing. Without Redis it returns after `JOIN_TIMEOUT`; the hub joins
        as soon as it can and then asks the subscriber to refresh.
        """
        fresh = 0
        for topic in topics:
            listeners = self._topics.setdefault(topic, set())
            fresh += subscriber not in listeners
            listeners.add(subscriber)
        if not fresh:
            return
        membership = self._memberships.get(group)
        if membership is None:
            self._start()
            joining = asyncio.create_task(self._join(group))
            membership = self._memberships[group] = _Membership(0, joining)
        membership.subscriptions += fresh
        # Not awaited as it is: a join that is given up for a new one must not end its waiters.
        await asyncio.wait([membership.joining], timeout=JOIN_TIMEOUT)

    async def unsubscribe(
        self, group: str, topics: Collection[str], subscriber: Subscriber
    ) -> None:
        """Stop handing the topics to the subscriber; topics that it does not have do not matter."""
        gone = 0
        for topic in topics:
            listeners = self._topics.get(topic)
            if listeners and subscriber in listeners:
                gone += 1
                listeners.discard(subscriber)
                if not listeners:
                    del self._topics[topic]
        membership = self._memberships.get(group)
        if not gone or membership is None:
            return
        membership.subscriptions -= gone
        if membership.subscriptions == 0:
            del self._memberships[group]
            await self._leave(group)

    def deliver(self, topic: str, payload: Any) -> None:
        """Hand a payload to the local subscribers of a topic."""
        for subscriber in tuple(self._topics.get(topic, ())):
            try:
                subscriber.receive(topic, payload)
            except Exception:
                logger.exception("a subscriber of %s failed", topic)

    def topics(self, prefix: str) -> list[str]:
        """Return the topics with a subscriber whose names begin so."""
        return [topic for topic in self._topics if topic.startswith(prefix)]

    async def pulse(self) -> None:
        """Make sure that the layer still reaches us; to be called every second.

        The hub sends itself an echo. One that is missing means that hints were lost, and the
        subscribers look again; several in a row, and the connection is made anew. Groups that
        could not be joined are tried again.
        """
        if self._listening is None:
            return
        if self._started.is_set():
            if self._sent - self._heard >= SILENT_PULSES:
                logger.warning("the channel layer is silent, connecting anew")
                await self._restart()
                return
            self._sent += 1
            echo = {"type": ECHO_TYPE, "pulse": self._sent}
            try:
                async with asyncio.timeout(JOIN_TIMEOUT):
                    await self._layer().send(self._channel, echo)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next pulse tries again
                logger.warning("the channel layer cannot be reached: %r", error)
        for group, membership in self._memberships.items():
            if membership.joining.done() and not _joined(membership):
                membership.joining = asyncio.create_task(self._join(group, late=True))

    def _layer(self) -> Any:
        return get_channel_layer()

    def _start(self) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="hub")

    async def _restart(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening], timeout=JOIN_TIMEOUT)
        self._listening = None
        self._started.clear()
        try:
            async with asyncio.timeout(JOIN_TIMEOUT):
                await self._layer().flush()
        except Exception as error:  # noqa: BLE001 -- what could not be closed is not used again
            logger.warning("closing the channel layer's connection failed: %r", error)
        self._sent = self._heard = 0
        self._start()
        for group, membership in self._memberships.items():
            membership.joining.cancel()
            membership.joining = asyncio.create_task(self._join(group, late=True))

    async def _listen(self) -> None:
        while not self._started.is_set():
            try:
                self._channel = await self._layer().new_channel()
                self._started.set()
            except Exception as error:  # noqa: BLE001 -- Redis may come up after us
                logger.warning("the channel layer cannot be reached: %r", error)
                await asyncio.sleep(1)
        while True:
            try:
                self._take(await self._layer().receive(self._channel))
            except Exception:
                logger.exception("a message of the channel layer could not be read")

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == MESSAGE_TYPE:
            for topic, payload in message["topics"].items():
                self.deliver(topic, payload)
        elif message.get("type") == ECHO_TYPE and "pulse" in message:
            missed = message["pulse"] - self._heard > 1
            self._heard = max(self._heard, message["pulse"])
            if missed:
                self._refresh(set().union(*self._topics.values()))
        elif message.get("hub") == self._channel and message.get("group") in self._echoes:
            self._echoes[message["group"]].set()

    def _refresh(self, subscribers: Collection[Subscriber]) -> None:
        for subscriber in subscribers:
            try:
                subscriber.refresh()
            except Exception:
                logger.exception("a subscriber could not refresh")

    async def _join(self, group: str, late: bool = False) -> bool:
        """Join, and wait for an echo through the group: Redis confirms a subscription later."""
        heard = self._echoes[group] = asyncio.Event()
        try:
            async with asyncio.timeout(JOIN_TIMEOUT):
                await self._started.wait()
                await self._layer().group_add(group, self._channel)
                while not heard.is_set():
                    await self._echo(group, heard)
        except Exception as error:  # noqa: BLE001 -- whatever it is, pulse tries again
            logger.warning("could not join %s: %r", group, error)
            return False
        finally:
            if self._echoes.get(group) is heard:
                del self._echoes[group]
        if late:
            self._refresh(set().union(*self._topics.values()))
        return True

    async def _echo(self, group: str, heard: asyncio.Event) -> None:
        echo = {"type": ECHO_TYPE, "hub": self._channel, "group": group}
        await self._layer().group_send(group, echo)
        try:
            await asyncio.wait_for(heard.wait(), ECHO_AGAIN)
        except TimeoutError:
            return

    async def _leave(self, group: str) -> None:
        try:
            async with asyncio.timeout(JOIN_TIMEOUT):
                await self._layer().group_discard(group, self._channel)
        except Exception as error:  # noqa: BLE001 -- messages of a group without topics are ignored
            logger.warning("could not leave %s: %r", group, error)


def _joined(membership: _Membership) -> bool:
    joining = membership.joining
    return not joining.cancelled() and joining.exception() is None and joining.result()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Return the running event loop's hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
