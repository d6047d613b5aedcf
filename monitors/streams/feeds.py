"""The quotes that come through the hub, dealt out by what is followed together.

Who follows the same symbols is told by the same frame, written once.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from monitors.evaluation.announcements import QUOTES
from notifications import interest
from notifications.socket.hub import Hub
from notifications.socket.streams import FRAMES_A_SECOND

logger = logging.getLogger(__name__)

Quote = tuple[str, str]
"""When it was received, and the quote as JSON."""


def quotes_frame(quotes: Iterable[Quote]) -> str:
    """Return the frame that tells quotes (contract §6)."""
    return f'{{"type":"quotes","data":[{",".join(quote for _at, quote in quotes)}]}}'


class Follower(Protocol):
    """Who is told of the quotes of a set of symbols. Neither method may wait."""

    def quotes_came(self, frame: str, quotes: dict[str, Quote]) -> None:
        """Take new quotes by symbol, and the frame that tells just these."""

    def refresh(self) -> None:
        """Look again: quotes may have been lost."""


class Feed:
    """A set of symbols, and everybody who follows just these."""

    __slots__ = ("_newest", "_next_at", "_timer", "followers", "symbols")

    def __init__(self, symbols: frozenset[str]) -> None:
        self.symbols = symbols
        self.followers: set[Follower] = set()
        self._newest: dict[str, Quote] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next_at = 0.0

    def receive(self, quotes: dict[str, Any]) -> None:
        """Keep the newest of each symbol, to be told as soon as the pace allows."""
        for symbol in self.symbols & quotes.keys():
            at, quote = quotes[symbol]
            if at >= self._newest.get(symbol, ("",))[0]:
                self._newest[symbol] = (at, quote)
        if self._newest and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._next_at, loop.time()), self._tell)

    def stop(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        self._next_at = asyncio.get_running_loop().time() + 1 / FRAMES_A_SECOND
        newest, self._newest = self._newest, {}
        frame = quotes_frame(newest.values())
        for follower in tuple(self.followers):
            try:
                follower.quotes_came(frame, newest)
            except Exception:
                logger.exception("a follower of quotes failed")


class Feeds:
    """All feeds of a process: the hub's only subscriber to quotes."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._feeds: dict[frozenset[str], Feed] = {}
        self._counts: dict[str, int] = {}
        self._repeating: asyncio.Task[None] | None = None

    async def follow(self, symbols: frozenset[str], follower: Follower) -> None:
        """Tell the follower of these symbols' quotes from now on.

        When this returns, what is read from the database afterwards misses nothing.
        """
        if not symbols:
            return
        feed = self._feeds.setdefault(symbols, Feed(symbols))
        feed.followers.add(follower)
        fresh = [symbol for symbol in symbols if symbol not in self._counts]
        for symbol in symbols:
            self._counts[symbol] = self._counts.get(symbol, 0) + 1
        await self._hub.subscribe(QUOTES, [QUOTES], self)
        if self._repeating is None:
            self._repeating = asyncio.create_task(self._repeat(), name="interest in quotes")
        await self._tell_interest(fresh)

    def unfollow(self, symbols: frozenset[str], follower: Follower) -> None:
        """Tell the follower no more."""
        feed = self._feeds.get(symbols)
        if feed is None or follower not in feed.followers:
            return
        feed.followers.discard(follower)
        for symbol in symbols:
            self._counts[symbol] -= 1
            if not self._counts[symbol]:
                del self._counts[symbol]
        if not feed.followers:
            feed.stop()
            del self._feeds[symbols]
        if not self._feeds:
            self._hub.unsubscribe(QUOTES, [QUOTES], self)
            if self._repeating is not None:
                self._repeating.cancel()
                self._repeating = None

    def receive(self, _topic: str, payload: Any) -> None:
        """Deal out what the hub brings."""
        for feed in tuple(self._feeds.values()):
            feed.receive(payload)

    def refresh(self) -> None:
        """Have everybody look again: quotes may have been lost."""
        for feed in self._feeds.values():
            for follower in feed.followers:
                follower.refresh()

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(interest.REPEAT_EVERY)
            await self._tell_interest(list(self._counts))

    async def _tell_interest(self, symbols: Collection[str]) -> None:
        try:
            await interest.tell(QUOTES, symbols)
        except Exception as error:  # noqa: BLE001 -- it is repeated, whatever went wrong
            logger.warning("interest in quotes could not be told: %r", error)


_feeds: WeakKeyDictionary[Hub, Feeds] = WeakKeyDictionary()


def feeds(hub: Hub) -> Feeds:
    """Return the feeds of a hub."""
    if hub not in _feeds:
        _feeds[hub] = Feeds(hub)
    return _feeds[hub]
