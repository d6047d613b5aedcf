"""What Eastmoney's replies have in common: symbols in its spelling, the envelope, volumes."""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from monitors.market import Market
from monitors.sources._bounds import LARGEST_VOLUME
from monitors.sources._json import Number, load
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

UNKNOWN = ("102",)
"""What `rc` says where no symbol of the request is known; `data` is null then."""

_SECID = re.compile(r"[0-9]{1,4}\.[A-Za-z0-9_]{1,20}").fullmatch
# Beijing shares Shenzhen's number: a code beginning like the other's would be another stock.
_MAINLAND = {"SH": "1", "SZ": "0", "BJ": "0"}
_BEIJING_CODES = ("4", "8", "92")
_AMERICAN = ("105", "106", "107")  # Nasdaq, NYSE, AMEX; nothing tells beforehand on which it is
# 100.NDX is the Nasdaq Composite, whatever its name suggests.
_INDEXES = {
    "HSI.HK": "100.HSI",
    "HSTECH.HK": "124.HSTECH",
    "DJI.US": "100.DJIA",
    "INX.US": "100.SPX",
    "IXIC.US": "100.NDX",
    "NDX.US": "100.NDX100",
}


def secids_of(symbol: Symbol) -> tuple[str, ...]:
    """Return the keys under which the endpoint may know a symbol, none for one it cannot serve."""
    if index := _INDEXES.get(str(symbol)):
        return (index,)
    match symbol.exchange:
        case "US":
            return tuple(f"{market}.{symbol.code.replace('.', '_')}" for market in _AMERICAN)
        case "HK":
            return () if symbol.is_index else (f"116.{symbol.code}",)
        case "SZ" | "BJ" as exchange:
            is_beijing = symbol.code.startswith(_BEIJING_CODES)
            return (f"0.{symbol.code}",) if is_beijing == (exchange == "BJ") else ()
        case exchange:
            return (f"{_MAINLAND[exchange]}.{symbol.code}",)


def data_of(body: bytes, unknown: Collection[str] = UNKNOWN) -> dict[str, Any] | None:
    """Return what a reply is about, or None where it says that it knows no symbol.

    Raises SourceError where it is no reply.
    """
    reply = load(body)
    code, data = reply.get("rc"), reply.get("data")
    if isinstance(code, Number) and data is None and code in unknown:
        return None
    if not isinstance(code, Number) or code != "0" or not isinstance(data, dict):
        raise SourceError("no data in the reply")
    return data


def secid_in(row: object, code: str, market: str) -> str:
    """Return the key of a row by its own account, or nothing where it has none."""
    if not isinstance(row, dict) or not isinstance(row.get(market), Number):
        return ""
    secid = f"{row[market]}.{row[code]}" if type(row.get(code)) is str else ""
    return secid if _SECID(secid) else ""


def shares_of(
    number: int, symbol: Symbol, amount: Decimal | None, low: Decimal, high: Decimal
) -> int:
    """Return a volume in shares: mainland volumes are in lots of 100.

    On the STAR board they are told of in either unit, but only one of the two gives an average
    price between low and high. A count of lots is rounded, by less than one. Raises ValueError.
    """
    units = [100 if symbol.market is Market.CN else 1]
    if number and symbol.exchange == "SH" and symbol.code.startswith(("688", "689")):
        paid = amount or Decimal(0)
        units = [
            unit
            for unit in (1, 100)
            if low * (number - 1) * unit <= paid <= high * (number + 1) * unit
        ]
    if len(units) != 1 or number * units[0] >= LARGEST_VOLUME:
        raise ValueError(f"volume {number} for {amount}")
    return number * units[0]
