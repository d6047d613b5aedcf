"""Yahoo's public charts: the United States, Hong Kong and Shanghai and Shenzhen (both late).

`GET {YAHOO_URL}/v8/finance/chart/AAPL?interval=1m&range=1d` answers one symbol in JSON:
chart.result[0].meta holds the quote, timestamp[] and indicators.quote[0] the minutes, or with
`interval=1d&range=2y` the days. Fields as
several independent open-source clients read them and as recorded replies show
(tests/data/responses). It needs no key, but a User-Agent like a browser's.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources._bounds import CLOCK_SKEW, priced
from monitors.sources._json import shown
from monitors.sources._yahoo_chart import (
    check_currency,
    code_of,
    day_of,
    first,
    is_listed,
    member,
    moment,
    points,
    price,
    price_or_none,
    results_of,
    shares,
    text_of,
)
from monitors.sources._yahoo_history import parse_days, parse_history
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "yahoo"
DELAY = 900
HEADERS = {"User-Agent": "Mozilla/5.0"}


class Yahoo(Source):
    """The endpoint at settings.YAHOO_URL."""

    markets = frozenset(Market)
    batch_size = 1
    limits = Limits(requests_a_minute=60, at_once=2)
    delays = {Market.HK: DELAY, Market.CN: DELAY}
    history_markets = markets
    day_markets = markets

    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Ask for the symbol; one that Yahoo cannot know is not asked for."""
        fetched = Fetched()
        for symbol in symbols:
            key = code_of(symbol)
            if key and (body := await _chart(http, key)):
                one = parse(body, {key: symbol}, datetime.now(UTC))
                fetched.snapshots.extend(one.snapshots)
                fetched.problems.extend(one.problems)
        return fetched

    async def history(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        key = code_of(symbol)
        body = await _chart(http, key) if key else None
        return parse_history(body, symbol, datetime.now(UTC)) if body else []

    async def days(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Ask for two years, the longest range that Yahoo names below five."""
        key = code_of(symbol)
        body = await _chart(http, key, "interval=1d&range=2y") if key else None
        return parse_days(body, symbol, datetime.now(UTC)) if body else []


async def _chart(
    http: ClientSession, key: str, query: str = "interval=1m&range=1d"
) -> bytes | None:
    """Return the reply, None where Yahoo says that there is no such symbol. Raises SourceError."""
    path = f"/v8/finance/chart/{quote(key, safe='')}?{query}"
    try:
        body = await _reply.read(http, settings.YAHOO_URL + path, headers=HEADERS)
    except SourceError as error:
        # Any other 404 is not Yahoo's, but of whatever stands at a wrong address.
        if error.status == 404 and '"chart"' in str(error) and '"Not Found"' in str(error):
            return None
        raise
    if not body.strip():
        raise SourceError("empty reply")
    return body


def parse(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> Fetched:
    """Read a reply's quote. `wanted` maps the keys that were asked for to their symbols.

    A quote of another symbol or currency, that contradicts itself or shows an impossible figure
    becomes a problem, never a snapshot. Raises SourceError where the reply is no chart.
    """
    fetched = Fetched()
    seen: set[str] = set()
    for result in results_of(body):
        meta = member(result, "meta")
        key = member(meta, "symbol")
        if not isinstance(key, str) or key not in wanted or key in seen:
            why = "sent twice" if isinstance(key, str) and key in seen else "not asked for"
            fetched.problems.append(f"{shown(key)}: {why}")
            continue
        seen.add(key)
        try:
            if is_listed(meta):
                fetched.snapshots.append(_snapshot(result, meta, wanted[key], now + CLOCK_SKEW))
        except ValueError as error:
            fetched.problems.append(f"{key}: {error}")
    return fetched


def _snapshot(result: object, meta: dict[str, Any], symbol: Symbol, latest: datetime) -> Snapshot:
    """Read a quote. Raises ValueError, whose message names what is wrong with it."""
    check_currency(meta, symbol)
    high, low = (
        price_or_none(meta.get(name), symbol)
        for name in ("regularMarketDayHigh", "regularMarketDayLow")
    )
    last = priced(price(meta.get("regularMarketPrice"), symbol), low, high)
    at = moment(meta.get("regularMarketTime"), latest)
    volume = meta.get("regularMarketVolume")
    traded = 0 if volume is None else shares(volume)
    opened = _open(result, meta, symbol, at)
    if opened and not (low or opened) <= opened <= (high or opened):
        opened = None  # the minutes and the day come from two feeds, and the day's one counts
    return Snapshot(
        symbol=symbol,
        at=at,
        price=last,
        previous_close=_previous_close(meta, symbol, at),
        open=opened,
        high=high,
        low=low,
        volume=traded,
        amount=None,
        # Nothing tells a suspended stock from one before its open: both just have not traded.
        state=QuoteState.TRADING if opened or high or traded else QuoteState.UNKNOWN,
        name=text_of(meta.get("longName")) or text_of(meta.get("shortName")),
        source=SOURCE,
        delay=Yahoo.delays.get(symbol.market, 0),
    )


def _previous_close(meta: dict[str, Any], symbol: Symbol, at: datetime) -> Decimal | None:
    """Return the close before the day of the quote, as far as the reply tells it.

    Both fields are the close before the chart's first session, so they are yesterday's only where
    that is the quote's. After midnight the session may already be the next one, and the close
    before it is the quote's own price.
    """
    if meta.get("range") != "1d":
        return None
    session = first(first(meta.get("tradingPeriods")))
    start = member(session or member(meta.get("currentTradingPeriod"), "regular"), "start")
    if start is not None and day_of(moment(start), symbol) != day_of(at, symbol):
        return None
    previous = price_or_none(meta.get("previousClose"), symbol)
    return previous or price_or_none(meta.get("chartPreviousClose"), symbol)


def _open(result: object, meta: dict[str, Any], symbol: Symbol, at: datetime) -> Decimal | None:
    """Return the first open of the quote's day, None where the chart does not tell it.

    A chart of less than a day does not begin with it. Minutes that cannot be read cost the open
    alone: everything else of the quote stands outside of them.
    """
    if "1d" not in (meta.get("range"), meta.get("dataGranularity")):
        return None
    try:
        for epoch, opened in points(result, "open"):
            if opened is not None and day_of(moment(epoch), symbol) == day_of(at, symbol):
                return price(opened, symbol) or None
    except ValueError:
        pass
    return None
