"""Yahoo's public charts: the United States, Hong Kong and Shanghai and Shenzhen (both late).

`GET {YAHOO_URL}/v8/finance/chart/AAPL?interval=1m&range=1d` answers one symbol in JSON:
chart.result[0].meta holds the quote, timestamp[] and indicators.quote[0] the minutes. Fields as
several independent open-source clients read them and as recorded replies show
(tests/data/responses). It needs no key, but a User-Agent like a browser's.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from struct import pack, unpack
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession
from django.conf import settings

from monitors.market import Candle, Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources._figures import shown_name
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol

SOURCE = "yahoo"
DELAY = 900
LARGEST_VOLUME = 10**15
CLOCK_SKEW = timedelta(minutes=10)
HEADERS = {"User-Agent": "Mozilla/5.0"}

_LARGEST_PRICE = 999_999_999
_LATEST_EPOCH = 10**11
_FINEST = Decimal("0.000001")
_COLUMNS = ("open", "high", "low", "close", "volume")
_INDEXES = {
    "HSI.HK": "^HSI",
    "NDX.US": "^NDX",
    "DJI.US": "^DJI",
    "SPX.US": "^GSPC",
    "INX.US": "^GSPC",  # as other sources call it
    "IXIC.US": "^IXIC",
}


class Yahoo(Source):
    """The endpoint at settings.YAHOO_URL."""

    markets = frozenset(Market)
    batch_size = 1
    limits = Limits(requests_a_minute=60, at_once=2)
    delays = {Market.HK: DELAY, Market.CN: DELAY}
    history_markets = markets

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


async def _chart(http: ClientSession, key: str) -> bytes | None:
    """Return the reply, None where Yahoo says that there is no such symbol. Raises SourceError."""
    path = f"/v8/finance/chart/{quote(key, safe='')}?interval=1m&range=1d"
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
    for result in _results(body):
        meta = _member(result, "meta")
        key = _member(meta, "symbol")
        if not isinstance(key, str) or key not in wanted or key in seen:
            why = "sent twice" if isinstance(key, str) and key in seen else "not asked for"
            fetched.problems.append(f"{_shown(key)}: {why}")
            continue
        seen.add(key)
        try:
            if _is_listed(meta):
                fetched.snapshots.append(_snapshot(result, meta, wanted[key], now + CLOCK_SKEW))
        except ValueError as error:
            fetched.problems.append(f"{key}: {error}")
    return fetched


def parse_history(body: bytes, symbol: Symbol, now: datetime) -> list[Candle]:
    """Read a reply's minutes, oldest first; those that lack a figure or cannot be are left out.

    Raises SourceError where the reply is no chart of this symbol's minutes, or where nothing that
    it tells of them can be.
    """
    results = _results(body)
    if not results:
        return []
    meta = _member(results[0], "meta")
    key = _member(meta, "symbol")
    if len(results) > 1 or key is None or key != code_of(symbol):
        raise SourceError(f"minutes of {_shown(key)}, not asked for")
    try:
        return _candles(results[0], meta, symbol, now + CLOCK_SKEW) if _is_listed(meta) else []
    except ValueError as error:
        raise SourceError(f"no readable minutes ({error})") from error


def _results(body: bytes) -> list[object]:
    """Return chart.result, empty for a symbol that is not known. Raises SourceError."""
    try:
        reply = json.loads(
            body.decode(), parse_float=_number, parse_int=_number, parse_constant=_number
        )
    except (ValueError, RecursionError) as error:
        raise SourceError(f"no JSON: {_shown(body[:20].decode('latin-1'))}") from error
    chart = _member(reply, "chart")
    refusal, results = _member(chart, "error"), _member(chart, "result")
    if refusal is not None:
        if _member(refusal, "code") == "Not Found" and not results:
            return []
        words = _text(_member(refusal, "description")) or _text(_member(refusal, "code"))
        raise SourceError(f"refused: {words}")
    if not isinstance(results, list):
        raise SourceError("no chart in the reply")
    return results


def _number(text: str) -> Decimal:
    """Read a number of any length; NaN and Infinity, which JSON does not know, are refused."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("number out of range") from error
    if not number.is_finite():
        raise ValueError(text)
    return number


def _member(value: object, name: str) -> Any:
    """Return a member of an object, None where it has none or is no object."""
    return value.get(name) if isinstance(value, dict) else None


def _first(value: object) -> Any:
    return value[0] if isinstance(value, list) and value else None


def _is_listed(meta: dict[str, Any]) -> bool:
    """Tell a symbol from what was none, or is none any more: without currency and price."""
    return not (meta.get("currency") is None and meta.get("regularMarketPrice") is None)


def _check_currency(meta: dict[str, Any], symbol: Symbol) -> None:
    if meta.get("currency") != symbol.currency:
        raise ValueError(f"currency {_shown(meta.get('currency'))}, not {symbol.currency}")


