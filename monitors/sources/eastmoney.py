"""Eastmoney's public quotes and bars: mainland China, Hong Kong and the United States.

`GET {EASTMONEY_URL}/api/qt/ulist.np/get?fltt=2&secids=1.600519,116.00700,105.AAPL&fields=…` answers
JSON, one object of fields f1, f2 … a symbol, as several independent open-source clients read them
and as recorded replies show (tests/data/responses). What there is none of is "-". It drops
connections when asked often: a source to fall back on.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _eastmoney_listing, _reply
from monitors.sources._bounds import CLOCK_SKEW, priced
from monitors.sources._eastmoney_history import DAY_QUERY, QUERY, parse_days, parse_history
from monitors.sources._eastmoney_reply import data_of, secid_in, secids_of, shares_of
from monitors.sources._figures import (
    change,
    money,
    price,
    price_or_none,
    quantity,
    shown_name,
)
from monitors.sources._json import Number
from monitors.sources.base import Fetched, Limits, Page, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "eastmoney"

_PLACES, _PRICE, _PERCENT, _CHANGE, _VOLUME, _AMOUNT = "f1", "f2", "f3", "f4", "f5", "f6"
_CODE, _MARKET, _NAME, _HIGH, _LOW = "f12", "f13", "f14", "f15", "f16"
_OPEN, _PREVIOUS, _TIME = "f17", "f18", "f124"
FIELDS = (
    *(_PLACES, _PRICE, _PERCENT, _CHANGE, _VOLUME, _AMOUNT, _CODE, _MARKET, _NAME, _HIGH, _LOW),
    *(_OPEN, _PREVIOUS, _TIME),
)
_NONE = "-"

_CENT = Decimal("0.01")

_EPOCH = re.compile("[1-9][0-9]{0,11}").fullmatch
_PLACES_READ = re.compile("[0-6]").fullmatch


class Eastmoney(Source):
    """The endpoints at settings.EASTMONEY_URL and settings.EASTMONEY_HISTORY_URL."""

    markets = frozenset(Market)
    batch_size = 100  # a US ticker makes three keys, and public clients send up to 300 at once
    limits = Limits(requests_a_minute=60, at_once=2)
    history_markets = frozenset(Market)
    day_markets = frozenset(Market)
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
        return await _first_known(symbol, QUERY, parse_history, http)

    async def days(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Ask in the same way for the days of about three years."""
        return await _first_known(symbol, DAY_QUERY, parse_days, http)

    async def listing(self, market: Market, page: int, http: ClientSession) -> Page:
        """Ask for a page of all lists of a market together, by their codes."""
        url = f"{settings.EASTMONEY_URL}/api/qt/clist/get"
        body = await _reply.read(http, f"{url}?{_eastmoney_listing.query(market, page)}")
        return _eastmoney_listing.parse(body, market, page)


async def _first_known(
    symbol: Symbol,
    query: str,
    read: Callable[[bytes, Symbol, datetime], list[Candle]],
    http: ClientSession,
) -> list[Candle]:
    url = f"{settings.EASTMONEY_HISTORY_URL}/api/qt/stock/kline/get"
    for secid in secids_of(symbol):
        body = await _reply.read(http, f"{url}?secid={secid}&{query}")
        if candles := read(body, symbol, datetime.now(UTC)):
            return candles
    return []


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
        secid = secid_in(row, _CODE, _MARKET)
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


def _rows(body: bytes) -> list[Any]:
    """Return the rows of a reply: an array, or an object with the keys "0", "1" and so on."""
    data = data_of(body)
    rows = [] if data is None else data.get("diff")
    if isinstance(rows, dict):
        return list(rows.values())
    if not isinstance(rows, list):
        raise SourceError("no quotes in the reply")
    return rows


def _snapshot(row: Mapping[str, Any], symbol: Symbol, latest: datetime) -> Snapshot | None:
    """Read one row. Raises ValueError, whose message names what is wrong with it.

    A stock that is suspended and one that has not opened look the same: neither has a price, so
    nothing is said of it.
    """
    if row.get(_PRICE) == _NONE:
        return None
    if missing := [field for field in FIELDS if field not in row]:
        raise ValueError(f"without {', '.join(missing)}")
    high, low, opened = (_price_or_none(row, field) for field in (_HIGH, _LOW, _OPEN))
    last, previous = priced(price(_figure(row, _PRICE)), low, high), _price_or_none(row, _PREVIOUS)
    _check_change(row, last, previous)
    amount = money(_figure(row, _AMOUNT))
    traded = quantity(_figure(row, _VOLUME) or "0")
    volume = shares_of(traded, symbol, amount, low or last, high or last)
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
    """Return a number as it is spelt, and nothing where the endpoint says that there is none."""
    value = row[field]
    if isinstance(value, Number):
        return value
    if value == _NONE:
        return ""
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


def _moment(seconds: object, latest: datetime) -> datetime:
    """Read a time in seconds since 1970."""
    if not isinstance(seconds, Number) or not _EPOCH(seconds) or int(seconds) > latest.timestamp():
        raise ValueError("no time, or one to come")
    return datetime.fromtimestamp(int(seconds), UTC)


def _name(text: object) -> str:
    return shown_name(text) if type(text) is str else ""
