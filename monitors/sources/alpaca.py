"""Alpaca's Market Data API v2: US stocks and funds in real time, for users with a key.

`GET {ALPACA_URL}/v2/stocks/snapshots?symbols=AAPL,BRK.B&feed=iex` answers an object keyed by
symbol, `/v2/stocks/bars` the minutes and days of the past. Fields as the published OpenAPI
description of the Market Data API has them. One exchange's prices (feed `iex`) are free, those of
all exchanges 15 minutes late too (`delayed_sip`), in real time they are not (`sip`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources._alpaca_bars import (
    bar_of,
    code_of,
    day_of,
    member,
    moment,
    parse_days,
    parse_history,
)
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources._json import load, price, shown
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "alpaca"
DELAYED_FEED = "delayed_sip"
FEED_DELAY = 900
"""Seconds by which that feed is late."""

LONGEST_CLOSURE = timedelta(days=7)
"""No two sessions are farther apart: the exchanges were closed from 2001-09-11 to 09-17."""
MOST_BARS = 1000
"""Of one request; a day from 4:00 to 20:00 has 960 minutes."""
TOLD_DAYS = timedelta(days=3 * 365)

_VALID_UPDATES = (None, "corrected")  # the others, canceled and incorrect, take a trade back


class _Delays(Mapping[Market, int]):
    """By how much the feed that is set is late."""

    def __getitem__(self, market: Market) -> int:
        return self._now()[market]

    def __iter__(self) -> Iterator[Market]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> dict[Market, int]:
        return {Market.US: FEED_DELAY} if settings.ALPACA_FEED == DELAYED_FEED else {}


class Alpaca(Source):
    """The API at settings.ALPACA_URL."""

    markets = frozenset({Market.US})
    batch_size = 200
    limits = Limits(requests_a_minute=150, at_once=4)  # the free plan allows 200 a minute
    delays = _Delays()
    has_book = True
    history_markets = frozenset({Market.US})
    day_markets = frozenset({Market.US})
    settings = ("ALPACA_KEY", "ALPACA_SECRET")

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask for all symbols that can be asked for in one request."""
        wanted = {code: symbol for symbol in symbols if (code := code_of(symbol))}
        if not wanted:
            return Fetched()
        query = f"symbols={','.join(wanted)}&feed={settings.ALPACA_FEED}"
        body = await _ask(http, f"snapshots?{query}")
        delay = self.delays.get(Market.US, 0)
        fetched = parse(body, wanted, datetime.now(UTC), delay=delay)
        if fetched.problems and not fetched.snapshots:
            raise SourceError(f"no readable row ({fetched.problems[0]})")
        return fetched

    async def history(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Ask for the newest minutes first, so that one request holds the whole newest day.

        The bars do not know the delayed feed; that of all exchanges ends by itself 15 minutes ago
        for those who may not see more.
        """
        now = datetime.now(UTC)
        body = await _bars(symbol, "1Min", now - LONGEST_CLOSURE, http)
        return parse_history(body, symbol, now) if body is not None else []

    async def days(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Ask for about three years, adjusted for splits."""
        now = datetime.now(UTC)
        body = await _bars(symbol, "1Day", now - TOLD_DAYS, http, "&adjustment=split")
        return parse_days(body, symbol, now) if body is not None else []


async def _bars(
    symbol: Symbol, length: str, start: datetime, http: ClientSession, more: str = ""
) -> bytes | None:
    """Return the reply with a symbol's newest bars, None for one that cannot be asked for."""
    code = code_of(symbol)
    if code is None:
        return None
    feed = "sip" if settings.ALPACA_FEED == DELAYED_FEED else settings.ALPACA_FEED
    return await _ask(
        http,
        f"bars?symbols={code}&timeframe={length}&start={start:%Y-%m-%dT%H:%M:%SZ}"
        f"&limit={MOST_BARS}&feed={feed}&sort=desc{more}",
    )


async def _ask(http: ClientSession, path: str) -> bytes:
    """Return the body of a GET with the user's key. Raises SourceError, without the key."""
    key, secret = settings.ALPACA_KEY, settings.ALPACA_SECRET
    headers = {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": secret}
    try:
        return await _reply.read(http, f"{settings.ALPACA_URL}/v2/stocks/{path}", headers=headers)
    except SourceError as error:
        status, retry_after, message = error.status, error.retry_after, str(error)
    # Raised anew, as what lies below may hold the headers. A server may also send back what it was
    # sent, and the head of its reply may end amidst it: all is cut from where a secret begins.
    for private in filter(None, (key, secret)):
        message = message.partition(private[:6])[0]
    if status in (401, 403):
        message = f"HTTP {status}: the key is refused for the feed {settings.ALPACA_FEED}"
    raise SourceError(message, status=status, retry_after=retry_after)


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime, *, delay: int = 0) -> Fetched:
    """Read a reply of snapshots. `wanted` maps the tickers that were asked for to their symbols.

    `delay` is that of the feed, in seconds. What never traded is absent. A row that contradicts
    itself or shows an impossible figure becomes a problem. Raises SourceError where nothing looks
    like a row.
    """
    fetched = Fetched()
    reply = load(body)
    rows = reply.get("snapshots", reply)
    if not isinstance(rows, dict) or (rows and not any(map(_is_row, rows.values()))):
        raise SourceError("no quotes in the reply")
    for key, row in rows.items():
        if key not in wanted:
            fetched.problems.append(f"{key[:20]!r}: not asked for")
            continue
        try:
            if snapshot := _snapshot(row, wanted[key], now + CLOCK_SKEW, delay):
                fetched.snapshots.append(snapshot)
        except ValueError as error:
            fetched.problems.append(f"{key}: {error}")
    return fetched


def _is_row(value: object) -> bool:
    return value is None or isinstance(value, dict)


def _snapshot(row: object, symbol: Symbol, latest: datetime, delay: int) -> Snapshot | None:
    """Read one row; None where it tells of no trade.

    Raises ValueError, whose message names what is wrong with it.
    """
    if row is None or (trade := member(row, "row").get("latestTrade")) is None:
        return None
    trade = member(trade, "trade")
    if (update := trade.get("u")) not in _VALID_UPDATES:
        raise ValueError(f"trade {shown(update)}")
    at, last = moment(trade.get("t")), price(trade.get("p"))
    if at > latest:
        raise ValueError(f"time {trade['t']} is to come")
    today, previous_close = _days(member(row, "row"), day_of(at))
    return Snapshot(
        symbol=symbol,
        at=at,
        price=last,
        previous_close=previous_close,
        open=today.open if today else None,
        # Odd lots and what trades before and after the session move no bar's range, so the last
        # trade may lie beyond it, and not only by a hair. It was a real trade all the same: the
        # price was touched, and the range is widened by it rather than the row refused.
        high=max(today.high, last) if today else None,
        low=min(today.low, last) if today else None,
        volume=today.volume if today else 0,
        amount=None,
        state=QuoteState.TRADING,
        name="",
        source=SOURCE,
        delay=delay,
    )


def _days(row: dict[str, Any], day: date) -> tuple[Candle | None, Decimal | None]:
    """Return the bar of the trade's own day, and the close of the newest day before it.

    The daily bar begins with the session: a trade before the open comes with yesterday's.
    """
    daily, before = (
        None if row.get(name) is None else bar_of(row[name])
        for name in ("dailyBar", "prevDailyBar")
    )
    if daily and day_of(daily.at) > day:
        raise ValueError(f"daily bar of {day_of(daily.at)} and trade of {day}")
    if before and day_of(before.at) >= (day_of(daily.at) if daily else day):
        raise ValueError(f"previous daily bar of {day_of(before.at)}")
    today = daily if daily and day_of(daily.at) == day else None
    newest = before if today or not daily else daily
    return today, newest.close if newest else None
