"""Yahoo's minutes: the arrays of a chart, of which the last point is still running."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitors.market import Candle
from monitors.sources._bounds import CLOCK_SKEW
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
    results = results_of(body)
    if not results:
        return []
    meta = member(results[0], "meta")
    key = member(meta, "symbol")
    if len(results) > 1 or key is None or key != code_of(symbol):
        raise SourceError(f"minutes of {shown(key)}, not asked for")
    try:
        return _candles(results[0], meta, symbol, now + CLOCK_SKEW) if is_listed(meta) else []
    except ValueError as error:
        raise SourceError(f"no readable minutes ({error})") from error


def _candles(
    result: object, meta: dict[str, Any], symbol: Symbol, latest: datetime
) -> list[Candle]:
    """Read the minutes of the newest day. Raises ValueError where none of them can be."""
    check_currency(meta, symbol)
    if meta.get("dataGranularity") != "1m":
        raise ValueError(f"granularity {shown(meta.get('dataGranularity'))}")
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
    if not 0 < low <= min(opened, close) <= max(opened, close) <= high:
        raise ValueError(f"{opened} to {close} of {low} to {high}")
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
