"""Alpaca's replies in the documented form, and rows to change.

The API answers nobody without a key, so no reply was recorded: tests/data/responses/
alpaca-documented-*.json are written by hand, each member named, spelt and ordered as in the
examples of the published OpenAPI description (Market Data API v2).
"""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitors.sources.alpaca import parse
from monitors.sources.base import Fetched
from monitors.symbols import Symbol

RESPONSES = Path(__file__).parents[2] / "data" / "responses"


Row = dict[str, Any]


NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY, SECRET = "PKTESTTESTTESTTEST", "s3cr3t-s3cr3t-s3cr3t"


# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
EXPECTED = {
    # The newest daily bar is that of the day before: its close is the previous one.
    "snapshots-before-open.json": [
        "AAPL.US 2026-08-18T10:18:24.114694 305.61 305.59 - - - 0 - trading ",
        "TSLA.US 2026-08-18T10:13:12.952851 411.99 419.69 - - - 0 - trading ",
    ],
    # QUIET never traded, of EMPTY nothing is known; the trade of BRK.B was an odd lot.
    "snapshots-iex.json": [
        ("AAPL.US 2026-08-17T19:59:59.123456 305.59 305.91 306.2 307.64 302.96 812345 - trading "),
        "BRK.B.US 2026-08-17T19:58:01 500.13 498.2 498.7 500.13 496.105 31007 - trading ",
        "NEWCO.US 2026-08-17T14:31:07.500000 21.4 - 20 22.75 19.5 51200 - trading ",
    ],
    "snapshots-wrapped.json": [
        ("SPY.US 2026-01-15T20:59:59.999999 692.24 690.36 690.49 693.5 689.77 70112233 - trading "),
    ],
    "snapshots-unknown.json": [],
}


OTHERS = {"bars.json", "bars-none.json", "forbidden.json"}


def recorded(name: str) -> bytes:
    """A reply in the documented form."""
    return (RESPONSES / f"alpaca-documented-{name}").read_bytes()


def wanted_by(body: bytes) -> dict[str, Symbol]:
    """The symbols that a reply was asked for, one of them unknown."""
    reply = json.loads(body)
    tickers = [*reply.get("snapshots", reply), "XYZZY"]
    return {ticker: Symbol.parse(f"{ticker}.US") for ticker in tickers}


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each quote reply with what it was asked for."""
    return [(body, wanted_by(body)) for body in map(recorded, EXPECTED)]


def read(reply: object, *tickers: str, now: datetime = NOW) -> Fetched:
    """Parse a reply (bytes, or what JSON makes of it) to a request for these tickers."""
    body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
    return parse(body, {ticker: Symbol.parse(f"{ticker}.US") for ticker in tickers}, now)


IEX = json.loads(recorded("snapshots-iex.json"))


APPLE, BERKSHIRE = IEX["AAPL"], IEX["BRK.B"]
SYMBOL, OTHER = Symbol.parse("AAPL.US"), Symbol.parse("BRK.B.US")


def changed(row: Row, changes: Row) -> Row:
    """A row with some members replaced: {"latestTrade.p": 1}; an ellipsis takes one away."""
    row = deepcopy(row)
    for path, value in changes.items():
        *parts, last = path.split(".")
        place = row
        for part in parts:
            place = place[part]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return row
