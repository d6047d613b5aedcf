"""Eastmoney's public quotes and minute bars: mainland China, Hong Kong and the United States.

`GET {EASTMONEY_URL}/api/qt/ulist.np/get?fltt=2&secids=1.600519,116.00700,105.AAPL&fields=…` answers
JSON, one object of fields f1, f2 … a symbol, as several independent open-source clients read them
and as recorded replies show (tests/data/responses). What there is none of is "-". It drops
connections when asked often: a source to fall back on.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _eastmoney_listing, _reply
from monitors.sources._figures import (
    change,
    moment,
    money,
    price,
    price_or_none,
    quantity,
    shown_name,
)
from monitors.sources.base import Fetched, Limits, Page, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "eastmoney"
LARGEST_VOLUME = 10**15
CLOCK_SKEW = timedelta(minutes=10)

_PLACES, _PRICE, _PERCENT, _CHANGE, _VOLUME, _AMOUNT = "f1", "f2", "f3", "f4", "f5", "f6"
_CODE, _MARKET, _NAME, _HIGH, _LOW = "f12", "f13", "f14", "f15", "f16"
_OPEN, _PREVIOUS, _TIME = "f17", "f18", "f124"
FIELDS = (
    *(_PLACES, _PRICE, _PERCENT, _CHANGE, _VOLUME, _AMOUNT, _CODE, _MARKET, _NAME, _HIGH, _LOW),
    *(_OPEN, _PREVIOUS, _TIME),
)
_NONE = "-"
_UNKNOWN = (102,)
"""What `rc` says where no symbol of the request is known; `data` is null then."""
_WITHOUT_HISTORY = (0, 100, 102)

_CENT = Decimal("0.01")
_MINUTE = timedelta(minutes=1)
_FIRST_HOUR, _LAST_HOUR = 4, 19  # of New York's extended hours, the longest of the markets

_PLACES_READ = re.compile("[0-6]").fullmatch
_SECID = re.compile(r"[0-9]{1,4}\.[A-Za-z0-9_]{1,20}").fullmatch
# Beijing shares Shenzhen's number: a code beginning like the other's would be another stock.
_MAINLAND = {"SH": "1", "SZ": "0", "BJ": "0"}
_BEIJING_CODES = ("4", "8", "92")
_AMERICAN = ("105", "106", "107")  # Nasdaq, NYSE, AMEX; nothing tells beforehand on which it is
# 100.NDX is the Nasdaq Composite, whatever its name suggests.
_INDEXES = {
    "HSI.HK": "100.HSI",
    "HSTECH.HK": "124.HSTECH",
    "DJI.US": "100.DJIA",
    "INX.US": "100.SPX",
    "IXIC.US": "100.NDX",
    "NDX.US": "100.NDX100",
}


class Eastmoney(Source):
    """The endpoints at settings.EASTMONEY_URL and settings.EASTMONEY_HISTORY_URL."""

    markets = frozenset(Market)
    batch_size = 100  # a US ticker makes three keys, and public clients send up to 300 at once
    limits = Limits(requests_a_minute=60, at_once=2)
    history_markets = frozenset(Market)
    listed_markets = frozenset(Market)

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask for all symbols in one request; those it cannot serve are absent."""
        wanted = {secid: symbol for symbol in symbols for secid in secids_of(symbol)}
        if not wanted:
            return Fetched()
        url = f"{settings.EASTMONEY_URL}/api/qt/ulist.np/get"
        query = f"fltt=2&secids={','.join(wanted)}&fields={','.join(FIELDS)}"
        fetched = parse(await _reply.read(http, f"{url}?{query}"), wanted, datetime.now(UTC))
        if fetched.problems and not fetched.snapshots:
            raise SourceError(f"no readable row ({fetched.problems[0]})")
        return fetched

    async def history(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Ask under each key of the symbol until one is known; none if none is."""
        url = f"{settings.EASTMONEY_HISTORY_URL}/api/qt/stock/kline/get"
        query = (
            "klt=1&fqt=0&lmt=1000&end=20500101"
            "&fields1=f1,f2,f3,f4,f5,f6&fields2=f51,f52,f53,f54,f55,f56,f57"
        )
        for secid in secids_of(symbol):
            body = await _reply.read(http, f"{url}?secid={secid}&{query}")
            if candles := parse_history(body, symbol, datetime.now(UTC)):
                return candles
        return []

    async def listing(self, market: Market, page: int, http: ClientSession) -> Page:
        """Ask for a page of all lists of a market together, by their codes."""
        url = f"{settings.EASTMONEY_URL}/api/qt/clist/get"
        body = await _reply.read(http, f"{url}?{_eastmoney_listing.query(market, page)}")
        return _eastmoney_listing.parse(body, market, page)


def secids_of(symbol: Symbol) -> tuple[str, ...]:
    """Return the keys under which the endpoint may know a symbol, none for one it cannot serve."""
    if index := _INDEXES.get(str(symbol)):
        return (index,)
    match symbol.exchange:
        case "US":
            return tuple(f"{market}.{symbol.code.replace('.', '_')}" for market in _AMERICAN)
        case "HK":
            return () if symbol.is_index else (f"116.{symbol.code}",)
        case "SZ" | "BJ" as exchange:
            is_beijing = symbol.code.startswith(_BEIJING_CODES)
            return (f"0.{symbol.code}",) if is_beijing == (exchange == "BJ") else ()
        case exchange:
            return (f"{_MAINLAND[exchange]}.{symbol.code}",)


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> Fetched:
    """Read a reply. `wanted` maps the keys that were asked for to their symbols.

    A row without a price (suspended, or before the open) is absent. One that lacks a field,
    belongs to another symbol, contradicts itself or shows an impossible figure becomes a problem,
    never a snapshot. Raises SourceError where the reply is none.
    """
    fetched = Fetched()
    answers: dict[Symbol, list[Snapshot]] = {}
    seen: set[str] = set()
    for row in _rows(body):
        secid = _secid(row)
        if secid not in wanted or secid in seen:
            why = "sent twice" if secid in seen else "not asked for"
            fetched.problems.append(f"{secid or 'no row'}: {why}")
            continue
        seen.add(secid)
        try:
            if snapshot := _snapshot(row, wanted[secid], now + CLOCK_SKEW):
                answers.setdefault(snapshot.symbol, []).append(snapshot)
        except ValueError as error:
            fetched.problems.append(f"{secid}: {error}")
    for rivals in answers.values():
        _choose(rivals, fetched)
    return fetched


def _choose(rivals: Sequence[Snapshot], fetched: Fetched) -> None:
    """Take the newest of a symbol's rows: a stock that moved is still known where it was."""
    newest = max(rivals, key=lambda snapshot: snapshot.at)
    if any(one.at == newest.at and one.price != newest.price for one in rivals):
        fetched.problems.append(f"{newest.symbol}: two markets disagree")
    else:
        fetched.snapshots.append(newest)


def parse_history(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read the minutes of the newest session in a reply, oldest first; none of an unknown symbol.

    A minute that is cut, contradicts itself or another, or shows an impossible figure is left
    out. Raises SourceError where the reply is none, another symbol's, or has no good minute.
    """
    data = _data(body, _WITHOUT_HISTORY)
    if data is None:
        return []
    if _secid(data, "code", "market") not in secids_of(symbol):
        raise SourceError(f"history of another symbol than {symbol}")
    rows = data.get("klines")
    if not isinstance(rows, list):
        raise SourceError("no minutes in the reply")
    candles = _good_candles(rows, symbol, now + CLOCK_SKEW)
    if rows and not candles:
        raise SourceError("no readable minute")
    days = [candle.at.astimezone(symbol.market.timezone).date() for candle in candles]
    return [candle for candle, day in zip(candles, days, strict=True) if day == days[-1]]


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


def _data(body: bytes, unknown: Collection[int] = _UNKNOWN) -> dict[str, Any] | None:
    """Return what a reply is about, or None where it says that it knows no symbol."""
    try:
        reply = json.loads(body.decode(), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SourceError("no JSON in the reply" if body.strip() else "empty reply") from error
    code, data = (reply.get("rc"), reply.get("data")) if isinstance(reply, dict) else (None, None)
    if type(code) is int and data is None and code in unknown:
        return None
    if type(code) is not int or code != 0 or not isinstance(data, dict):
        raise SourceError("no data in the reply")
    return data


def _rows(body: bytes) -> list[Any]:
    """Return the rows of a reply: an array, or an object with the keys "0", "1" and so on."""
    data = _data(body)
    rows = [] if data is None else data.get("diff")
    if isinstance(rows, dict):
        return list(rows.values())
    if not isinstance(rows, list):
        raise SourceError("no quotes in the reply")
    return rows


def _secid(row: object, code: str = _CODE, market: str = _MARKET) -> str:
    """Return the key of a row by its own account, or nothing where it has none."""
    if not isinstance(row, dict) or type(row.get(market)) is not int:
        return ""
    secid = f"{row[market]}.{row[code]}" if isinstance(row.get(code), str) else ""
    return secid if _SECID(secid) else ""


def _snapshot(row: Mapping[str, Any], symbol: Symbol, latest: datetime) -> Snapshot | None:
    """Read one row. Raises ValueError, whose message names what is wrong with it.

    A stock that is suspended and one that has not opened look the same: neither has a price, so
    nothing is said of it.
    """
    if row.get(_PRICE) == _NONE:
        return None
    if missing := [field for field in FIELDS if field not in row]:
        raise ValueError(f"without {', '.join(missing)}")
    last, previous = price(_figure(row, _PRICE)), _price_or_none(row, _PREVIOUS)
    high, low, opened = (_price_or_none(row, field) for field in (_HIGH, _LOW, _OPEN))
    if not last or (high is not None and last > high) or (low is not None and last < low):
        raise ValueError(f"price {last} of {low} to {high}")
    _check_change(row, last, previous)
    amount = money(_figure(row, _AMOUNT))
    traded = quantity(_figure(row, _VOLUME) or "0")
    volume = _shares(traded, symbol, amount, low or last, high or last)
    return Snapshot(
        symbol=symbol,
        at=_moment(row[_TIME], latest),
        price=last,
        previous_close=previous,
        open=opened,
        high=high,
        low=low,
        volume=volume,
        amount=amount,
        state=QuoteState.TRADING if volume or opened is not None else QuoteState.AUCTION,
        name=_name(row[_NAME]),
        source=SOURCE,
    )


def _figure(row: Mapping[str, Any], field: str) -> str:
    """Return a number as plain digits, and nothing where the endpoint says that there is none."""
    value = row[field]
    if value == _NONE:
        return ""
    if type(value) is int:
        return str(value)
    # An exponent that no figure has would become as many digits.
    if isinstance(value, Decimal) and abs(value.adjusted()) < 30:
        return f"{value:f}"
    raise ValueError(f"{field} is no number")


def _price_or_none(row: Mapping[str, Any], field: str) -> Decimal | None:
    text = _figure(row, field)
    return price_or_none(text) if text else None


def _check_change(row: Mapping[str, Any], last: Decimal, previous: Decimal | None) -> None:
    """Have the change and the percentage bear out the price, to what rounding leaves of them."""
    places, moved, percent = (_figure(row, field) for field in (_PLACES, _CHANGE, _PERCENT))
    if not _PLACES_READ(places):
        raise ValueError(f"{places[:20]!r} decimals")
    step = Decimal(1).scaleb(-int(places))
    difference = last - previous if previous else Decimal(0)
    slack = _CENT + 100 * step / previous if previous else _CENT
    share = difference * 100 / previous if previous else Decimal(0)
    if moved and abs(difference - change(moved)) >= step:
        raise ValueError(f"price {last} from {previous} by {moved[:20]}")
    if percent and abs(share - change(percent)) >= slack:
        raise ValueError(f"price {last} from {previous} by {percent[:20]} %")


def _shares(
    number: int, symbol: Symbol, amount: Decimal | None, low: Decimal, high: Decimal
) -> int:
    """Return a volume in shares: mainland volumes are in lots of 100.

    On the STAR board they are told of in either unit, but only one of the two gives an average
    price between low and high. A count of lots is rounded, by less than one.
    """
    units = [100 if symbol.market is Market.CN else 1]
    if number and symbol.exchange == "SH" and symbol.code.startswith(("688", "689")):
        paid = amount or Decimal(0)
        units = [
            unit
            for unit in (1, 100)
            if low * (number - 1) * unit <= paid <= high * (number + 1) * unit
        ]
    if len(units) != 1 or number * units[0] >= LARGEST_VOLUME:
        raise ValueError(f"volume {number} for {amount}")
    return number * units[0]


def _moment(seconds: object, latest: datetime) -> datetime:
    """Read a time in seconds since 1970."""
    if type(seconds) is not int or not 0 < seconds <= latest.timestamp():
        raise ValueError("no time, or one to come")
    return datetime.fromtimestamp(seconds, UTC)


def _name(text: object) -> str:
    return shown_name(text) if isinstance(text, str) else ""


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
    if not 0 < low <= min(opened, close) <= max(opened, close) <= high:
        raise ValueError(f"{opened}, {close} of {low} to {high}")
    volume = _shares(quantity(fields[5]), symbol, money(fields[6]), low, high)
    return Candle(at, opened, high, low, close, volume)
