"""The stream of the quotes of some symbols."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from monitors.streams.feeds import quotes_frame
from monitors.streams.market import MarketStream
from monitors.symbols import Symbol, SymbolError
from notifications.socket.frames import Frame, FrameError, invalid

MOST_SYMBOLS = 500


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


def _symbols(frame: Frame) -> frozenset[str]:
    texts = frame.texts("symbols")
    frame.finish()
    try:
        return frozenset(str(Symbol.parse(text)) for text in texts)
    except SymbolError as error:
        raise invalid(f"symbols: {error}") from error
