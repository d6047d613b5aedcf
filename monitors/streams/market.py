"""What all streams do with quotes: the last stored ones first, never an older one later."""

import asyncio
from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson

from monitors.models import Quote as StoredQuote
from monitors.streams.feeds import Feeds, Quote, feeds
from monitors.symbols import Symbol
from monitors.wire import quote_data
from notifications.socket.connection import Connection
from notifications.socket.hub import Hub
from notifications.socket.streams import ConflatedStream
from stockwatch.database import Batched


class MarketStream(ConflatedStream):
    """What both streams do with quotes: the last stored ones first, never an older one later."""

    __slots__ = ("_at", "_feeds", "_followed", "_fresh", "_reading", "_reading_now")

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._feeds: Feeds = feeds(hub)
        self._reading_now = 0
        self._followed: frozenset[str] = frozenset()
        self._fresh: Collection[Any] = ()
        self._reading: set[asyncio.Task[None]] = set()
        self._at: dict[str, str] = {}
        """When the newest quotes that came while the stored ones are being read were received."""

    async def follow(self, symbols: frozenset[str]) -> None:
        """Follow the quotes of just these symbols from now on."""
        before, self._followed = self._followed, symbols
        if before != symbols:
            await self._feeds.follow(symbols, self)
            self._feeds.unfollow(before, self)
            self.forget(before - symbols)

    def quotes_came(self, frame: str, quotes: dict[str, Quote]) -> None:
        """Take new quotes, and the frame that tells them."""
        if self._reading_now:
            for symbol, quote in quotes.items():
                self._at[symbol] = quote[0]
                self.offer(symbol, quote)
        else:
            self.offer_prepared(frame, quotes)

    async def offer_last(self, symbols: Iterable[str]) -> None:
        """Offer the stored quotes of symbols, but for those of which a newer one came meanwhile."""
        wanted = sorted(symbols)
        self._reading_now += 1
        try:
            stored = await asyncio.gather(*(LAST_QUOTES.get(symbol) for symbol in wanted))
        finally:
            self._reading_now -= 1
            came, self._at = self._at, self._at if self._reading_now else {}
        for symbol, quote in zip(wanted, stored, strict=True):
            if quote is not None and symbol in self._followed and quote[0] >= came.get(symbol, ""):
                self.offer(symbol, quote)

    def refresh(self) -> None:
        """Read everything again: messages may have been lost."""
        task = asyncio.create_task(self.read_again())
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    @abstractmethod
    async def read_again(self) -> None:
        """Offer the present state of everything subscribed."""

    def close(self) -> None:
        super().close()
        for task in self._reading:
            task.cancel()
        self._feeds.unfollow(self._followed, self)
        self._followed = frozenset()


def _last_quotes(symbols: Sequence[str]) -> dict[str, Quote]:
    """The last quotes; one that nobody watches is unknown."""
    stored = StoredQuote.objects.filter(instrument__symbol__in=symbols)
    known = {quote.instrument.symbol: quote for quote in stored.select_related("instrument")}
    return {name: _written(name, known.get(name) or StoredQuote()) for name in symbols}


def _written(name: str, quote: StoredQuote) -> Quote:
    data = quote_data(Symbol.parse(name), quote, quote.received_at, frozen=quote.frozen)
    at = "" if quote.received_at is None else quote.received_at.isoformat()
    return at, orjson.dumps(data).decode()


LAST_QUOTES = Batched(_last_quotes, most=1000)
