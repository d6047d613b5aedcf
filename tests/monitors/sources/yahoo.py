"""Yahoo's recorded replies, what they say, and one of today's minutes to change."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from monitors.market import Candle, Snapshot
from monitors.sources._yahoo_chart import code_of
from monitors.sources.base import Fetched
from monitors.sources.yahoo import parse
from monitors.symbols import Symbol

RESPONSES = Path(__file__).parents[2] / "data" / "responses"


NOW = datetime(2026, 11, 24, tzinfo=UTC)


APPLE, MOUTAI, TENCENT = map(Symbol.parse, ("AAPL.US", "600519.SH", "00700.HK"))


# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
EXPECTED = {
    # Its bars are of 2020: none of them is of the quote's day.
    "chart-1d-AAPL-40days.http.json": [
        "AAPL.US 2025-02-19T21:00:01 244.87 - - 246.01 243.16 32129951 - trading Apple Inc.",
    ],
    # Its range is six months: chartPreviousClose, 211.21, is not yesterday's 269.00.
    "chart-history-AAPL.json": [
        "AAPL.US 2025-10-29T20:00:01 269.70 - 269.275 271.41 267.11 43332154 - trading Apple Inc.",
    ],
    "chart-unknown-404.txt": [],
}


OF_NO_MARKET = "chart-history-GS2C.DE.json"


UNREADABLE = {
    "429.txt",
    "v7quote-401-invalid-crumb.txt",
    "v7quote-AAPL-BABA.http.json",
    "v7quote-AAPL-MSFT.json",
    "v7quote-ADH.http.json",
    "v7quote-unknown-symbol.json",
}


def recorded(name: str) -> bytes:
    """The body of a recorded reply; some were recorded with the request and headers around it."""
    body = (RESPONSES / f"yahoo-{name}").read_bytes()
    if name.endswith(".http.json"):
        return json.dumps(json.loads(body)["response"]["bodyJson"]).encode()
    return body


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for."""
    return [(recorded(name), {"AAPL": APPLE}) for name in EXPECTED]


OPENED = 1784899800  # 2026-07-24 09:30:00 in New York


STAMPED = datetime(2026, 7, 24, 13, 33, 17, tzinfo=UTC)


def _regular(start: int) -> dict[str, Any]:
    return {"timezone": "EDT", "start": start, "end": start + 23400, "gmtoffset": -14400}


TODAY: dict[str, Any] = {
    "meta": {
        "currency": "USD",
        "symbol": "AAPL",
        "instrumentType": "EQUITY",
        "regularMarketTime": OPENED + 197,
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": 305.5899963,
        "regularMarketDayHigh": 306.2,
        "regularMarketDayLow": 304.9,
        "regularMarketVolume": 8731307,
        "longName": "Apple Inc.",
        "shortName": "APPLE",
        "chartPreviousClose": 304.11,
        "previousClose": 304.12,
        "currentTradingPeriod": {"regular": _regular(OPENED)},
        "tradingPeriods": [[_regular(OPENED)]],
        "dataGranularity": "1m",
        "range": "1d",
    },
    "timestamp": [OPENED, OPENED + 60, OPENED + 120, OPENED + 180, OPENED + 197],
    "indicators": {
        "quote": [
            {
                "open": [None, 305.20001220703125, 305.5, 305.45001220703125, 305.5899963378906],
                "high": [None, 305.70001220703125, 306.20001220703125, 305.5, 305.5899963378906],
                "low": [None, 304.8999938964844, 305.29998779296875, 305.25, 305.5899963378906],
                "close": [None, 305.5, 305.45001220703125, 305.29998779296875, 305.5899963378906],
                "volume": [None, 120000, 98000, 45000, 0],
            }
        ]
    },
}


LOST = "(lost)"


def reply(*results: object) -> bytes:
    return json.dumps({"chart": {"result": results, "error": None}}).encode()


def changed(**changes: object) -> dict[str, Any]:
    """Today's result with members of meta changed; LOST ones are gone."""
    result = deepcopy(TODAY)
    meta = result["meta"] | changes
    return result | {"meta": {name: value for name, value in meta.items() if value is not LOST}}


def with_points(**changes: object) -> dict[str, Any]:
    """Today's result with arrays changed."""
    result = deepcopy(TODAY)
    for name, value in changes.items():
        columns = result if name == "timestamp" else result["indicators"]["quote"][0]
        columns[name] = value
        if value is LOST:
            del columns[name]
    return result


def read(result: object, symbol: Symbol = APPLE, now: datetime = NOW) -> Fetched:
    return parse(reply(result), {code_of(symbol) or "": symbol}, now)


def only(result: object, symbol: Symbol = APPLE) -> Snapshot:
    fetched = read(result, symbol)
    assert fetched.problems == []
    [snapshot] = fetched.snapshots
    return snapshot


def candle(minute: int, *figures: str | int) -> Candle:
    opened, high, low, close = map(Decimal, figures[:4])
    at = datetime.fromtimestamp(OPENED + 60 * minute, UTC)
    return Candle(at, opened, high, low, close, int(figures[4]))
