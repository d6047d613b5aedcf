"""What Tencent's rows say beside the price: names, kinds, lots, and the day's limits.

Field numbers as several independent open-source clients read them and as recorded replies show. A
row that ends before a field does not tell it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from monitors.market import InstrumentKind, Market, Reference
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources._figures import price, price_or_none, shown_name
from monitors.sources._quoted_rows import read_rows
from monitors.sources._tencent_row import (
    NAME,
    PREVIOUS,
    ROW,
    STATUS,
    fields_of,
    is_of_no_symbol,
    stamped,
    state_of,
)
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

_ENGLISH_NAME = 46  # of Hong Kong and the United States
_LIMIT_UP, _LIMIT_DOWN = 47, 48  # of the mainland
_NO_LIMIT = "-1"
_LOT = 60  # of Hong Kong
_KIND = {Market.CN: 61, Market.HK: 63, Market.US: 56}
_EVERY_FIELD = 200
_IS_KIND = re.compile("[A-Z]{2,6}(?:-[A-Z0-9]{1,6}){0,3}").fullmatch
_IS_LOT = re.compile("0|[1-9][0-9]{0,6}").fullmatch
# Such as GP-A, GP-A-KCB, GP-ETF: the first of these that is a part says what it is.
_KINDS = {
    "ZS": InstrumentKind.INDEX,
    "ETF": InstrumentKind.FUND,
    "LOF": InstrumentKind.FUND,
    "GP": InstrumentKind.STOCK,
}


def parse_reference(body: bytes, wanted: Mapping[str, Symbol], now: datetime) -> list[Reference]:
    """Read a reply. `wanted` maps the keys that were asked for to their symbols.

    A row that is cut, belongs to another symbol or says what cannot be is left out. Raises
    SourceError where no row is left of those that came.
    """
    latest = now + CLOCK_SKEW

    def read(content: str, symbol: Symbol) -> Reference:
        return _reference(content, symbol, latest)

    references, problems = read_rows(body, ROW, wanted, read, is_of_no_symbol)
    if problems and not references:
        raise SourceError(f"no readable row ({problems[0]})")
    return references


def _reference(content: str, symbol: Symbol, latest: datetime) -> Reference:
    """Read one row. Raises ValueError, whose message names what is wrong with it."""
    fields = fields_of(content, symbol, _EVERY_FIELD)
    fields += [""] * (_EVERY_FIELD - len(fields))
    up, down = _limits(fields) if symbol.market is Market.CN else (None, None)
    at = stamped(fields, symbol, latest)
    name = shown_name(fields[NAME])
    if not name:
        raise ValueError("no name")
    return Reference(
        symbol=symbol,
        name=name,
        english_name="" if symbol.market is Market.CN else shown_name(fields[_ENGLISH_NAME]),
        kind=_kind(fields[_KIND[symbol.market]]),
        state=state_of(fields[STATUS]),
        lot=_lot(fields[_LOT]) if symbol.market is Market.HK else None,
        limit_up=up,
        limit_down=down,
        limits_on=at.astimezone(symbol.market.timezone).date() if up else None,
    )


def _limits(fields: list[str]) -> tuple[Decimal | None, Decimal | None]:
    """Return the highest and the lowest price of the day; nothing where there are none."""
    texts = fields[_LIMIT_UP], fields[_LIMIT_DOWN]
    if texts in {("", ""), (_NO_LIMIT, _NO_LIMIT)}:
        return None, None
    up, down = map(price, texts)
    previous = price_or_none(fields[PREVIOUS])
    if not 0 < down <= (previous or down) <= up or down == up:
        raise ValueError(f"limits {down} and {up} around {previous}")
    return up, down


def _kind(text: str) -> InstrumentKind | None:
    """Read a kind; nothing of one that nobody has described."""
    if text and not _IS_KIND(text):
        raise ValueError(f"kind {text[:20]!r}")
    parts = text.split("-")
    return next((kind for part, kind in _KINDS.items() if part in parts), None)


def _lot(text: str) -> int | None:
    """Read a board lot in shares; that of an index is 0."""
    if text and not _IS_LOT(text):
        raise ValueError(f"lot {text[:20]!r}")
    return int(text or 0) or None
