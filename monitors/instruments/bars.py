"""Bars for charts: one-minute bars as they are kept, longer ones derived from them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from monitors.calendars import Calendar
from monitors.market import Candle, Market
from monitors.models import Bar, Instrument
from stockwatch.fields import from_units

DAY = 24 * 60

INTERVALS = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "1d": DAY}
"""Minutes of each interval that a client may ask for."""

MOST_BARS = 1000

PRICES = ("open", "high", "low", "close")

_MINUTE = timedelta(minutes=1)


def newest(instrument: Instrument, interval: str, limit: int, calendar: Calendar) -> list[Candle]:
    """Return the instrument's newest bars, oldest first; `interval` is a key of INTERVALS."""
    minutes = INTERVALS[interval]
    # Whole millionths until they are merged: a month of minutes is more than anybody waits for.
    columns = [Cast(name, BigIntegerField()) for name in PRICES]
    rows = (
        Bar.objects.filter(instrument=instrument)
        .order_by("-at")
        .values_list("at", *columns, "volume")[: minutes * (limit + 1)]
    )
    ones = [Candle(*row) for row in reversed(rows)]
    merged = derive(ones, minutes, Market(instrument.market), calendar)[-limit:]
    for bar in merged:
        for name in PRICES:
            setattr(bar, name, from_units(getattr(bar, name)))
    return merged


def derive(
    ones: Iterable[Candle], minutes: int, market: Market, calendar: Calendar
) -> list[Candle]:
    """Merge one-minute bars into longer ones; none goes over the break between two sessions."""
    merged: list[Candle] = []
    until: datetime | None = None
    for bar in ones:
        if until is not None and bar.at < until:
            merged[-1].absorb(bar)
            continue
        bar.at, until = interval_of(bar.at, minutes, market, calendar)
        merged.append(bar)
    return merged


def interval_of(
    at: datetime, minutes: int, market: Market, calendar: Calendar
) -> tuple[datetime, datetime]:
    """Return start and end of the interval that a minute is in, in the market's zone.

    Intervals are counted from the bell, as the exchanges and brokers do: the first hour of
    Shanghai is 9:30 to 10:30. Outside of sessions, where only a made-up market trades, they are
    counted from the last bell, or from midnight. The print of the closing auction, stamped after
    the bell, belongs to the session's last interval.
    """
    local = at.astimezone(market.timezone)
    if minutes == 1:
        return local, local + _MINUTE
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + timedelta(days=1)
    if minutes == DAY:
        return start, end
    grace = timedelta(0)
    for opens, closes in calendar.sessions(market, local.date()):
        if at < opens:
            end = opens
            break
        if at <= closes:
            start, end, grace = opens, closes, _MINUTE
            break
        start = closes
    length = timedelta(minutes=minutes)
    start += (min(at, end - _MINUTE) - start) // length * length
    end = end + grace if start + length >= end else start + length
    return start.astimezone(market.timezone), end.astimezone(market.timezone)
