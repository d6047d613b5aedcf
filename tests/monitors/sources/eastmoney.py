"""Eastmoney's recorded replies, what they say, and rows to change."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitors.sources._eastmoney_reply import secids_of
from monitors.sources.base import Fetched
from monitors.sources.eastmoney import parse
from monitors.symbols import Symbol
from tests.standin.eastmoney import secid_of

RESPONSES = Path(__file__).parents[2] / "data" / "responses"


NOW = datetime(2026, 11, 24, tzinfo=UTC)


AT = datetime(2026, 8, 18, 3, 20, 30, tzinfo=UTC)


LIVE = (
    *("000001.SH", "399001.SZ", "000300.SH", "00700.HK", "AAPL.US", "510300.SH", "SPY.US"),
    *("HSI.HK", "IXIC.US", "DJI.US", "INX.US"),
)


WITHOUT = "without f1, f5, f6, f124"


# What each recorded reply was asked for, and the problems that it makes.
RECORDED = {
    "ulist-multi-market-live.txt": (LIVE, [WITHOUT] * len(LIVE)),
    "ulist-preopen-dash.txt": (("510300.SH",), []),
    "unknown-rc102-null.txt": (("603999.SH", "XYZ.US"), []),
}


UNREADABLE = {"search.txt"}


# The live reply was asked for without the fields f1, f5, f6 and f124: these stand in for them.
# decimals, volume, amount; volume and amount as Tencent told them in the same minute
ADDED = {
    "000001": (2, 333357371, 751006258668),
    "399001": (2, 446410459, 832742135665),
    "000300": (2, 124747756, 396242351859),
    "00700": (3, 10586859, "4666651125.86"),
    "AAPL": (3, 38169263, 11641096594),
    "510300": (3, 4773838, 2283177593),
    "SPY": (3, 34356577, 26595211062),
    "HSI": (2, 0, "11397381.101"),
    "NDX": (2, "-", "-"),
    "DJIA": (2, 436708050, 23369665201963),
    "SPX": (2, "-", "-"),
}


# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
EXPECTED = [
    (
        "000001.SH 2026-08-18T03:20:30 3963.85 3982.65 3979.49 3992.09 3955.6 "
        "33335737100 751006258668 trading 上证指数"
    ),
    (
        "399001.SZ 2026-08-18T03:20:30 14518.67 14704.27 14692.03 14733.9 14459.72 "
        "44641045900 832742135665 trading 深证成指"
    ),
    (
        "000300.SH 2026-08-18T03:20:30 4699.89 4741.1 4734.07 4744.01 4687.53 "
        "12474775600 396242351859 trading 沪深300"
    ),
    (
        "00700.HK 2026-08-18T03:20:30 438.6 446.4 444.2 446.2 437.6 "
        "10586859 4666651125.86 trading 腾讯控股"
    ),
    (
        "AAPL.US 2026-08-18T03:20:30 305.59 305.93 306.21 307.66 302.939 "
        "38169263 11641096594 trading 苹果"
    ),
    (
        "510300.SH 2026-08-18T03:20:30 4.76 4.801 4.794 4.803 4.751 "
        "477383800 2283177593 trading 沪深300ETF华泰柏瑞"
    ),
    (
        "SPY.US 2026-08-18T03:20:30 772.67 776.34 776.18 776.775 772.51 "
        "34356577 26595211062 trading 标普500ETF-SPDR"
    ),
    (
        "HSI.HK 2026-08-18T03:20:30 25281.2 25453.23 25368.87 25456.65 25240.62 "
        "0 11397381.101 trading 恒生指数"
    ),
    (
        "IXIC.US 2026-08-18T03:20:30 26644.91 26729.16 26784.65 26798.4 26626.37 "
        "0 - trading 纳斯达克"
    ),
    (
        "DJI.US 2026-08-18T03:20:30 53459.78 53732.41 53663.11 53663.11 53395.23 "
        "436708050 23369665201963 trading 道琼斯"
    ),
    ("INX.US 2026-08-18T03:20:30 7745.06 7785.76 7790.68 7790.68 7744.88 0 - trading 标普500"),
]


class Number(str):
    """A number of a reply, in the endpoint's own digits."""

    __slots__ = ()


def written(value) -> str:
    """JSON in which each Number is a number again."""
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(k)}:{written(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    return value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def loaded(body: bytes):
    """A reply whose numbers are still digits."""
    return json.loads(body, parse_float=Number, parse_int=Number)


def recorded(name: str) -> bytes:
    """A recorded reply."""
    return (RESPONSES / f"eastmoney-{name}").read_bytes()


def wanted_by(*symbols: str) -> dict[str, Symbol]:
    """What a request for these symbols asks for."""
    return {secid: symbol for symbol in map(Symbol.parse, symbols) for secid in secids_of(symbol)}


def completed() -> bytes:
    """The recorded live reply with the fields that its request left out."""
    reply = loaded(recorded("ulist-multi-market-live.txt"))
    for row in reply["data"]["diff"]:
        decimals, volume, amount = ADDED[row["f12"]]
        row["f1"] = Number(decimals)
        row["f5"], row["f6"] = (one if one == "-" else Number(one) for one in (volume, amount))
        row["f124"] = Number(int(AT.timestamp()))
    return written(reply).encode()


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for, and the live one made whole."""
    replies = [(recorded(name), wanted_by(*asked)) for name, (asked, _) in RECORDED.items()]
    return [*replies, (completed(), wanted_by(*LIVE))]


def row_of(code: str, **changes) -> dict[str, Any]:
    """A row of the live reply, with some fields replaced, or left out where None."""
    [row] = [row for row in loaded(completed())["data"]["diff"] if row["f12"] == code]
    return {name: value for name, value in (row | changes).items() if value is not None}


def reply_of(*rows) -> bytes:
    """A reply of these rows."""
    return written(
        {"rc": Number(0), "data": {"total": Number(len(rows)), "diff": list(rows)}}
    ).encode("utf-8", "surrogatepass")


def read(*rows, of: tuple[str, ...] = LIVE, now: datetime = NOW) -> Fetched:
    """Parse a reply of these rows to a request for these symbols."""
    return parse(reply_of(*rows), wanted_by(*of), now)


N = Number


UNKNOWN = b'{"rc":102,"data":null}'


MOUTAI, TENCENT, APPLE, STAR = (
    Symbol.parse(text) for text in ("600519.SH", "00700.HK", "AAPL.US", "688981.SH")
)


def history_of(symbol: Symbol, *rows, secid: str = "") -> bytes:
    """A reply with the minutes of a symbol."""
    market, _dot, code = (secid or secid_of(symbol)).partition(".")
    data = {"code": code, "market": N(market), "name": "x", "klines": list(rows)}
    return written({"rc": N(0), "data": data}).encode()


GOOD = "2026-11-23 09:31,1500.00,1501.50,1502.00,1499.90,12,1800600.00"


NEXT = "2026-11-23 09:32,1501.50,1500.10,1501.50,1500.00,3,450300.00"
