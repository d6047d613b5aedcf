"""Bars for charts: minutes as they are kept, longer ones derived from them, and days.

Days are those that a source told; behind them, and where none told any, they are made of minutes.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from monitors.calendars import Calendar
from monitors.market import Candle, Market
from monitors.models import Bar, DailyBar, Instrument
from stockwatch.fields import from_units

DAY = 24 * 60

_MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60}
_DAYS: dict[str, tuple[int, Callable[[date], date]]] = {
    "1d": (1, lambda day: day),
    "1w": (7, lambda day: day - timedelta(days=day.weekday())),
    "1M": (31, lambda day: day.replace(day=1)),
}
"""Days that each of the longer intervals has at most, and the first of the one a day is in."""

INTERVALS = [*_MINUTES, *_DAYS]
"""What a client may ask for."""

MOST_BARS = 1000

MOST_DAYS = 1200
"""More than are kept."""

PRICES = ("open", "high", "low", "close")

_MINUTE = timedelta(minutes=1)


def newest(
    instrument: Instrument,
    interval: str,
    limit: int,
    calendar: Calendar,
    before: datetime | None = None,
) -> list[Candle]:
    """Return the instrument's newest bars, oldest first; `interval` is one of INTERVALS.

    With `before` the newest of those that begin before that time.
    """
    if interval in _DAYS:
        merged = _newest_of_days(instrument, interval, limit, calendar, before)
    else:
        merged = _newest_of_minutes(instrument, _MINUTES[interval], limit, calendar, before)
    for bar in merged:
        for name in PRICES:
            setattr(bar, name, from_units(getattr(bar, name)))
    return merged


def _newest_of_minutes(
    instrument: Instrument, minutes: int, limit: int, calendar: Calendar, before: datetime | None
) -> list[Candle]:
    market = Market(instrument.market)
    until = before
    if before is not None:
        start, end = interval_of(before, minutes, market, calendar)
        until = end if start < before else before
    # A session's last interval has the minute of the bell, too.
    most = limit if minutes == 1 else (minutes + 1) * (limit + 1)
    merged = derive(_kept_minutes(instrument, most, until=until), minutes, market, calendar)
    return merged[-limit:]


def _newest_of_days(
    instrument: Instrument, interval: str, limit: int, calendar: Calendar, before: datetime | None
) -> list[Candle]:
    longest, first_of = _DAYS[interval]
    most = min(longest * limit, MOST_DAYS)
    market = Market(instrument.market)
    until = None if before is None else _next_begin(before, interval, market)
    stored = DailyBar.objects.filter(instrument=instrument).order_by("-day")
    wanted = stored.filter(day__lt=until.date()) if until else stored
    rows = wanted.values_list("day", *_in_units(), "volume")[:most]
    days = [Candle(_begin(day, market), *figures) for day, *figures in reversed(rows)]
    # Minutes go on where the stored days end, and nowhere else.
    if until is None or not stored.filter(day__gte=until.date()).exists():
        since = days[-1].at + timedelta(days=1) if days else None
        ones = _kept_minutes(instrument, DAY * (most + 1), since, until)
        days += derive(ones, DAY, market, calendar)
    merged: list[Candle] = []
    for day in days:
        day.at = _begin(first_of(day.at.date()), market)
        if merged and merged[-1].at == day.at:
            merged[-1].absorb(day)
        else:
            merged.append(day)
    return merged[-limit:]


def _next_begin(at: datetime, interval: str, market: Market) -> datetime:
    """Return when the first of these intervals begins that does not begin before a time."""
    longest, first_of = _DAYS[interval]
    first = first_of(at.astimezone(market.timezone).date())
    if _begin(first, market) < at:
        first = first_of(first + timedelta(days=longest))
    return _begin(first, market)


def _kept_minutes(
    instrument: Instrument,
    most: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Candle]:
    """Return the newest minutes, from a time on and before another where given, oldest first."""
    kept = Bar.objects.filter(instrument=instrument)
    if since is not None:
        kept = kept.filter(at__gte=since)
    if until is not None:
        kept = kept.filter(at__lt=until)
    rows = kept.order_by("-at").values_list("at", *_in_units(), "volume")[:most]
    return [Candle(*row) for row in reversed(rows)]


def _in_units() -> list[Cast]:
    # Whole millionths until they are merged: a month of minutes is more than anybody waits for.
    return [Cast(name, BigIntegerField()) for name in PRICES]


def _begin(day: date, market: Market) -> datetime:
    return datetime.combine(day, time(), market.timezone)


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
