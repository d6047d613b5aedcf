"""The streams of quotes and of one's own monitors (contract §6): newest values, conflated."""

import asyncio
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitors.announcements import QUOTES_GROUP, monitor_topic, quote_topic
from monitors.models import Monitor, Quote
from monitors.symbols import Symbol, SymbolError
from monitors.wire import monitor_data, quote_data
from notifications.realtime import user_group
from notifications.socket.frames import Frame, FrameError, invalid
from notifications.socket.streams import ConflatedStream
from stockwatch.database import in_database

MOST_SYMBOLS = 500
MOST_MONITORS = 200


class MarketStream(ConflatedStream):
    """What both streams do with quotes: the last stored ones first, never an older one later."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._told: dict[str, str] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._fresh: set[Any] = set()

    def offer_quote(self, quote: dict[str, Any]) -> None:
        """Offer a quote, unless one that was received later has been offered already."""
        symbol, received_at = quote["symbol"], quote["received_at"] or ""
        if received_at >= self._told.get(symbol, ""):
            self._told[symbol] = received_at
            self.offer(symbol, quote)

    async def offer_last(self, symbols: set[str]) -> None:
        """Offer the stored quotes of symbols."""
        for quote in await in_database(_last_quotes, symbols):
            self.offer_quote(quote)

    def forget(self, keys: Iterable[Hashable]) -> None:
        gone = list(keys)
        super().forget(gone)
        for key in gone:
            self._told.pop(str(key), None)

    def refresh(self) -> None:
        """Read everything again: messages may have been lost."""
        task = asyncio.create_task(self.read_again())
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    @abstractmethod
    async def read_again(self) -> None:
        """Offer the present state of everything subscribed."""

    async def close(self) -> None:
        await super().close()
        for task in self._reading:
            task.cancel()


class QuotesStream(MarketStream):
    """The quotes of some symbols: the last value on subscribing, then the newest."""

    name = "quotes"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._symbols: set[str] = set()

    async def subscribe(self, frame: Frame) -> dict[str, Any]:
        """Add symbols; the answer has the full list."""
        wanted = _symbols(frame)
        if len(self._symbols | wanted) > MOST_SYMBOLS:
            raise FrameError(
                "symbol_limit",
                _("symbols: at most %(most)d on one connection.") % {"most": MOST_SYMBOLS},
            )
        await self.hub.subscribe(QUOTES_GROUP, [quote_topic(name) for name in wanted], self)
        self._symbols |= wanted
        self._fresh = wanted
        return {"symbols": sorted(self._symbols)}

    async def begin(self) -> None:
        """Send the last values of the symbols that were just added."""
        await self.offer_last(self._fresh)

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Take symbols off; the answer has those that are left."""
        gone = _symbols(frame)
        await self.hub.unsubscribe(QUOTES_GROUP, [quote_topic(name) for name in gone], self)
        self._symbols -= gone
        self.forget(gone)
        return {"symbols": sorted(self._symbols)}

    async def close(self) -> None:
        await super().close()
        topics = [quote_topic(name) for name in self._symbols]
        await self.hub.unsubscribe(QUOTES_GROUP, topics, self)

    def receive(self, topic: str, payload: Any) -> None:
        self.offer_quote(payload)

    async def read_again(self) -> None:
        await self.offer_last(set(self._symbols))

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[Mapping[str, Any]]:
        return [{"type": "quotes", "data": list(newest.values())}]


