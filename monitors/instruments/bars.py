"""Bars for charts: one-minute bars as they are kept, longer ones derived from them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitors.calendars import Calendar
from monitors.market import Candle, Market
from monitors.models import Bar, Instrument

DAY = 24 * 60

INTERVALS = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "1d": DAY}
"""Minutes of each interval that a client may ask for."""

MOST_BARS = 1000

_MINUTE = timedelta(minutes=1)


def newest(instrument: Instrument, interval: str, limit: int, calendar: Calendar) -> list[Candle]:
    """Return the instrument's newest bars, oldest first; `interval` is a key of INTERVALS."""
    minutes = INTERVALS[interval]
    rows = (
        Bar.objects.filter(instrument=instrument)
        .order_by("-at")
        .values_list("at", "open", "high", "low", "close", "volume")[: minutes * (limit + 1)]
    )
    ones = [Candle(*row) for row in reversed(rows)]
    return derive(ones, minutes, Market(instrument.market), calendar)[-limit:]


def derive(
    ones: Iterable[Candle], minutes: int, market: Market, calendar: Calendar
) -> list[Candle]:
    """Merge one-minute bars into longer ones; none goes over the break between two sessions."""
    merged: list[Candle] = []
    for bar in ones:
        bar.at = interval_start(bar.at, minutes, market, calendar)
        if merged and merged[-1].at == bar.at:
            merged[-1].absorb(bar)
        else:
            merged.append(bar)
    return merged


def interval_start(at: datetime, minutes: int, market: Market, calendar: Calendar) -> datetime:
    """Return the start of the interval that a minute is in, in the market's zone.

    Intervals are counted from the bell, as the exchanges and brokers do: the first hour of
    Shanghai is 9:30 to 10:30. Outside of sessions, where only a made-up market trades, they are
    counted from the last bell, or from midnight. The print of the closing auction, stamped after
    the bell, belongs to the session's last interval.
    """
    local = at.astimezone(market.timezone)
    if minutes == 1:
        return local
    bell = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if minutes == DAY:
        return bell
    for start, end in calendar.sessions(market, local.date()):
        if start <= at <= end:
            bell, at = start, min(at, end - _MINUTE)
        elif end < at:
            bell = end
    passed = (at - bell) // _MINUTE // minutes * minutes
    return (bell + passed * _MINUTE).astimezone(market.timezone)
