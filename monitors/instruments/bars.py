"""Bars for charts: one-minute bars as they are kept, longer ones derived from them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitors.market import Candle, Market
from monitors.models import Bar, Instrument

INTERVALS = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "1d": 24 * 60}
"""Minutes of each interval that a client may ask for."""

MOST_BARS = 1000


def newest(instrument: Instrument, interval: str, limit: int) -> list[Candle]:
    """Return the instrument's newest bars, oldest first; `interval` is a key of INTERVALS."""
    minutes = INTERVALS[interval]
    rows = (
        Bar.objects.filter(instrument=instrument)
        .order_by("-at")
        .values_list("at", "open", "high", "low", "close", "volume")[: minutes * (limit + 1)]
    )
    ones = [Candle(*row) for row in reversed(rows)]
    return derive(ones, minutes, Market(instrument.market))[-limit:]


def derive(ones: Iterable[Candle], minutes: int, market: Market) -> list[Candle]:
    """Merge one-minute bars into longer ones, which start at the market's local full intervals."""
    merged: list[Candle] = []
    for bar in ones:
        bar.at = interval_start(bar.at, minutes, market)
        if merged and merged[-1].at == bar.at:
            merged[-1].absorb(bar)
        else:
            merged.append(bar)
    return merged


def interval_start(at: datetime, minutes: int, market: Market) -> datetime:
    """Return the start of the interval that a time is in, counted from the market's midnight."""
    local = at.astimezone(market.timezone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local.hour * 60 + local.minute) // minutes * minutes
    return midnight + timedelta(minutes=passed)
