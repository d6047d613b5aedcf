"""What a quote looks like outside, on the socket and in REST alike (contract §4, §6)."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from monitors.symbols import Symbol
from notifications.wire import moment
from stockwatch.fields import plain

PERCENT = Decimal("0.01")


class QuoteLike(Protocol):
    """What a stored quote and a source's snapshot have in common."""

    @property
    def price(self) -> Decimal | None: ...
    @property
    def previous_close(self) -> Decimal | None: ...
    @property
    def volume(self) -> int: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def source(self) -> str: ...
    @property
    def state(self) -> Any: ...
    @property
    def delay(self) -> int: ...


def on_tick(price: Decimal | None, symbol: Symbol) -> str | None:
    """Return a price as text with the places of the instrument's tick: 1712.5 is "1712.50".

    Places beyond the tick are kept: a price is shown as it was quoted, never rounded.
    """
    if price is None:
        return None
    price, tick = plain(price), symbol.tick
    if price.as_tuple().exponent > tick.as_tuple().exponent:  # type: ignore[operator]
        price = price.quantize(tick)
    return format(price, "f")


def change(quote: QuoteLike) -> Decimal | None:
    """Return the difference to the previous close."""
    if quote.price is None or not quote.previous_close:
        return None
    return quote.price - quote.previous_close


def change_pct(quote: QuoteLike) -> Decimal | None:
    """Return the change in percent of the previous close, to two places."""
    difference = change(quote)
    if difference is None or not quote.previous_close:
        return None
    return (difference * 100 / quote.previous_close).quantize(PERCENT, ROUND_HALF_UP)


def quote_data(symbol: Symbol, quote: QuoteLike, received_at: datetime | None) -> dict[str, Any]:
    """Return a quote as plain JSON values; prices are text on the instrument's tick."""
    percent = change_pct(quote)
    return {
        "symbol": str(symbol),
        "price": on_tick(quote.price, symbol),
        "change": on_tick(change(quote), symbol),
        "change_pct": None if percent is None else str(percent),
        "volume": quote.volume,
        "at": moment(quote.at),
        "received_at": moment(received_at),
        "source": quote.source,
        "delayed": quote.delay > 0,
        "state": str(quote.state),
    }
