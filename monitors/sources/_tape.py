"""Recorded quotes on an endless tape: at its end it begins anew.

Positions are seconds of recorded time from the beginning of the tape. Pauses in which nothing was
quoted (nights, lunch breaks, the way from one file to the next) are shortened.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol

LONGEST_PAUSE = timedelta(minutes=1)
"""What a pause is shortened to, that before the next lap too; bars come a minute apart."""

MOST = 1000
"""Quotes of a symbol that are given at a time; before more of them, the newest count."""


@dataclass(slots=True)
class Track:
    """One symbol's quotes and their positions."""

    positions: "array[float]" = field(default_factory=lambda: array("d"))
    quotes: list[Snapshot] = field(default_factory=list)


class Tape:
    """What was recorded, in the order of its times; kept as it was read, once a process."""

    def __init__(self, recorded: Iterable[Snapshot]) -> None:
        self._tracks: dict[Symbol, Track] = {}
        days: dict[Symbol, _Day] = {}
        before, end = None, timedelta()
        for quote in recorded:
            end += min(quote.at - before, LONGEST_PAUSE) if before else timedelta()
            before = quote.at
            track = self._tracks.setdefault(quote.symbol, Track())
            track.positions.append(end.total_seconds())
            track.quotes.append(days.setdefault(quote.symbol, _Day()).witnessed(quote))
        self.length = (end + LONGEST_PAUSE).total_seconds()
        """Seconds of one lap."""

    def quotes(self, symbol: Symbol, after: float, until: float) -> list[tuple[float, Snapshot]]:
        """Return the newest quotes between two positions, the second included, oldest first."""
        track = self._tracks.get(symbol)
        if track is None or until < 0:
            return []
        found: list[tuple[float, Snapshot]] = []
        for lap in range(int(until // self.length), max(-1, int(after // self.length) - 1), -1):
            begin = lap * self.length
            first = bisect_right(track.positions, after - begin)
            last = bisect_right(track.positions, until - begin)
            places = range(first, last)
            found[:0] = [(begin + track.positions[at], track.quotes[at]) for at in places]
            if len(found) >= MOST:
                break
        return found[-MOST:]


@dataclass(slots=True)
class _Day:
    """What of the highs and lows of a symbol's day the tape itself shows.

    A recording that begins at noon states a high of the morning. After a lap that would be taken
    for news: a price that was touched between its last quote and its first.
    """

    day: date | None = None
    stated: tuple[Decimal | None, Decimal | None] = None, None
    """The day's high and low as its first quote stated them: reached before the tape began."""
    high: Decimal = Decimal(0)
    low: Decimal = Decimal(0)
    """Of the prices since then."""

    def witnessed(self, quote: Snapshot) -> Snapshot:
        """Return the quote with a high and a low that were reached on the tape."""
        if quote.state is not QuoteState.TRADING:
            return quote
        today = quote.at.astimezone(quote.symbol.market.timezone).date()
        if today != self.day:
            self.day, self.stated = today, (quote.high, quote.low)
            self.high = self.low = quote.price
        self.high, self.low = max(self.high, quote.price), min(self.low, quote.price)
        high, low = quote.high, quote.low
        stated_high, stated_low = self.stated
        if high is not None and (stated_high is None or high <= stated_high):
            high = self.high
        if low is not None and (stated_low is None or low >= stated_low):
            low = self.low
        return (
            quote if (high, low) == (quote.high, quote.low) else replace(quote, high=high, low=low)
        )
