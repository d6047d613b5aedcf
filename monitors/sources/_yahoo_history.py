"""Yahoo's minutes and days: the arrays of a chart, of which the last point is still running."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitors.market import Candle
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources._days import begin, check_range, read_days
from monitors.sources._json import shown
from monitors.sources._yahoo_chart import (
    check_currency,
    code_of,
    day_of,
    is_listed,
    member,
    moment,
    points,
    price,
    results_of,
    shares,
)
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

_COLUMNS = ("open", "high", "low", "close", "volume")


def parse_history(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read a reply's minutes, oldest first; those that lack a figure or cannot be are left out.

    Raises SourceError where the reply is no chart of this symbol's minutes, or where nothing that
    it tells of them can be.
    """
    result = _result(body, symbol, "minutes")
    if result is None:
        return []
    try:
        return _candles(result, member(result, "meta"), symbol, now + CLOCK_SKEW)
    except ValueError as error:
        raise SourceError(f"no readable minutes ({error})") from error


def parse_days(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read a reply's days, oldest first; those that lack a figure or cannot be are left out.

    These arrays are adjusted forward for splits; that the separate `adjclose` is for dividends
    too, no chart of these markets shows. Raises SourceError as for minutes.
    """
    result = _result(body, symbol, "days")
    if result is None:
        return []
    try:
        _check(member(result, "meta"), symbol, "1d")
        told = list(points(result, *_COLUMNS))
    except ValueError as error:
        raise SourceError(f"no readable days ({error})") from error
    return read_days(told, lambda point: _day(point, symbol, now), symbol.market, now)


def _day(point: Sequence[object], symbol: Symbol, now: datetime) -> Candle | None:
    """Read a day, stamped with its opening bell; the running one with its last trade."""
    epoch, *figures = point
    if None in figures:
        return None
    at = moment(epoch, now + CLOCK_SKEW)
    day = begin(at.astimezone(symbol.market.timezone).date(), symbol.market)
    return _candle(day, figures, symbol)


def _result(body: bytes, symbol: Symbol, what: str) -> object | None:
    """Return what a reply tells of a symbol, None where it is not known. Raises SourceError."""
    results = results_of(body)
    if not results:
        return None
    meta = member(results[0], "meta")
    key = member(meta, "symbol")
    if len(results) > 1 or key is None or key != code_of(symbol):
        raise SourceError(f"{what} of {shown(key)}, not asked for")
    return results[0] if is_listed(meta) else None


def _check(meta: dict[str, Any], symbol: Symbol, granularity: str) -> None:
    """Refuse, by a ValueError, another currency and bars of another length."""
    check_currency(meta, symbol)
    if meta.get("dataGranularity") != granularity:
        raise ValueError(f"granularity {shown(meta.get('dataGranularity'))}")


def _candles(
    result: object, meta: dict[str, Any], symbol: Symbol, latest: datetime
) -> list[Candle]:
    """Read the minutes of the newest day. Raises ValueError where none of them can be."""
    _check(meta, symbol, "1m")
    candles: dict[datetime, Candle] = {}
    refused = ""
    for epoch, *figures in points(result, *_COLUMNS):
        try:
            if None not in figures:
                at = moment(epoch, latest)
                _add(candles, at, _candle(at, figures, symbol))
        except ValueError as error:
            refused = str(error)
    if refused and not candles:
        raise ValueError(refused)
    newest = day_of(max(candles), symbol) if candles else 0
    return [candles[at] for at in sorted(candles) if day_of(at, symbol) == newest]


def _candle(at: datetime, figures: Sequence[object], symbol: Symbol) -> Candle:
    opened, high, low, close = (price(figure, symbol) for figure in figures[:4])
    check_range(opened, high, low, close)
    return Candle(at.replace(second=0), opened, high, low, close, shares(figures[4]))


def _add(candles: dict[datetime, Candle], at: datetime, candle: Candle) -> None:
    """Keep a minute. The last point is running: one price at its second, merged into its minute."""
    begun = candles.get(candle.at)
    if begun is None and at == candle.at:
        candles[candle.at] = candle
    elif begun is not None:
        candles[candle.at] = Candle(
            at=begun.at,
            open=begun.open,
            high=max(begun.high, candle.high),
            low=min(begun.low, candle.low),
            close=candle.close,
            volume=max(begun.volume, candle.volume),
        )
