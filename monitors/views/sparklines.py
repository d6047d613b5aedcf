"""The day's price in a few points a stock: of a whole page in one query, drawn as SVG."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from monitors.calendars import Calendar
from monitors.kinds import source_kinds
from monitors.market import Market
from monitors.models import Instrument
from stockwatch.fields import PLACES
from stockwatch.rowset import Rowset

POINTS = 32
"""At most so many a line; a minute that nobody traded in has none."""

WIDTH, HEIGHT = 96, 24
_INSET = 1.5
_MINUTE = timedelta(minutes=1)

_WANTED = Rowset("wanted", {"instrument_id": "bigint", "at": "timestamptz"})


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line of prices; `static/watchlist/sparkline.js` draws on with the same measures."""

    prices: tuple[float, ...]
    base: float | None
    """The previous close, drawn as a line across."""

    @property
    def _bounds(self) -> tuple[float, float]:
        known = self.prices if self.base is None else (*self.prices, self.base)
        return min(known), max(known)

    @property
    def low(self) -> float:
        """The price at the bottom."""
        return self._bounds[0]

    @property
    def high(self) -> float:
        """The price at the top."""
        return self._bounds[1]

    @property
    def points(self) -> str:
        """The line, from the left to the right edge, for a polyline."""
        last = max(1, len(self.prices) - 1)
        low, high = self._bounds
        return " ".join(
            f"{place * WIDTH / last:.4g},{_height(price, low, high):.4g}"
            for place, price in enumerate(self.prices)
        )

    @property
    def svg(self) -> str:
        """The drawing."""
        base = ""
        if self.base is not None:
            y = f"{_height(self.base, *self._bounds):.1f}"
            base = f'<line class="base" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>'
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true" '
            f'data-low="{self.low}" data-high="{self.high}">{base}'
            f'<polyline points="{self.points}"/></svg>'
        )


def _height(price: float, low: float, high: float) -> float:
    part = (price - low) / (high - low) if high > low else 0.5
    return HEIGHT - _INSET - part * (HEIGHT - 2 * _INSET)


def sparklines(
    instruments: Iterable[Instrument], calendar: Calendar, now: datetime
) -> dict[int, Sparkline]:
    """Return the lines of the newest trading day, by instrument; `quote` is loaded.

    Who has not two points has no line.
    """
    shown = {instrument.pk: instrument for instrument in instruments}
    times = {key: _times(*key, calendar, now) for key in set(map(_hours, shown.values()))}
    wanted = [(one.pk, at) for one in shown.values() for at in times[_hours(one)]]
    prices = defaultdict(list)
    for instrument_id, _at, close in _closes(wanted):
        prices[instrument_id].append(close / 10**PLACES)
    lines = {pk: _line(shown[pk], known) for pk, known in prices.items()}
    return {pk: line for pk, line in lines.items() if len(line.prices) > 1}


def _line(instrument: Instrument, known: Sequence[float]) -> Sparkline:
    quote = instrument.quote
    base = None if quote.previous_close is None else float(quote.previous_close)
    last = () if quote.price is None else (float(quote.price),)
    return Sparkline((*known, *last), base)


def _hours(instrument: Instrument) -> tuple[Market, bool]:
    source = source_kinds().get(instrument.quote.source)
    return Market(instrument.market), source is not None and source.always_open


def _times(
    market: Market, always_open: bool, calendar: Calendar, now: datetime
) -> tuple[datetime, ...]:
    """Return the minutes to show: evenly spread over what is over of the day."""
    if always_open:
        begin = now.astimezone(market.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
        sessions = [(begin.astimezone(UTC), now)]
    else:
        day = calendar.newest_day(market, now)
        sessions = [(start, min(end, now)) for start, end in calendar.sessions(market, day)]
    return _spread(tuple((start, end) for start, end in sessions if end > start))


@lru_cache(maxsize=64)
def _spread(sessions: tuple[tuple[datetime, datetime], ...]) -> tuple[datetime, ...]:
    minutes = [
        start + number * _MINUTE
        for start, end in sessions
        for number in range(int((end - start) / _MINUTE))
    ]
    step = max(1, -(-len(minutes) // POINTS))
    # Counted from the newest: the line ends where the price is.
    return tuple(reversed(minutes[::-1][::step]))


def _closes(wanted: Sequence[tuple[int, datetime]]) -> Iterable[tuple[Any, ...]]:
    """Return instrument, minute and price of each bar that there is, by a probe of the index each.

    Ordered by instrument and minute.
    """
    found = _WANTED.probing(
        "monitors_bar",
        ("instrument_id", "at", "close"),
        "t.instrument_id = r.instrument_id AND t.at = r.at",
    )
    return _WANTED.run(f"WITH {_WANTED.cte()} {found} ORDER BY 1, 2", wanted)