class MonitorsStream(MarketStream):
    """Some of one's own monitors: the states of their rules, and the quotes of their stocks."""

    name = "monitors"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
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
        found = await in_database(_symbols_of, self.user_id, wanted)
        if missing := wanted - found.keys():
            raise FrameError(
                "not_found", _("ids: no monitor %(id)d of yours.") % {"id": min(missing)}
            )
        group = user_group(self.user_id)
        await self.hub.subscribe(group, [monitor_topic(pk) for pk in wanted], self)
        await self.hub.subscribe(QUOTES_GROUP, [quote_topic(s) for s in found.values()], self)
        self._symbol_of |= found
        self._fresh = wanted
        return {"ids": sorted(self._symbol_of)}

    async def begin(self) -> None:
        """Send the monitors that were just added, and the last quotes of their stocks."""
        await self._offer_all(self._fresh)

    async def unsubscribe(self, frame: Frame) -> dict[str, Any]:
        """Take monitors off; the answer has those that are left."""
        gone = set(frame.wholes("ids"))
        frame.finish()
        await self._drop(gone)
        return {"ids": sorted(self._symbol_of)}

    async def close(self) -> None:
        await super().close()
        await self._drop(set(self._symbol_of))

    def receive(self, topic: str, payload: Any) -> None:
        if "symbol" in payload:
            self.offer_quote(payload)
        else:
            self.offer(int(topic.rpartition(".")[2]), None)

    async def read_again(self) -> None:
        await self._offer_all(set(self._symbol_of))

    async def frames(self, newest: Mapping[Hashable, Any]) -> Iterable[Mapping[str, Any]]:
        ids = [key for key in newest if isinstance(key, int) and key in self._symbol_of]
        quotes = [value for key, value in newest.items() if isinstance(key, str)]
        changed = await in_database(_monitors, self.user_id, ids) if ids else {}
        frames: list[Mapping[str, Any]] = []
        for pk in ids:
            data = changed.get(pk) or {"id": pk, "deleted": True}
            await self._follow(pk, data.get("symbol"))
            frames.append({"type": "monitor", "data": data})
        return [*([{"type": "quotes", "data": quotes}] if quotes else []), *frames]

    @property
    def user_id(self) -> int:
        """Whose monitors these are; a stream exists only on an authenticated connection."""
        return self.connection.user.pk if self.connection.user else 0

    async def _offer_all(self, ids: set[int]) -> None:
        symbols = {self._symbol_of[pk] for pk in ids if pk in self._symbol_of}
        await self.offer_last(symbols)
        for pk in ids & self._symbol_of.keys():
            self.offer(pk, None)

    async def _follow(self, pk: int, symbol: str | None) -> None:
        """Listen to another symbol, where the monitor was moved, or to none, if it is gone."""
        if symbol == self._symbol_of.get(pk):
            return
        if symbol is None:
            await self._drop({pk})
            return
        await self.hub.subscribe(QUOTES_GROUP, [quote_topic(symbol)], self)
        left = self._symbol_of.get(pk)
        self._symbol_of[pk] = symbol
        await self._leave_symbols({left} if left else set())
        await self._offer_all({pk})

    async def _drop(self, ids: set[int]) -> None:
        topics = [monitor_topic(pk) for pk in ids]
        await self.hub.unsubscribe(user_group(self.user_id), topics, self)
        symbols = {self._symbol_of.pop(pk) for pk in ids if pk in self._symbol_of}
        self.forget(ids)
        await self._leave_symbols(symbols)

    async def _leave_symbols(self, symbols: set[str]) -> None:
        unused = symbols - set(self._symbol_of.values())
        self.forget(unused)
        await self.hub.unsubscribe(QUOTES_GROUP, [quote_topic(name) for name in unused], self)


def _symbols(frame: Frame) -> set[str]:
    texts = frame.texts("symbols")
    frame.finish()
    try:
        return {str(Symbol.parse(text)) for text in texts}
    except SymbolError as error:
        raise invalid(f"symbols: {error}") from error


def _last_quotes(symbols: set[str]) -> list[dict[str, Any]]:
    """The last quotes; one that nobody watches is unknown."""
    stored = Quote.objects.filter(instrument__symbol__in=symbols).select_related("instrument")
    known = {quote.instrument.symbol: quote for quote in stored}
    quotes = [(Symbol.parse(name), known.get(name) or Quote()) for name in sorted(symbols)]
    return [quote_data(symbol, quote, quote.received_at) for symbol, quote in quotes]


def _symbols_of(user_id: int, ids: set[int]) -> dict[int, str]:
    mine = Monitor.objects.of(user_id).filter(pk__in=ids)
    return dict(mine.values_list("pk", "instrument__symbol"))


def _monitors(user_id: int, ids: list[int]) -> dict[int, dict[str, Any]]:
    mine = Monitor.objects.of(user_id).filter(pk__in=ids).with_all()
    return {monitor.pk: monitor_data(monitor) for monitor in mine}