def _snapshot(result: object, meta: dict[str, Any], symbol: Symbol, latest: datetime) -> Snapshot:
    """Read a quote. Raises ValueError, whose message names what is wrong with it."""
    _check_currency(meta, symbol)
    last = _price(meta.get("regularMarketPrice"), symbol)
    high, low = (
        _price_or_none(meta.get(name), symbol)
        for name in ("regularMarketDayHigh", "regularMarketDayLow")
    )
    if not last or not (low or last) <= last <= (high or last):
        raise ValueError(f"price {last} of {low} to {high}")
    at = _moment(meta.get("regularMarketTime"), latest)
    volume = meta.get("regularMarketVolume")
    shares = 0 if volume is None else _shares(volume)
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
        volume=shares,
        amount=None,
        # Nothing tells a suspended stock from one before its open: both just have not traded.
        state=QuoteState.TRADING if opened or high or shares else QuoteState.UNKNOWN,
        name=_text(meta.get("longName")) or _text(meta.get("shortName")),
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
    session = _first(_first(meta.get("tradingPeriods")))
    start = _member(session or _member(meta.get("currentTradingPeriod"), "regular"), "start")
    if start is not None and _day(_moment(start), symbol) != _day(at, symbol):
        return None
    previous = _price_or_none(meta.get("previousClose"), symbol)
    return previous or _price_or_none(meta.get("chartPreviousClose"), symbol)


def _open(result: object, meta: dict[str, Any], symbol: Symbol, at: datetime) -> Decimal | None:
    """Return the first open of the quote's day, None where the chart does not tell it.

    A chart of less than a day does not begin with it. Minutes that cannot be read cost the open
    alone: everything else of the quote stands outside of them.
    """
    if "1d" not in (meta.get("range"), meta.get("dataGranularity")):
        return None
    try:
        for epoch, opened in _rows(result, "open"):
            if opened is not None and _day(_moment(epoch), symbol) == _day(at, symbol):
                return _price(opened, symbol) or None
    except ValueError:
        pass
    return None


def _day(at: datetime, symbol: Symbol) -> int:
    return at.astimezone(symbol.market.timezone).toordinal()


def _rows(result: object, *names: str) -> Iterator[tuple[object, ...]]:
    """Yield each point's epoch and figures; nothing where an array is missing.

    Raises ValueError where they differ in length: nobody can tell which figure was lost.
    """
    columns = _first(_member(_member(result, "indicators"), "quote"))
    arrays = [_member(result, "timestamp"), *(_member(columns, name) for name in names)]
    if not all(isinstance(array, list) for array in arrays):
        return
    if len({len(array) for array in arrays}) > 1:
        raise ValueError(f"arrays of {', '.join(str(len(array)) for array in arrays)}")
    yield from zip(*arrays, strict=True)


def _candles(
    result: object, meta: dict[str, Any], symbol: Symbol, latest: datetime
) -> list[Candle]:
    """Read the minutes of the newest day. Raises ValueError where none of them can be."""
    _check_currency(meta, symbol)
    if meta.get("dataGranularity") != "1m":
        raise ValueError(f"granularity {_shown(meta.get('dataGranularity'))}")
    candles: dict[datetime, Candle] = {}
    refused = ""
    for epoch, *figures in _rows(result, *_COLUMNS):
        try:
            if None not in figures:
                at = _moment(epoch, latest)
                _add(candles, at, _candle(at, figures, symbol))
        except ValueError as error:
            refused = str(error)
    if refused and not candles:
        raise ValueError(refused)
    newest = _day(max(candles), symbol) if candles else 0
    return [candles[at] for at in sorted(candles) if _day(at, symbol) == newest]


def _candle(at: datetime, figures: Sequence[object], symbol: Symbol) -> Candle:
    opened, high, low, close = (_price(figure, symbol) for figure in figures[:4])
    if not 0 < low <= min(opened, close) <= max(opened, close) <= high:
        raise ValueError(f"{opened} to {close} of {low} to {high}")
    return Candle(at.replace(second=0), opened, high, low, close, _shares(figures[4]))


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


def _price(value: object, symbol: Symbol) -> Decimal:
    """Read a price below a billion, without the dust of floats, at most six decimal places."""
    if not isinstance(value, Decimal) or not 0 <= value < _LARGEST_PRICE:
        raise ValueError(f"price {_shown(value)}")
    on_tick = _on_tick(value, symbol.tick)
    if on_tick is None:
        value = _as_single(value)
        on_tick = _on_tick(value, symbol.tick)
    return Decimal(f"{value.quantize(_FINEST):f}".rstrip("0")) if on_tick is None else on_tick


def _price_or_none(value: object, symbol: Symbol) -> Decimal | None:
    """Read a price where 0 or null means that there is none yet."""
    return None if value is None else _price(value, symbol) or None


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


def _shares(value: object) -> int:
    if not isinstance(value, Decimal) or not 0 <= value < LARGEST_VOLUME or value % 1:
        raise ValueError(f"volume {_shown(value)}")
    return int(value)


def _moment(value: object, latest: datetime | None = None) -> datetime:
    """Read seconds since 1970 as a time in UTC, at most `latest`."""
    if not isinstance(value, Decimal) or not 0 < value < _LATEST_EPOCH or value % 1:
        raise ValueError(f"time {_shown(value)}")
    at = datetime.fromtimestamp(int(value), UTC)
    if latest is not None and at > latest:
        raise ValueError(f"time {at:%Y-%m-%d %H:%M:%S} is to come")
    return at


def _text(value: object) -> str:
    return shown_name(value) if isinstance(value, str) else ""


def _shown(value: object) -> str:
    """Return the head of a value for a message; a list may be too deep to be written out."""
    return ascii(str(value)[:20]) if isinstance(value, str | Decimal) else type(value).__name__
