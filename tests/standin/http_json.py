"""An endpoint of somebody's own, which `http_json` reads by a file that describes it."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from aiohttp import web

from monitors.market import Snapshot
from monitors.symbols import Symbol, SymbolError

ROUTE = "/own/{symbol}"
CONTENT_TYPE = "application/json"
CHARSET = "utf-8"

_PRICES = ("price", "previous_close", "open", "high", "low")


def configuration(url: str) -> dict[str, Any]:
    """What the file says of this endpoint at a base URL."""
    fields = {name: f"quote.{name}" for name in (*_PRICES, "at", "volume", "name")}
    return {"url": f"{url}/own/{{symbol}}", "markets": ["CN", "HK", "US"], "fields": fields}


def symbols_of(request: web.Request) -> list[Symbol]:
    """What `/own/00700.HK` names."""
    try:
        return [Symbol.parse(request.match_info["symbol"])]
    except SymbolError:
        return []


def refusal(request: web.Request) -> web.Response | None:
    """A symbol that can be none."""
    return None if symbols_of(request) else web.Response(status=404)


def join(rows: Iterable[str]) -> bytes:
    """A reply with the one row."""
    return f'{{"quote":{next(iter(rows), "null")}}}'.encode(CHARSET)


def damaged(row: str) -> str:
    """A quote of which only the name is left."""
    return json.dumps({"name": json.loads(row)["name"]})


def row(snapshot: Snapshot) -> str:
    """A quote. What the format cannot carry is lost: the turnover and the state."""
    prices: dict[str, Decimal | None] = {name: getattr(snapshot, name) for name in _PRICES}
    quote = {name: None if price is None else f"{price:f}" for name, price in prices.items()}
    rest = {"at": snapshot.at.isoformat(), "volume": snapshot.volume, "name": snapshot.name}
    return json.dumps(quote | rest)
