"""What every row of Tencent's holds at the same place: whose it is, when, and whether it trades.

Field numbers as several independent open-source clients read them and as recorded replies show.
"""

import re
from datetime import datetime

from monitors.market import QuoteState
from monitors.sources._figures import moment
from monitors.symbols import Symbol

ROW = re.compile(r'v_([A-Za-z0-9_.]{1,20})="([^"]*)"')
NAME, PREVIOUS, TIME, STATUS = 1, 4, 30, 40

_CODE = 2
_NO_MATCH = "pv_none_match"
_MARKET_NUMBERS = {"SH": "1", "SZ": "51", "BJ": "62", "HK": "100", "US": "200"}
_STATES = {"S": QuoteState.SUSPENDED, "D": QuoteState.DELISTED}


def code_of(symbol: Symbol) -> str:
    """Return the symbol as the endpoint writes it: sh600519, hk00700, usBRK.B."""
    return symbol.exchange.lower() + symbol.code


def is_of_no_symbol(key: str, _content: str) -> bool:
    """Whether a row only says that none of the symbols is known."""
    return key == _NO_MATCH


def fields_of(content: str, symbol: Symbol, most: int) -> list[str]:
    """Return a row's fields, the rest after so many in one, if it is whole and of the symbol.

    Raises ValueError.
    """
    fields = content.split("~", most)
    if len(fields) <= STATUS:
        raise ValueError(f"{len(fields)} fields")
    if fields[0] != _MARKET_NUMBERS[symbol.exchange] or not _is_code(fields[_CODE], symbol):
        raise ValueError(f"holds {fields[_CODE][:20]!r} of market {fields[0][:5]!r}")
    return fields


def stamped(fields: list[str], symbol: Symbol, latest: datetime) -> datetime:
    """Return the row's time in UTC. Raises ValueError, also for one after `latest`."""
    at = moment(fields[TIME], symbol.market)
    if at > latest:
        raise ValueError(f"time {fields[TIME]} is to come")
    return at


def state_of(status: str) -> QuoteState:
    """Read a status letter; one that nobody has described is not trading. Raises ValueError."""
    if not status:
        return QuoteState.TRADING
    if len(status) > 1 or not "A" <= status <= "Z":
        raise ValueError(f"status {status[:20]!r}")
    return _STATES.get(status, QuoteState.UNKNOWN)


def _is_code(text: str, symbol: Symbol) -> bool:
    """Whether field 2 names the symbol; US codes carry their exchange (AAPL.OQ), indexes a dot."""
    if text == symbol.code:
        return True
    if symbol.exchange != "US":
        return False
    ticker, _dot, venue = text.rpartition(".")
    return (ticker == symbol.code and venue.isalpha()) or text == f".{symbol.code}"
