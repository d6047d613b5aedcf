"""A market without end whose cursors move when the system has stored what it was served.

A reply may be lost with the worker that asked for it. Served once and for all, its quotes would be
lost too, and rightly so: no source says anything twice. Here each request gets the first quotes
that are newer than the stored ones, so that the system accepts every quote exactly once, whatever
dies, and the oracle sees them all.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitors.calendars import Calendar
from monitors.market import Market, Snapshot
from monitors.symbols import Symbol
from tests.standin.market import StandInMarket

Stored = Callable[[], Mapping[Symbol, datetime]]
WEEK = timedelta(days=7)


class LoopingMarket(StandInMarket):
    """Plays a recording again and again, on later days each time, until it is told to end."""

    def __init__(self, recording: Iterable[Snapshot], stored: Stored) -> None:
        super().__init__(one_a_second(recording))
        self._stored = stored
        self._lap = {symbol: list(tape.snapshots) for symbol, tape in self.tapes.items()}
        self._laps = dict.fromkeys(self.tapes, 0)
        self._shifts = alike_weeks(snapshot for lap in self._lap.values() for snapshot in lap)
        self._used_shifts = [timedelta()]
        self._ending = False

    async def prepare(self) -> None:
        """Move the cursors behind what is stored, and see that there is more to come."""
        stored = await asyncio.to_thread(self._stored)
        for symbol, at in stored.items():
            tape = self.tapes[symbol]
            while not tape.at_end and tape.snapshots[tape.served].at <= at:
                tape.served += 1
            if tape.at_end and not self._ending:
                tape.snapshots += self._next_lap(symbol)

    def advance(self, seen: Mapping[Symbol, int]) -> None:
        """Leave the cursors alone: that something was served does not mean that it arrived."""

    async def finish(self, further: int) -> None:
        """Let every tape end so many snapshots from here."""
        self._ending = True
        for tape in self.tapes.values():
            del tape.snapshots[tape.served + further :]

    @property
    def at_end(self) -> bool:
        """Whether every quote has been stored."""
        return all(tape.at_end for tape in self.tapes.values())

    def _next_lap(self, symbol: Symbol) -> list[Snapshot]:
        self._laps[symbol] += 1
        while len(self._used_shifts) <= self._laps[symbol]:
            self._used_shifts.append(next(self._shifts))
        shift = self._used_shifts[self._laps[symbol]]
        return [replace(one, at=later(one.at, symbol.market, shift)) for one in self._lap[symbol]]


def one_a_second(recording: Iterable[Snapshot]) -> Iterator[Snapshot]:
    """Yield what a quote's time, which is in whole seconds on the wire, can tell apart."""
    newest: dict[Symbol, datetime] = {}
    for snapshot in recording:
        at = snapshot.at.replace(microsecond=0)
        if snapshot.symbol not in newest or at > newest[snapshot.symbol]:
            newest[snapshot.symbol] = at
            yield replace(snapshot, at=at)


def later(at: datetime, market: Market, shift: timedelta) -> datetime:
    """Return the same time of the market's clock on a later day."""
    return (at.astimezone(market.timezone) + shift).astimezone(UTC)


def alike_weeks(snapshots: Iterable[Snapshot]) -> Iterator[timedelta]:
    """Yield the shifts by whole weeks that bring trading days to trading days, and never overlap.

    Holidays are passed over: the oracle knows none.
    """
    calendar = Calendar()
    days = {
        (one.symbol.market, one.at.astimezone(one.symbol.market.timezone).date())
        for one in snapshots
    }
    dates = [day for _market, day in days]
    lap = (max(dates) - min(dates)) // WEEK * WEEK + WEEK
    shift = lap
    while True:
        if all(
            _hours(calendar, market, day) == _hours(calendar, market, day + shift)
            for market, day in days
        ):
            yield shift
            shift += lap
        else:
            shift += WEEK


def _hours(calendar: Calendar, market: Market, day: date) -> list[tuple[time, time]]:
    sessions = calendar.sessions(market, day)
    return [
        (begin.astimezone(market.timezone).time(), end.astimezone(market.timezone).time())
        for begin, end in sessions
    ]
