"""The streams of quotes and of one's own monitors (contract §6): newest values, conflated."""

import asyncio
from abc import abstractmethod
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.utils.translation import gettext as _

from monitors.announcements import monitor_topic
from monitors.feeds import Feeds, Quote, feeds, quotes_frame
from monitors.models import Monitor
from monitors.models import Quote as StoredQuote
from monitors.symbols import Symbol, SymbolError
from monitors.wire import monitor_data, quote_data
from notifications.realtime import user_group
from notifications.socket.connection import Connection
from notifications.socket.frames import Frame, FrameError, invalid
from notifications.socket.hub import Hub
from notifications.socket.streams import ConflatedStream
from stockwatch.database import Batched

MOST_SYMBOLS = 500
MOST_MONITORS = 200


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


class QuotesStream(MarketStream):
    """The quotes of some symbols: the last value on subscribing, then the newest."""

    __slots__ = ()

    name = "quotes"

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Add symbols; the answer has the full list."""
        wanted = _symbols(frame)
        if len(self._followed | wanted) > MOST_SYMBOLS:
            raise FrameError(
                "symbol_limit",
                _("symbols: at most %(most)d on one connection.") % {"most": MOST_SYMBOLS},
            )
        await self.follow(self._followed | wanted)
        self._fresh = wanted
        return {"symbols": sorted(self._followed)}

    async def begin(self) -> None:
        """Send the last values of the symbols that were just added."""
        await self.offer_last(self._fresh)

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Take symbols off; the answer has those that are left."""
        await self.follow(self._followed - _symbols(frame))
        return {"symbols": sorted(self._followed)}

    async def read_again(self) -> None:
        await self.offer_last(self._followed)

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[str]:
        return [quotes_frame(newest.values())]


class MonitorsStream(MarketStream):
    """Some of one's own monitors: the states of their rules, and the quotes of their stocks."""

    __slots__ = ("_symbol_of",)

    name = "monitors"

    def __init__(self, connection: Connection, hub: Hub) -> None:
        super().__init__(connection, hub)
        self._symbol_of: dict[int, str] = {}

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Add monitors; the answer has the full list. One that is not yours is not found."""
        wanted = set(frame.wholes("ids"))
        frame.finish()
        if len(self._symbol_of.keys() | wanted) > MOST_MONITORS:
            raise FrameError(
                "monitor_limit",
                _("ids: at most %(most)d on one connection.") % {"most": MOST_MONITORS},
            )
        mine = {pk: one["symbol"] for pk, one in (await self._look_up(wanted)).items()}
        if missing := sorted(wanted - mine.keys()):
            raise FrameError(
                "not_found",
                _("ids: no monitor %(id)d of yours.") % {"id": missing[0]},
                details={"missing": missing},
            )
        group = user_group(self.user_id)
        await self.hub.subscribe(group, [monitor_topic(pk) for pk in wanted], self)
        self._symbol_of |= mine
        await self._follow_stocks()
        self._fresh = wanted
        return {"ids": sorted(self._symbol_of)}

    async def begin(self) -> None:
        """Send the monitors that were just added, and the last quotes of their stocks."""
        await self._offer_all(set(self._fresh))

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Take monitors off; the answer has those that are left."""
        gone = set(frame.wholes("ids"))
        frame.finish()
        await self._drop(gone)
        return {"ids": sorted(self._symbol_of)}

    def close(self) -> None:
        super().close()
        self._leave(self._symbol_of)

    def receive(self, topic: str, payload: Any) -> None:
        self.offer(int(topic.rpartition(".")[2]), None)

    async def read_again(self) -> None:
        await self._offer_all(set(self._symbol_of))

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[str]:
        quotes = [value for key, value in newest.items() if isinstance(key, str)]
        frames = [quotes_frame(quotes)] if quotes else []
        ids = {key for key in newest if isinstance(key, int) and key in self._symbol_of}
        changed = await self._look_up(ids)
        for pk in sorted(ids):
            data = changed.get(pk) or {"id": pk, "deleted": True}
            await self._keep_up(pk, data.get("symbol"))
            frames.append(orjson.dumps({"type": "monitor", "data": data}).decode())
        return frames

    async def _look_up(self, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return those of the monitors that are the user's own, as they are told."""
        keys = list(ids)
        found = await asyncio.gather(*(MONITORS.get((self.user_id, pk)) for pk in keys))
        return {pk: data for pk, data in zip(keys, found, strict=True) if data is not None}

    async def _offer_all(self, ids: set[int]) -> None:
        await self.offer_last({self._symbol_of[pk] for pk in ids if pk in self._symbol_of})
        for pk in ids & self._symbol_of.keys():
            self.offer(pk, None)

    async def _keep_up(self, pk: int, symbol: str | None) -> None:
        """Listen to another symbol, where the monitor was moved, or to none, if it is gone."""
        if symbol == self._symbol_of.get(pk):
            return
        if symbol is None:
            await self._drop({pk})
            return
        self._symbol_of[pk] = symbol
        await self._follow_stocks()
        await self._offer_all({pk})

    async def _drop(self, ids: set[int]) -> None:
        self._leave(ids)
        for pk in ids:
            self._symbol_of.pop(pk, None)
        self.forget(ids)
        await self._follow_stocks()

    def _leave(self, ids: Iterable[int]) -> None:
        topics = [monitor_topic(pk) for pk in ids]
        self.hub.unsubscribe(user_group(self.user_id), topics, self)

    async def _follow_stocks(self) -> None:
        await self.follow(frozenset(self._symbol_of.values()))


def _symbols(frame: Frame) -> frozenset[str]:
    texts = frame.texts("symbols")
    frame.finish()
    try:
        return frozenset(str(Symbol.parse(text)) for text in texts)
    except SymbolError as error:
        raise invalid(f"symbols: {error}") from error


def _last_quotes(symbols: Sequence[str]) -> dict[str, Quote]:
    """The last quotes; one that nobody watches is unknown."""
    stored = StoredQuote.objects.filter(instrument__symbol__in=symbols)
    known = {quote.instrument.symbol: quote for quote in stored.select_related("instrument")}
    return {name: _written(name, known.get(name) or StoredQuote()) for name in symbols}


def _written(name: str, quote: StoredQuote) -> Quote:
    data = quote_data(Symbol.parse(name), quote, quote.received_at, frozen=quote.frozen)
    at = "" if quote.received_at is None else quote.received_at.isoformat()
    return at, orjson.dumps(data).decode()


def _monitors(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    """Monitors by owner and id; somebody else's are left out."""
    some = Monitor.objects.filter(pk__in={pk for _owner, pk in keys}).with_all()
    return {(monitor.owner_id, monitor.pk): monitor_data(monitor) for monitor in some}


LAST_QUOTES = Batched(_last_quotes, most=1000)
MONITORS = Batched(_monitors)
