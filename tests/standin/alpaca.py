"""Alpaca's wire format for snapshots, as its API is documented: see monitors.sources.alpaca."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from aiohttp import web

from monitors.market import Market, Snapshot
from monitors.symbols import Symbol, SymbolError

ROUTE = "/v2/stocks/snapshots"
CONTENT_TYPE = "application/json"
CHARSET = "utf-8"
FEEDS = {"iex", "sip", "delayed_sip"}


def symbol_of(ticker: str) -> Symbol | None:
    """The symbol that a client asks for with `BRK.B`, written in no other way."""
    try:
        symbol = Symbol.parse(f"{ticker}.US")
    except SymbolError:
        return None
    return symbol if symbol.code == ticker else None


def symbols_of(request: web.Request) -> list[Symbol]:
    """What `?symbols=AAPL,BRK.B` names."""
    return [symbol for symbol in map(symbol_of, _tickers(request)) if symbol is not None]


def refusal(request: web.Request) -> web.Response | None:
    """A request without both headers, or with a ticker or a feed that cannot be."""
    if not all(request.headers.get(f"APCA-API-{name}") for name in ("KEY-ID", "SECRET-KEY")):
        return _refusal(403, "forbidden.")
    for ticker in _tickers(request):
        if symbol_of(ticker) is None:
            return _refusal(400, f"invalid symbol: {ticker}")
    if request.query.get("feed", "iex") not in FEEDS:
        return _refusal(400, "invalid feed")
    return None


def encode(snapshots: Iterable[Snapshot]) -> bytes:
    """A reply with one member a snapshot."""
    return join(map(row, snapshots))


def join(rows: Iterable[str]) -> bytes:
    """A reply of these members; unknown symbols are absent."""
    return f"{{{','.join(rows)}}}\n".encode(CHARSET)


def row(snapshot: Snapshot) -> str:
    """One member. What the format cannot carry is lost: the state, the name, the turnover.

    A snapshot without a day's range is a trade before the open: the newest daily bar is that of
    the day before.
    """
    day = snapshot.at.astimezone(Market.US.timezone)
    today = _day_bar(snapshot, day) if _has_day(snapshot) else None
    before = _flat_bar(snapshot.previous_close, day - timedelta(days=1))
    bars = (today, before) if today else (before, None)
    members = {"latestTrade": _trade(snapshot), "latestQuote": None, "minuteBar": None}
    members |= zip(("dailyBar", "prevDailyBar"), bars, strict=True)
    text = ",".join(f'"{name}":{value or "null"}' for name, value in members.items())
    return f'"{snapshot.symbol.code}":{{{text}}}'


def damaged(row: str) -> str:
    """A trade of which only the place is left."""
    return row.partition(":")[0] + ':{"latestTrade":{"x":"V"}}'


def _tickers(request: web.Request) -> list[str]:
    return request.query.get("symbols", "").split(",")


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)


def _has_day(snapshot: Snapshot) -> bool:
    return bool(snapshot.volume or snapshot.open or snapshot.high or snapshot.low)


def _trade(snapshot: Snapshot) -> str:
    # Nanoseconds, the last three of which no reader keeps.
    at = f"{snapshot.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}789Z"
    return f'{{"t":"{at}","x":"V","p":{snapshot.price:f},"s":100,"c":["@"],"i":1,"z":"C"}}'


def _day_bar(snapshot: Snapshot, day: datetime) -> str:
    opened = snapshot.open or snapshot.price
    high = snapshot.high or max(opened, snapshot.price)
    low = snapshot.low or min(opened, snapshot.price)
    return _bar(day, (opened, high, low, snapshot.price), snapshot.volume)


def _flat_bar(close: Decimal | None, day: datetime) -> str | None:
    return None if close is None else _bar(day, (close, close, close, close), 100)


def _bar(day: datetime, prices: Iterable[Decimal], volume: int) -> str:
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    figures = ",".join(f'"{name}":{price:f}' for name, price in zip("ohlc", prices, strict=True))
    return f'{{"t":"{midnight:%Y-%m-%dT%H:%M:%SZ}",{figures},"v":{volume},"n":1,"vw":1}}'
