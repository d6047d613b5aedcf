"""How Yahoo writes a chart: the symbol, the envelope, its arrays, and floats for numbers."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from struct import pack, unpack
from typing import Any

from monitors.sources._bounds import LARGEST_VOLUME
from monitors.sources._figures import shown_name
from monitors.sources._json import Number, load, shown
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

_LARGEST_PRICE = 999_999_999
_LATEST_EPOCH = 10**11
_FINEST = Decimal("0.000001")
# Small floats have an exponent.
_FLOAT = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,2})?").fullmatch
_INDEXES = {
    "HSI.HK": "^HSI",
    "NDX.US": "^NDX",
    "DJI.US": "^DJI",
    "SPX.US": "^GSPC",
    "INX.US": "^GSPC",  # as other sources call it
    "IXIC.US": "^IXIC",
}


def code_of(symbol: Symbol) -> str | None:
    """Return the symbol as Yahoo writes it: BRK-B, 0700.HK, 600519.SS; None if it has none."""
    if index := _INDEXES.get(str(symbol)):
        return index
    match symbol.exchange:
        case "US":
            return symbol.code.replace(".", "-")
        case "HK":
            return f"{int(symbol.code):04d}.HK" if symbol.code.isdigit() else None
        case "SH":
            return f"{symbol.code}.SS"
        case "SZ":
            return f"{symbol.code}.SZ"
        case _:
            return None


def results_of(body: bytes) -> list[object]:
    """Return chart.result, empty for a symbol that is not known. Raises SourceError."""
    chart = member(load(body), "chart")
    refusal, results = member(chart, "error"), member(chart, "result")
    if refusal is not None:
        if member(refusal, "code") == "Not Found" and not results:
            return []
        words = text_of(member(refusal, "description")) or text_of(member(refusal, "code"))
        raise SourceError(f"refused: {words}")
    if not isinstance(results, list):
        raise SourceError("no chart in the reply")
    return results


def member(value: object, name: str) -> Any:
    """Return a member of an object, None where it has none or is no object."""
    return value.get(name) if isinstance(value, dict) else None


def first(value: object) -> Any:
    """Return the first of a list, None where there is none."""
    return value[0] if isinstance(value, list) and value else None


def is_listed(meta: dict[str, Any]) -> bool:
    """Tell a symbol from what was none, or is none any more: without currency and price."""
    return not (meta.get("currency") is None and meta.get("regularMarketPrice") is None)


def check_currency(meta: dict[str, Any], symbol: Symbol) -> None:
    """Refuse, by a ValueError, what is told in another currency than the symbol's."""
    if meta.get("currency") != symbol.currency:
        raise ValueError(f"currency {shown(meta.get('currency'))}, not {symbol.currency}")


def points(result: object, *names: str) -> Iterator[tuple[object, ...]]:
    """Yield each point's epoch and figures; nothing where an array is missing.

    Raises ValueError where they differ in length: nobody can tell which figure was lost.
    """
    columns = first(member(member(result, "indicators"), "quote"))
    arrays = [member(result, "timestamp"), *(member(columns, name) for name in names)]
    if not all(isinstance(array, list) for array in arrays):
        return
    if len({len(array) for array in arrays}) > 1:
        raise ValueError(f"arrays of {', '.join(str(len(array)) for array in arrays)}")
    yield from zip(*arrays, strict=True)


def price(value: object, symbol: Symbol) -> Decimal:
    """Read a price below a billion, without the dust of floats, at most six decimal places.

    Raises ValueError.
    """
    number = _number(value, "price")
    if not 0 <= number < _LARGEST_PRICE:
        raise ValueError(f"price {shown(value)}")
    on_tick = _on_tick(number, symbol.tick)
    if on_tick is None:
        number = _as_single(number)
        on_tick = _on_tick(number, symbol.tick)
    return Decimal(f"{number.quantize(_FINEST):f}".rstrip("0")) if on_tick is None else on_tick


def price_or_none(value: object, symbol: Symbol) -> Decimal | None:
    """Read a price where 0 or null means that there is none yet."""
    return None if value is None else price(value, symbol) or None


def _on_tick(value: Decimal, tick: Decimal) -> Decimal | None:
    """Return the multiple of the tick from which only dust parts a price, if there is one."""
    nearest = value.quantize(tick)
    return nearest if nearest and abs(value - nearest) < tick / 1000 else None


def _as_single(value: Decimal) -> Decimal:
    """Undo the widening of a 32-bit float, as the arrays hold: 269.27499389648438 is 269.275."""
    wide = float(value)
    if _single(wide) != wide:
        return value
    shorter = (f"{wide:.{digits}g}" for digits in range(6, 10))
    return next(Decimal(text) for text in shorter if _single(float(text)) == wide)


def _single(number: float) -> float:
    return float(unpack("f", pack("f", number))[0])


def shares(value: object) -> int:
    """Read a volume. Raises ValueError."""
    number = _number(value, "volume")
    if not 0 <= number < LARGEST_VOLUME or number % 1:
        raise ValueError(f"volume {shown(value)}")
    return int(number)


def moment(value: object, latest: datetime | None = None) -> datetime:
    """Read seconds since 1970 as a time in UTC, at most `latest`. Raises ValueError."""
    number = _number(value, "time")
    if not 0 < number < _LATEST_EPOCH or number % 1:
        raise ValueError(f"time {shown(value)}")
    at = datetime.fromtimestamp(int(number), UTC)
    if latest is not None and at > latest:
        raise ValueError(f"time {at:%Y-%m-%d %H:%M:%S} is to come")
    return at


def day_of(at: datetime, symbol: Symbol) -> int:
    """Return the number of the market-local day of a time."""
    return at.astimezone(symbol.market.timezone).toordinal()


def text_of(value: object) -> str:
    """Return a text that is fit to be shown, nothing for what is no text."""
    return shown_name(value) if type(value) is str else ""


def _number(value: object, what: str) -> Decimal:
    """Read a number as floats are written. Raises ValueError."""
    if isinstance(value, Number) and _FLOAT(value):
        return Decimal(value)
    raise ValueError(f"{what} {shown(value)}")
