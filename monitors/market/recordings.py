"""Recorded markets: CSV files of snapshots or of one-minute bars, read as snapshots in time order.

The header tells which. Symbols are written in any form that Symbol.parse takes, times are local
to the market, figures may carry float dust. Files may be gzipped.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from monitors.market import Market, QuoteState, Snapshot
from monitors.symbols import Symbol, SymbolError

SOURCE = "recording"

_SNAPSHOT_COLUMNS = [
    *("symbol", "datetime", "pre_close", "open", "high", "low", "last"),
    *("volume", "amount", "status", "bid1"),
]
_BAR_COLUMNS = ["symbol", "datetime", "open", "high", "low", "close", "volume"]
_OPENING_AUCTION = "OCALL"
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2200

# A mainland bar is stamped with its end, one of New York with its start.
_BAR_LENGTH = {Market.CN: timedelta(), Market.HK: timedelta(), Market.US: timedelta(minutes=1)}

_GZIP_MAGIC = b"\x1f\x8b"
_NUMBER = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,30})?(?:[Ee][0-9]{1,2})?").fullmatch
_CENT, _WHOLE = Decimal("0.01"), Decimal(1)
_PRICE_LIMIT, _VOLUME_LIMIT, _AMOUNT_LIMIT = Decimal(10) ** 9, Decimal(10) ** 15, Decimal(10) ** 18


class RecordingError(ValueError):
    """The file cannot be replayed. The message names line and column, and what is wrong."""


class Bar(NamedTuple):
    """One minute of one instrument; `at` is when it ended."""

    at: datetime
    symbol: Symbol
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


def read(path: Path) -> Iterator[Snapshot]:
    """Return the file's snapshots, oldest first; those of one time in the file's order.

    The whole file is read and checked before the first is returned. Raises RecordingError.
    """
    by_time = attrgetter("at")
    try:
        with _open(path) as file:
            table = csv.DictReader(file, strict=True)
            lines = (Line(table.line_num, cells) for cells in table)
            if _has(table, _SNAPSHOT_COLUMNS):
                return iter(sorted(map(_snapshot, lines), key=by_time))
            if _has(table, _BAR_COLUMNS):
                return _snapshots(sorted(map(_bar, lines), key=by_time))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise RecordingError(f"cannot be read as CSV: {error}") from error
    raise RecordingError(
        f"line 1: the columns must be those of snapshots ({', '.join(_SNAPSHOT_COLUMNS)})"
        f" or of bars ({', '.join(_BAR_COLUMNS)})"
    )


class Line:
    """One row of the file; what cannot be read is a RecordingError that says where."""

    def __init__(self, number: int, cells: Mapping[Any, str | None]) -> None:
        if None in cells:  # where the reader puts what has no column
            raise RecordingError(f"line {number}: more cells than columns")
        self.number = number
        self.cells = cells

    def text(self, column: str) -> str:
        """Return a cell without the blanks around it."""
        text = self.cells[column]
        if text is None:
            raise RecordingError(f"line {self.number}, column {column}: missing")
        return text.strip()

    def refuse(self, column: str, why: str) -> RecordingError:
        """Return the error to raise for a cell."""
        return RecordingError(
            f"line {self.number}, column {column}: {self.text(column)[:40]!r} {why}"
        )

    def symbol(self) -> Symbol:
        """Return whose row it is."""
        try:
            return Symbol.parse(self.text("symbol"))
        except SymbolError as error:
            raise self.refuse("symbol", f"is no symbol ({error})") from error

    def at(self, market: Market) -> datetime:
        """Return the row's time in UTC; a time without an offset is local to the market."""
        try:
            at = datetime.fromisoformat(self.text("datetime"))
            at = (at if at.tzinfo else at.replace(tzinfo=market.timezone)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.refuse("datetime", "is no time such as 2021-12-01 09:30:00") from error
        if not _EARLIEST_YEAR <= at.year <= _LATEST_YEAR:
            raise self.refuse("datetime", f"is not from {_EARLIEST_YEAR} to {_LATEST_YEAR}")
        return at

    def price(self, column: str, symbol: Symbol) -> Decimal:
        """Return a price on the instrument's tick, which takes the float dust off."""
        return self.number_in(column, symbol.tick, _PRICE_LIMIT)

    def volume(self) -> int:
        """Return the number of shares."""
        return int(self.number_in("volume", _WHOLE, _VOLUME_LIMIT))

    def number_in(self, column: str, unit: Decimal, limit: Decimal) -> Decimal:
        """Return a number from 0 to below a limit, rounded to a multiple of a power of ten."""
        number = _number(self.text(column), unit, limit)
        if number is None:
            raise self.refuse(column, f"is no number from 0 to below {limit:f}")
        return number


@lru_cache(maxsize=65_536)
def _number(text: str, unit: Decimal, limit: Decimal) -> Decimal | None:
    if not _NUMBER(text):
        return None
    number = Decimal(text)
    return number.quantize(unit) if number < limit else None


def _open(path: Path) -> IO[str]:
    with path.open("rb") as file:
        zipped = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    if zipped:
        return cast(IO[str], gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


def _has(table: "csv.DictReader[str]", columns: Iterable[str]) -> bool:
    return set(columns) <= set(table.fieldnames or ())


def _snapshot(line: Line) -> Snapshot:
    """Read an exchange's snapshot. Before the first trade its price is what the auction shows."""
    symbol = line.symbol()
    last, bid, previous = (line.price(name, symbol) for name in ("last", "bid1", "pre_close"))
    in_auction = not last or line.text("status") == _OPENING_AUCTION
    price = (bid or last or previous) if in_auction else last
    if not price:
        raise line.refuse("last", "is no price, and there is neither a bid nor a previous close")
    return Snapshot(
        symbol=symbol,
        at=line.at(symbol.market),
        price=price,
        previous_close=previous or None,
        open=line.price("open", symbol) or None,
        high=line.price("high", symbol) or None,
        low=line.price("low", symbol) or None,
        volume=line.volume(),
        amount=line.number_in("amount", _CENT, _AMOUNT_LIMIT),
        state=QuoteState.AUCTION if in_auction else QuoteState.TRADING,
        name="",
        source=SOURCE,
    )


def _bar(line: Line) -> Bar:
    symbol = line.symbol()
    first, high, low, close = (
        line.price(name, symbol) for name in ("open", "high", "low", "close")
    )
    if not 0 < low <= min(first, close) <= max(first, close) <= high:
        raise line.refuse("low", "is not 0 < low <= open, close <= high")
    at = line.at(symbol.market) + _BAR_LENGTH[symbol.market]
    return Bar(at, symbol, first, high, low, close, line.volume())


class _Day:
    """What the bars of an instrument's day add up to."""

    def __init__(self, first: Bar, previous_close: Decimal | None) -> None:
        self.date = _date(first)
        self.previous_close = previous_close
        self.open, self.high, self.low = first.open, first.high, first.low
        self.close = first.close
        self.volume = 0

    def add(self, bar: Bar) -> Snapshot:
        """Return the quote at the bar's end."""
        self.high, self.low = max(self.high, bar.high), min(self.low, bar.low)
        self.close = bar.close
        self.volume += bar.volume
        return Snapshot(
            symbol=bar.symbol,
            at=bar.at,
            price=bar.close,
            previous_close=self.previous_close,
            open=self.open,
            high=self.high,
            low=self.low,
            volume=self.volume,
            amount=None,
            state=QuoteState.TRADING,
            name="",
            source=SOURCE,
        )


def _snapshots(bars: Iterable[Bar]) -> Iterator[Snapshot]:
    """Turn bars in time order into what a quote source would have said as each ended."""
    days: dict[Symbol, _Day] = {}
    for bar in bars:
        day = days.get(bar.symbol)
        if day is None or day.date != _date(bar):
            day = days[bar.symbol] = _Day(bar, day.close if day else None)
        yield day.add(bar)


def _date(bar: Bar) -> date:
    return bar.at.astimezone(bar.symbol.market.timezone).date()
