"""The market clock: which session each market is in, what comes next, and when it has a holiday."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitors.calendars import Calendar, OverrideKind
from monitors.kinds import preferred_sources
from monitors.market import Market
from monitors.views.freshness import hours

_PRE_OPEN = {
    Market.CN: timedelta(minutes=15),
    Market.HK: timedelta(minutes=30),
    Market.US: timedelta(hours=5, minutes=30),
}
"""How long before the first session orders are taken: opening auctions, New York's early hours."""

_LOOK_AHEAD = 400
_DAY = timedelta(days=1)


class Phase(TextChoices):
    """Where in its day a market is."""

    PRE_OPEN = "pre-open", _("Pre-open")
    OPEN = "open", _("Open")
    LUNCH = "lunch", _("Lunch break")
    CLOSED = "closed", _("Closed")
    HOLIDAY = "holiday", _("Holiday")


@dataclass(frozen=True, slots=True)
class MarketClock:
    """A market at one time."""

    market: Market
    phase: Phase
    until: datetime | None
    """When it opens or closes next; None where it never does."""
    holiday: date | None
    """The next day of the week on which it is closed, or closes early."""
    is_half_day: bool
    hours: str
    """When it trades from now on, for the script."""

    @property
    def phase_label(self) -> Any:
        """The phase in words."""
        return self.phase.label

    @property
    def is_closing(self) -> bool:
        """Whether what comes next is an end."""
        return self.phase == Phase.OPEN


def market_clocks(
    markets: Iterable[Market], calendar: Calendar, now: datetime
) -> list[MarketClock]:
    """Return the clocks of some markets, in the order of markets."""
    watched = set(markets)
    return [_clock(market, calendar, now) for market in Market if market in watched]


def _clock(market: Market, calendar: Calendar, now: datetime) -> MarketClock:
    source = next(iter(preferred_sources(market).values()), None)
    always_open = source is not None and source.always_open
    trading = hours(market, calendar, now, always_open=always_open)
    if always_open:
        return MarketClock(market, Phase.OPEN, None, None, False, trading)
    holiday = _next_holiday(market, calendar, calendar.trading_day(market, now))
    return MarketClock(
        market,
        phase_of(market, calendar, now),
        calendar.next_change(market, now),
        holiday and holiday[0],
        holiday is not None and holiday[1] == OverrideKind.HALF_DAY,
        trading,
    )


def phase_of(market: Market, calendar: Calendar, now: datetime) -> Phase:
    """Return where in its day a market is."""
    if calendar.is_open(market, now):
        return Phase.OPEN
    today = calendar.trading_day(market, now)
    sessions = calendar.sessions(market, today)
    if not sessions:
        return Phase.CLOSED if today.weekday() >= 5 else Phase.HOLIDAY
    opening, close = sessions[0][0], sessions[-1][1]
    if now < opening:
        return Phase.PRE_OPEN if opening - now <= _PRE_OPEN[market] else Phase.CLOSED
    return Phase.LUNCH if now < close else Phase.CLOSED


def _next_holiday(
    market: Market, calendar: Calendar, today: date
) -> tuple[date, OverrideKind] | None:
    days = (today + number * _DAY for number in range(1, _LOOK_AHEAD))
    kinds = ((day, calendar.kind(market, day)) for day in days if day.weekday() < 5)
    return next((one for one in kinds if one[1] != OverrideKind.OPEN), None)
