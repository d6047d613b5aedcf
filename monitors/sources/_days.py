"""Days of the past as sources tell them: dated strictly, sorted, none that is told in two ways."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeVar

from monitors.market import Candle, Market
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources.base import SourceError

Row = TypeVar("Row")

MOST_ROWS = 2000
"""Days of a reply. Sources are asked for at most 1000: what is longer is no answer to that."""

_DATE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}").fullmatch


def read_days(
    rows: Sequence[Row], read: Callable[[Row], Candle | None], market: Market, now: datetime
) -> list[Candle]:
    """Return the days that can be read, oldest first.

    `read` returns None for a row that says nothing, and raises ValueError for one that cannot be.
    Such a row is left out, as are a day to come and one that is told in two ways. Raises
    SourceError where that leaves nothing, and where the reply is far longer than what was asked.
    """
    if len(rows) > MOST_ROWS:
        raise SourceError(f"{len(rows)} days, not asked for")
    latest = (now + CLOCK_SKEW).astimezone(market.timezone)
    days: dict[datetime, Candle | None] = {}
    refused = ""
    for row in rows:
        try:
            if candle := read(row):
                _add(days, candle, latest)
        except ValueError as error:
            refused = str(error)
    good = [candle for _at, candle in sorted(days.items()) if candle]
    if not good and (refused or days):
        raise SourceError(f"no readable day ({refused or 'each is told in two ways'})")
    return good


def _add(days: dict[datetime, Candle | None], candle: Candle, latest: datetime) -> None:
    if candle.at > latest:
        raise ValueError(f"{candle.at:%Y-%m-%d} is to come")
    days[candle.at] = candle if days.get(candle.at, candle) == candle else None


def midnight(text: str, market: Market) -> datetime:
    """Read `2026-11-23` as the beginning of that day in a market. Raises ValueError."""
    if not _DATE(text):
        raise ValueError(f"date {text[:20]!r}")
    return begin(date.fromisoformat(text), market)


def begin(day: date, market: Market) -> datetime:
    """Return when a market's day begins: `at` of its candle."""
    return datetime.combine(day, time(), market.timezone)


def check_range(opened: Decimal, high: Decimal, low: Decimal, close: Decimal) -> None:
    """Raise ValueError where a candle's prices contradict each other."""
    if not 0 < low <= min(opened, close) <= max(opened, close) <= high:
        raise ValueError(f"{opened} to {close} of {low} to {high}")
