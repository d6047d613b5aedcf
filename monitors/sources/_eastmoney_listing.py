"""Eastmoney's lists of what is traded: which to ask for, and how a page of one reads.

`GET {EASTMONEY_URL}/api/qt/clist/get?pn=1&pz=100&po=0&np=1&fltt=2&invt=2&fid=f12&fs=…&fields=…`
answers `{"rc":0,"data":{"total":5500,"diff":[{"f12":"600519","f13":1,"f14":"贵州茅台"},…]}}`, in
the order of the codes, as public clients read it. `fs` names lists, a comma for "and".
"""

from collections.abc import Mapping
from typing import Any

from monitors.market import InstrumentKind, Market, Reference
from monitors.sources import _json
from monitors.sources._figures import shown_name
from monitors.sources.base import Page, SourceError
from monitors.symbols import Exchange, Symbol, SymbolError

PAGE_SIZE = 100
"""Rows that one reply has at most, whatever is asked for."""
MOST_ROWS = 50_000

_CODE, _MARKET, _NAME = "f12", "f13", "f14"
_LISTS = {
    # Main boards, ChiNext, STAR, Beijing, B shares, ETFs, LOFs, the best-known indexes.
    Market.CN: "m:0+t:6,m:0+t:80,m:1+t:2,m:1+t:23,m:0+t:81+s:2048,m:0+t:7,m:1+t:3,"
    "b:MK0021,b:MK0022,b:MK0023,b:MK0024,b:MK0827,b:MK0404,b:MK0405,b:MK0406,b:MK0407,b:MK0010",
    Market.HK: "m:128+t:3,m:128+t:4,m:128+t:1,m:128+t:2",
    Market.US: "m:105,m:106,m:107",
}
_EXCHANGES: Mapping[int, Exchange] = {
    1: "SH",
    116: "HK",
    128: "HK",
    105: "US",
    106: "US",
    107: "US",
}
_BEIJING_CODES = ("4", "8", "92")
_FUND_CODES: Mapping[Exchange, tuple[str, ...]] = {"SH": ("5",), "SZ": ("15", "16", "18")}
_EMPTY = (100, 102)
"""What `rc` says behind the last page; `data` is null then."""


def query(market: Market, page: int) -> str:
    """Return the query of a page, counted from 1."""
    return (
        f"pn={page}&pz={PAGE_SIZE}&po=0&np=1&fltt=2&invt=2&fid={_CODE}"
        f"&fs={_LISTS[market]}&fields={_CODE},{_MARKET},{_NAME}"
    )


def parse(body: bytes, market: Market, page: int) -> Page:
    """Read a page. A row that cannot be read, or is of another market, is left out.

    Raises SourceError where the reply is none, or has no readable row.
    """
    data = _data(body)
    if data is None and page > 1:
        return Page([], is_last=True)
    rows = data.get("diff") if data else None
    total = _whole(data.get("total")) if data else None
    if not isinstance(rows, list) or total is None:
        raise SourceError("no list in the reply")
    references = [one for row in rows if (one := _reference(row)) and one.symbol.market == market]
    if rows and not references:
        raise SourceError("no readable row")
    return Page(references, is_last=not rows or page * PAGE_SIZE >= min(total, MOST_ROWS))


def _data(body: bytes) -> dict[str, Any] | None:
    reply = _json.load(body)
    code, data = _whole(reply.get("rc")), reply.get("data")
    if data is None and code in (0, *_EMPTY):
        return None
    if code != 0 or not isinstance(data, dict):
        raise SourceError("no data in the reply")
    return data


def _whole(value: object) -> int | None:
    is_whole = isinstance(value, _json.Number) and value.isdecimal() and len(value) < 10
    return int(str(value)) if is_whole else None


def _reference(row: object) -> Reference | None:
    """Read one row; None where it names no instrument."""
    if not isinstance(row, dict):
        return None
    name = shown_name(_text(row.get(_NAME)))
    symbol = _symbol(_text(row.get(_CODE)), _whole(row.get(_MARKET)))
    if symbol is None or name in ("", "-"):
        return None
    is_fund = symbol.code.startswith(_FUND_CODES.get(symbol.exchange, ()))
    return Reference(symbol, name, kind=InstrumentKind.FUND if is_fund else None)


def _text(value: object) -> str:
    return value if isinstance(value, str) and not isinstance(value, _json.Number) else ""


def _symbol(code: str, market: int | None) -> Symbol | None:
    exchange = _EXCHANGES.get(market) if market else None
    if market == 0:
        exchange = "BJ" if code.startswith(_BEIJING_CODES) else "SZ"
    try:
        return Symbol.parse(f"{code.replace('_', '.')}.{exchange}") if exchange else None
    except SymbolError:
        return None
