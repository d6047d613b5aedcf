"""Eastmoney's wire format, as the recorded replies show it: what monitors.sources.eastmoney reads.

Quotes only; the endpoint has its minute bars at another host.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from aiohttp import web

from monitors.market import Market, QuoteState, Snapshot
from monitors.symbols import Symbol, SymbolError

ROUTE = "/api/qt/ulist.np/get"
CONTENT_TYPE = "application/json"
CHARSET = "utf-8"
UNKNOWN = (
    '{"rc":102,"rt":1,"svr":177622402,"lt":1,"full":1,"dlmkts":"8,10,128","dsc":"0","data":null}'
)
STAR_IN_SHARES = ("689",)
"""The STAR board's volumes come in either unit: here these in shares, the others in lots."""

_MARKETS = {"SH": "1", "SZ": "0", "BJ": "0", "HK": "116"}
_AMERICAN = ("105", "106", "107")
_INDEXES = {
    "HSI.HK": "100.HSI",
    "HSTECH.HK": "124.HSTECH",
    "DJI.US": "100.DJIA",
    "INX.US": "100.SPX",
    "IXIC.US": "100.NDX",
    "NDX.US": "100.NDX100",
}
_INDEX_OF = {secid: Symbol.parse(text) for text, secid in _INDEXES.items()}
_PRICED = (QuoteState.TRADING, QuoteState.AUCTION)


def secid_of(symbol: Symbol) -> str:
    """The one key under which a symbol is known; US tickers are spread over the three markets."""
    if index := _INDEXES.get(str(symbol)):
        return index
    american = _AMERICAN[sum(symbol.code.encode()) % len(_AMERICAN)]
    return f"{_MARKETS.get(symbol.exchange, american)}.{symbol.code.replace('.', '_')}"


def symbol_of(secid: str) -> Symbol | None:
    """The symbol that a client asks for with `1.600519`, `116.00700` or `105.AAPL`."""
    if secid in _INDEX_OF:
        return _INDEX_OF[secid]
    market, _dot, code = secid.partition(".")
    zero = "BJ" if code.startswith(("4", "8", "92")) else "SZ"
    exchange = {"1": "SH", "0": zero, "116": "HK"}.get(market, "US")
    try:
        symbol = Symbol.parse(f"{code.replace('_', '.')}.{exchange}")
    except SymbolError:
        return None
    return symbol if secid_of(symbol) == secid else None


def symbols_of(request: web.Request) -> list[Symbol]:
    """What `secids=1.600519,116.00700` names."""
    secids = request.query.get("secids", "").split(",")
    return [symbol for symbol in map(symbol_of, secids) if symbol is not None]


def refusal(request: web.Request) -> web.Response | None:
    """Nothing that is known of."""
    return None


def encode(snapshots: Iterable[Snapshot]) -> bytes:
    """A reply with one row a snapshot."""
    return join(map(row, snapshots))


def join(rows: Iterable[str]) -> bytes:
    """A reply of these rows, as bytes."""
    diff = list(rows)
    if not diff:
        return UNKNOWN.encode()
    head = '{"rc":0,"rt":11,"svr":183120356,"lt":1,"full":1,"dlmkts":"","dsc":"0"'
    return f'{head},"data":{{"total":{len(diff)},"diff":[{",".join(diff)}]}}}}'.encode()


def damaged(row: str) -> str:
    """A row that lost all but its price and what it is of."""
    fields = json.loads(row, parse_float=_Digits, parse_int=_Digits)
    kept = {name: fields[name] for name in ("f2", "f12", "f13", "f14")}
    return _written(kept)


def row(snapshot: Snapshot) -> str:
    """One row. What the format cannot carry is lost: odd lots, fractions of a second, states."""
    market, _dot, code = secid_of(snapshot.symbol).partition(".")
    priced = snapshot.state in _PRICED
    change, percent = _moves(snapshot) if priced else (None, None)
    return _written(
        {
            "f1": _Digits(_decimals(snapshot)),
            "f2": _number(snapshot.price if priced else None),
            "f3": _number(percent),
            "f4": _number(change),
            "f5": _number(Decimal(_volume(snapshot)) if priced else None),
            "f6": _number(snapshot.amount),
            "f12": code,
            "f13": _Digits(market),
            "f14": snapshot.name,
            "f15": _number(snapshot.high),
            "f16": _number(snapshot.low),
            "f17": _number(snapshot.open),
            "f18": _number(snapshot.previous_close),
            "f124": _Digits(int(snapshot.at.timestamp())),
        }
    )


class _Digits(str):
    """A number as it is to be written: JSON's own writer knows no decimals."""

    __slots__ = ()


def _written(fields: dict[str, Any]) -> str:
    members = (
        f'"{name}":{value if isinstance(value, _Digits) else json.dumps(value, ensure_ascii=False)}'
        for name, value in fields.items()
    )
    return f"{{{','.join(members)}}}"


def _number(value: Decimal | None) -> str:
    """A number without zeros at its end, as the endpoint writes them; a dash for none."""
    if value is None:
        return "-"
    text = f"{value:f}"
    return _Digits(text.rstrip("0").rstrip(".") if "." in text else text)


def _decimals(snapshot: Snapshot) -> int:
    """The places that a price of this kind may have."""
    prices = (snapshot.price, snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low)
    exponents = [price.as_tuple().exponent for price in prices if price is not None]
    return max(2, *(-exponent for exponent in exponents if isinstance(exponent, int)), 0)


def _moves(snapshot: Snapshot) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """The change since the last close, and that in percent."""
    if not snapshot.previous_close:
        return None, None
    change = snapshot.price - snapshot.previous_close
    return change, round(change * 100 / snapshot.previous_close, 2)


def _volume(snapshot: Snapshot) -> int:
    """Lots of 100 in mainland China, shares everywhere else."""
    symbol = snapshot.symbol
    in_lots = symbol.market is Market.CN and not symbol.code.startswith(STAR_IN_SHARES)
    return snapshot.volume // 100 if in_lots else snapshot.volume
