"""Alpaca's bars of a minute or a day, and how it writes tickers, times and figures."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from monitors.market import Candle, Market
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources._days import begin, check_range, read_days
from monitors.sources._json import load, price, shares, shown
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

# One malformed ticker voids the whole batch (HTTP 400). None that is listed has digits.
_TICKER = re.compile(r"[A-Z]{1,5}(?:\.[A-Z])?").fullmatch
_INDEXES = frozenset({"DJI", "INX", "IXIC", "NDX", "NYA", "OEX", "RUT", "SOX", "SPX", "VIX"})
_TIME = re.compile(
    r"([12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?Z"
).fullmatch


def code_of(symbol: Symbol) -> str | None:
    """Return the symbol as the API writes it (BRK.B), or None for what it does not know."""
    if symbol.exchange != "US" or symbol.code in _INDEXES or not _TICKER(symbol.code):
        return None
    return symbol.code


def parse_history(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read a reply of one-minute bars: those of the newest New York day, oldest first.

    A bar that cannot be trusted is left out. Raises SourceError where that leaves none, and where
    a minute is there twice.
    """
    rows = _rows(body, symbol)
    minutes = list(_minutes(rows, now + CLOCK_SKEW))
    candles = {candle.at: candle for candle in sorted(minutes, key=lambda candle: candle.at)}
    if len(candles) < len(minutes) or (rows and not candles):
        raise SourceError(f"{len(rows)} bars of {symbol}, {len(candles)} of them different minutes")
    newest = day_of(max(candles)) if candles else None
    return [candle for at, candle in candles.items() if day_of(at) == newest]


def parse_days(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read a reply of daily bars, oldest first. What cannot be trusted is left out.

    Raises SourceError where that leaves none.
    """
    return read_days(_rows(body, symbol), _whole_day, Market.US, now)


def _whole_day(row: object) -> Candle:
    """Read a daily bar, stamped with New York's midnight. Raises ValueError."""
    bar = bar_of(row)
    check_range(bar.open, bar.high, bar.low, bar.close)
    at = begin(day_of(bar.at), Market.US)
    if bar.at != at:
        raise ValueError(f"a day from {bar.at:%H:%M:%S}")
    return replace(bar, at=at)


def _rows(body: bytes, symbol: Symbol) -> list[object]:
    """Return the bars of a reply about a symbol. Raises SourceError."""
    reply = load(body)
    if "bars" in reply and not reply["bars"]:
        return []
    bars = reply.get("bars")
    rows = bars.get(code_of(symbol)) if isinstance(bars, dict) else None
    if not isinstance(rows, list):
        raise SourceError(f"no bars of {symbol} in the reply")
    return rows


def _minutes(rows: list[object], latest: datetime) -> Iterator[Candle]:
    """Yield the bars of one minute that can be trusted."""
    for row in rows:
        with suppress(ValueError):
            candle = bar_of(row)
            whole = not (candle.at.second or candle.at.microsecond)
            if whole and candle.at <= latest and candle.low <= candle.close <= candle.high:
                yield candle


def bar_of(row: object) -> Candle:
    """Read a bar of any length. Raises ValueError.

    A day's close may lie outside its range: corrections of it move the close alone.
    """
    bar = member(row, "bar")
    opened, high, low, close = (price(bar.get(name)) for name in "ohlc")
    if not low <= opened <= high:
        raise ValueError(f"open {opened} of {low} to {high}")
    return Candle(moment(bar.get("t")), opened, high, low, close, shares(bar.get("v")))


def member(value: object, what: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError(f"{what} {shown(value)}")


def moment(value: object) -> datetime:
    """Read an RFC 3339 time of UTC; what is finer than a microsecond is cut off."""
    match = _TIME(value) if isinstance(value, str) else None
    try:
        if match:
            return datetime.fromisoformat(f"{match[1]}.{(match[2] or '')[:6]:0<6}+00:00")
    except ValueError:
        pass  # such as 30 February
    raise ValueError(f"time {shown(value)}")


def day_of(at: datetime) -> date:
    """Return the day in New York."""
    return at.astimezone(Market.US.timezone).date()
