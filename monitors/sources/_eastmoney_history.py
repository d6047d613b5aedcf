"""Eastmoney's minutes, told in Beijing time for every market, and its days."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitors.market import Candle, Market
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources._days import check_range, midnight, read_days
from monitors.sources._eastmoney_reply import (
    data_of,
    secid_in,
    secids_of,
    shares_of,
)
from monitors.sources._figures import moment, money, price, quantity
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

_FIELDS = "end=20500101&fields1=f1,f2,f3,f4,f5,f6&fields2=f51,f52,f53,f54,f55,f56,f57"
QUERY = f"klt=1&fqt=0&lmt=1000&{_FIELDS}"
"""What is asked of `/api/qt/stock/kline/get` beside the secid."""
DAY_QUERY = f"klt=101&fqt=1&lmt=800&{_FIELDS}"
"""The same for days, of about three years; fqt=1 is adjusted forward, for splits and dividends."""

_WITHOUT_HISTORY = ("0", "100", "102")
_MINUTE = timedelta(minutes=1)
_MOST_SPLIT = 6  # less than the root of a lot's 100 shares, or either unit would do
_FIRST_HOUR, _LAST_HOUR = 4, 19  # of New York's extended hours, the longest of the markets


def parse_history(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read the minutes of the newest session in a reply, oldest first; none of an unknown symbol.

    A minute that is cut, contradicts itself or another, or shows an impossible figure is left
    out. Raises SourceError where the reply is none, another symbol's, or has no good minute.
    """
    rows = _rows(body, symbol, "minutes")
    candles = _good_candles(rows, symbol, now + CLOCK_SKEW)
    if rows and not candles:
        raise SourceError("no readable minute")
    days = [candle.at.astimezone(symbol.market.timezone).date() for candle in candles]
    return [candle for candle, day in zip(candles, days, strict=True) if day == days[-1]]


def parse_days(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read the days of a reply, oldest first; none of an unknown symbol.

    What cannot be is left out, as of minutes. Raises SourceError likewise.
    """
    rows = _rows(body, symbol, "days")
    return read_days(rows, lambda row: _day(row, symbol), symbol.market, now)


def _rows(body: bytes, symbol: Symbol, what: str) -> list[object]:
    """Return the rows of a reply about a symbol, none where it is unknown. Raises SourceError."""
    data = data_of(body, _WITHOUT_HISTORY)
    if data is None:
        return []
    if secid_in(data, "code", "market") not in secids_of(symbol):
        raise SourceError(f"history of another symbol than {symbol}")
    rows = data.get("klines")
    if not isinstance(rows, list):
        raise SourceError(f"no {what} in the reply")
    return rows


def _good_candles(rows: Iterable[object], symbol: Symbol, latest: datetime) -> list[Candle]:
    """Read the minutes that can be read, but not one that is told in two ways."""
    minutes: dict[datetime, Candle | None] = {}
    for row in rows:
        try:
            candle = _candle(row, symbol, latest)
        except ValueError:
            continue
        minutes[candle.at] = candle if minutes.get(candle.at, candle) == candle else None
    return [candle for _at, candle in sorted(minutes.items()) if candle]


def _candle(row: object, symbol: Symbol, latest: datetime) -> Candle:
    """Read `2026-11-24 09:31,open,close,high,low,volume,amount`. Raises ValueError.

    The time is the minute's end, in Beijing for every market: New York's 09:31 is 21:31 or 22:31.
    """
    fields = row.split(",") if isinstance(row, str) else []
    if len(fields) < 7 or len(fields[0]) != len("2026-11-24 09:31"):
        raise ValueError("no minute")
    end = moment(f"{fields[0]}:00", Market.CN)
    at = end - _MINUTE
    if end > latest or not _FIRST_HOUR <= at.astimezone(symbol.market.timezone).hour <= _LAST_HOUR:
        raise ValueError(f"time {fields[0]}")
    opened, close, high, low = map(price, fields[1:5])
    check_range(opened, high, low, close)
    volume = shares_of(quantity(fields[5]), symbol, money(fields[6]), low, high)
    return Candle(at, opened, high, low, close, volume)


def _day(row: object, symbol: Symbol) -> Candle:
    """Read `2026-11-23,open,close,high,low,volume,amount`, dated in the market's own zone.

    Raises ValueError.
    """
    fields = row.split(",") if isinstance(row, str) else []
    if len(fields) < 7:
        raise ValueError("no day")
    at = midnight(fields[0], symbol.market)
    opened, close, high, low = map(price, fields[1:5])
    check_range(opened, high, low, close)
    # Volume and amount are those of the day itself, prices are adjusted: the average price that
    # tells the unit lies apart from them by what was split since.
    room = low / _MOST_SPLIT, high * _MOST_SPLIT
    volume = shares_of(quantity(fields[5]), symbol, money(fields[6]), *room)
    return Candle(at, opened, high, low, close, volume)
