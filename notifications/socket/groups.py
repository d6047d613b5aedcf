"""A process's place in the groups of the channel layer: joined, kept joined, left.

One channel of the layer serves the whole process. It is in the group of everyone, joins another
group when it is wanted first, and leaves it some time after it is wanted no more.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from channels.layers import get_channel_layer

from notifications.realtime import EVERYONE, MESSAGE_TYPE

logger = logging.getLogger(__name__)

ECHO_TYPE = "hub.echo"

JOIN_TIMEOUT = 2.0
"""Seconds until whoever wants a group goes on without it; it is joined as soon as possible."""

ECHO_AGAIN = 0.05
"""Seconds after which an echo that did not come back is sent anew."""

JOINS_AT_ONCE = 500
"""Groups that one echo confirms."""

LINGER = 30.0
"""Seconds that a group which nobody wants is kept: who lost its connection is soon back."""

SILENT_PULSES = 5
"""So many unanswered pulses in a row, and the layer's connection is given up for a new one."""


@dataclass(slots=True)
class _Membership:
    """The process's place in one group."""

    wanted: int = 0
    """How many times."""
    joined: bool = False
    is_late: bool = False
    """It could not be joined when it was wanted: what came meanwhile was missed."""
    joining: "asyncio.Future[None] | None" = None
    idle_since: float | None = None


class Groups:
    """The groups that this process is in.

    `deliver` takes what comes through them, topic by topic; `missed` is called where something may
    not have come.
    """

    def __init__(self, deliver: Callable[[str, Any], None], missed: Callable[[], None]) -> None:
        self._deliver = deliver
        self._missed = missed
        self._memberships: dict[str, _Membership] = {EVERYONE: _Membership(wanted=1)}
        self._to_join: list[str] = []
        self._joiner: asyncio.Task[None] | None = None
        self._echoes: dict[str, asyncio.Event] = {}
        self._listening: asyncio.Task[None] | None = None
        self._channel = ""
        self._started = asyncio.Event()
        self._sent = self._heard = 0

    async def want(self, group: str, times: int = 1) -> None:
        """Be in a group; returns when it is joined, or after `JOIN_TIMEOUT` without Redis."""
        membership = self._memberships.setdefault(group, _Membership())
        membership.wanted += times
        membership.idle_since = None
        self._join(EVERYONE, group)
        if joining := membership.joining or self._memberships[EVERYONE].joining:
            await asyncio.wait([joining], timeout=JOIN_TIMEOUT)

    def want_no_more(self, group: str, times: int = 1) -> None:
        """Take back what `want` was called for; the last one lets the group go, later."""
        membership = self._memberships.get(group)
        if membership is not None:
            membership.wanted -= times
            if membership.wanted <= 0:
                membership.idle_since = asyncio.get_running_loop().time()

    async def pulse(self) -> None:
        """Make sure that the layer still reaches us; to be called every second.

        An echo is sent to our own channel. One that is missing means that messages were lost;
        several in a row, and the connection is made anew. Groups that could not be joined are
        tried again, and those that nobody wants any more are left.
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
        self._join(*(group for group, at in self._memberships.items() if not at.joined))
        await self._leave_idle_groups()

    def _layer(self) -> Any:
        return get_channel_layer()

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
        if self._joiner is not None:
            self._joiner.cancel()
            await asyncio.wait([self._joiner], timeout=JOIN_TIMEOUT)
        for membership in self._memberships.values():
            membership.joined, membership.is_late = False, True
        self._join(*self._memberships)

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
            # What was sent leaves between two messages, not after the last of a burst.
            await asyncio.sleep(0)

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == MESSAGE_TYPE:
            for topic, payload in message["topics"].items():
                self._deliver(topic, payload)
        elif message.get("type") == ECHO_TYPE and "pulse" in message:
            missed = message["pulse"] - self._heard > 1
            self._heard = max(self._heard, message["pulse"])
            if missed:
                self._missed()
        elif message.get("hub") == self._channel and message.get("group") in self._echoes:
            self._echoes[message["group"]].set()

    def _join(self, *groups: str) -> None:
        """Have groups joined; those that come while others are being joined share an echo."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="hub")
        for group in groups:
            membership = self._memberships[group]
            if not membership.joined and membership.joining is None:
                membership.joining = asyncio.get_running_loop().create_future()
                self._to_join.append(group)
        if self._to_join and self._joiner is None:
            self._joiner = asyncio.create_task(self._join_all(), name="hub joins")

    async def _join_all(self) -> None:
        """Join what is wanted, batch by batch; where one fails, the pulse tries all again."""
        try:
            while self._to_join:
                batch = self._to_join[:JOINS_AT_ONCE]
                await self._join_batch(batch)
                del self._to_join[: len(batch)]
        except Exception as error:  # noqa: BLE001 -- whatever it is, the pulse tries again
            logger.warning("could not join %d groups: %r", len(self._to_join), error)
        finally:
            for group in self._to_join:
                self._joined(group, success=False)
            self._to_join.clear()
            self._joiner = None

    async def _join_batch(self, groups: list[str]) -> None:
        """Join, and wait for an echo through the last group.

        Redis confirms a subscription later than the layer returns. It takes them in order, so the
        last one's echo speaks for all (the layer has one Redis; with several, each would need one).
        """
        heard = self._echoes[groups[-1]] = asyncio.Event()
        try:
            async with asyncio.timeout(JOIN_TIMEOUT):
                await self._started.wait()
                for group in groups:
                    await self._layer().group_add(group, self._channel)
                while not heard.is_set():
                    await self._echo(groups[-1], heard)
        finally:
            del self._echoes[groups[-1]]
        late = [group for group in groups if self._joined(group, success=True)]
        if late:
            self._missed()

    async def _echo(self, group: str, heard: asyncio.Event) -> None:
        echo = {"type": ECHO_TYPE, "hub": self._channel, "group": group}
        await self._layer().group_send(group, echo)
        try:
            await asyncio.wait_for(heard.wait(), ECHO_AGAIN)
        except TimeoutError:
            return

    def _joined(self, group: str, *, success: bool) -> bool:
        """Note whether a group could be joined; return whether that was later than wanted."""
        membership = self._memberships.get(group)
        if membership is None:
            return False
        late, membership.joined, membership.is_late = membership.is_late, success, not success
        if membership.joining is not None:
            membership.joining.set_result(None)
            membership.joining = None
        return late

    async def _leave_idle_groups(self) -> None:
        now = asyncio.get_running_loop().time()
        idle = [
            group
            for group, place in self._memberships.items()
            if place.idle_since is not None and now - place.idle_since > LINGER
        ]
        for group in idle[:JOINS_AT_ONCE]:
            place = self._memberships.get(group)
            if place is None or place.idle_since is None:
                continue  # left meanwhile, or somebody came
            del self._memberships[group]
            try:
                async with asyncio.timeout(JOIN_TIMEOUT):
                    await self._layer().group_discard(group, self._channel)
            except Exception as error:  # noqa: BLE001 -- topics without subscribers are ignored
                logger.warning("could not leave %s: %r", group, error)
