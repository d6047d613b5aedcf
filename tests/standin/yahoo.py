"""Yahoo's wire format, as the recorded replies show it: what monitors.sources.yahoo reads."""

import json
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from aiohttp import web

from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol, SymbolError

ROUTE = "/v8/finance/chart/{symbol}"
CONTENT_TYPE = "application/json"
CHARSET = "utf-8"
TOO_MANY = "Edge: Too Many Requests\r\n"
NOT_FOUND = (
    '{"chart":{"result":null,"error":{"code":"Not Found",'
    '"description":"No data found, symbol may be delisted"}}}'
)
UNPROCESSABLE = (
    '{"chart":{"result":null,"error":{"code":"Unprocessable Entity",'
    '"description":"Invalid input - interval or range is not supported."}}}'
)

_SUFFIXES = {"HK": "HK", "SS": "SH", "SZ": "SZ"}
_INDEXES = {
    "^HSI": "HSI.HK",
    "^NDX": "NDX.US",
    "^DJI": "DJI.US",
    "^GSPC": "SPX.US",
    "^IXIC": "IXIC.US",
}
OPENS = time(9, 30)
"""Local time at which the session of each market begins."""


def symbol_of(key: str) -> Symbol | None:
    """The symbol that a client asks for with `AAPL`, `BRK-B`, `0700.HK`, `600519.SS` or `^HSI`."""
    code, _dot, suffix = key.partition(".")
    try:
        if key.startswith("^"):
            return Symbol.parse(_INDEXES[key])
        if suffix:
            return Symbol.parse(f"{code}.{_SUFFIXES[suffix]}")
        return Symbol.parse(f"{key}.US")
    except (KeyError, SymbolError):
        return None


def key_of(symbol: Symbol) -> str:
    """The symbol as meta.symbol has it."""
    for key, index in _INDEXES.items():
        if str(symbol) == index:
            return key
    match symbol.exchange:
        case "US":
            return symbol.code.replace(".", "-")
        case "HK":
            return f"{symbol.code.removeprefix('0')}.HK"
        case "SH":
            return f"{symbol.code}.SS"
        case _:
            return f"{symbol.code}.{symbol.exchange}"


def symbols_of(request: web.Request) -> list[Symbol]:
    """What `/v8/finance/chart/AAPL` names."""
    symbol = symbol_of(request.match_info["symbol"])
    return [] if symbol is None else [symbol]


def refusal(request: web.Request) -> web.Response | None:
    """A client that is no browser, a symbol that can be none, an interval that there is not."""
    if not request.headers.get("User-Agent", "").startswith("Mozilla/5.0"):
        return web.Response(status=429, text=TOO_MANY)
    if request.query.get("interval") != "1m" or request.query.get("range") != "1d":
        return web.json_response(status=422, text=UNPROCESSABLE)
    if not symbols_of(request):
        return web.json_response(status=404, text=NOT_FOUND)
    return None


def encode(snapshots: Iterable[Snapshot]) -> bytes:
    """A reply with one result a snapshot."""
    return join(map(row, snapshots))


def join(rows: Iterable[str]) -> bytes:
    """A reply of these results, as bytes."""
    results = ",".join(rows)
    body = f'{{"chart":{{"result":[{results}],"error":null}}}}' if results else NOT_FOUND
    return body.encode(CHARSET)


def damaged(row: str) -> str:
    """A result that has lost everything but whose it is."""
    meta = json.loads(row)["meta"]
    return json.dumps({"meta": {name: meta[name] for name in ("currency", "symbol")}})


def row(snapshot: Snapshot) -> str:
    """One result: the quote, and one minute with its running point.

    What the format cannot carry is lost: the turnover, fractions of a second, and why a stock has
    not traded.
    """
    epoch = int(snapshot.at.timestamp())
    traded = snapshot.state is QuoteState.TRADING
    points = _points(snapshot, epoch) if traded else {}
    result: dict[str, Any] = {"meta": _meta(snapshot, epoch, traded=traded)}
    if points:
        result["timestamp"] = points.pop("timestamp")
    return json.dumps(result | {"indicators": {"quote": [points]}})


def _meta(snapshot: Snapshot, epoch: int, *, traded: bool) -> dict[str, Any]:
    symbol = snapshot.symbol
    local = snapshot.at.astimezone(symbol.market.timezone)
    opens = datetime.combine(local, OPENS, symbol.market.timezone)
    meta = {
        "currency": symbol.currency,
        "symbol": key_of(symbol),
        "regularMarketTime": epoch,
        "exchangeTimezoneName": str(symbol.market.timezone),
        "regularMarketPrice": _number(snapshot.price),
        "regularMarketDayHigh": _number(snapshot.high) if traded else None,
        "regularMarketDayLow": _number(snapshot.low) if traded else None,
        "regularMarketVolume": snapshot.volume if traded else 0,
        "longName": snapshot.name or None,
        "chartPreviousClose": _number(snapshot.previous_close),
        "previousClose": _number(snapshot.previous_close),
        "currentTradingPeriod": {"regular": {"start": int(opens.timestamp())}},
        "dataGranularity": "1m",
        "range": "1d",
    }
    return {name: value for name, value in meta.items() if value is not None}


def _points(snapshot: Snapshot, epoch: int) -> dict[str, list[Any]]:
    price, opened = _number(snapshot.price), _number(snapshot.open)
    known = [value for value in (opened, price) if value is not None]
    minute: dict[str, Any] = {
        "timestamp": epoch - epoch % 60,
        "open": opened,
        "high": max(known),
        "low": min(known),
        "close": price,
        "volume": snapshot.volume,
    }
    if opened is None:
        points: list[dict[str, Any]] = [dict.fromkeys(minute) | {"timestamp": minute["timestamp"]}]
    elif epoch % 60:
        points = [minute, dict.fromkeys(minute, price) | {"timestamp": epoch, "volume": 0}]
    else:
        points = [minute]  # in a minute's first second there is no running point beside it
    return {name: [point[name] for point in points] for name in minute}


def _number(price: Decimal | None) -> float | None:
    """The price as the float that JSON has: exact to 15 digits."""
    return None if price is None else float(price)
