"""Keeps the days of the past years: asked for when a stock is new here, and after each close."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from monitors.asking.inquiries import ask_days, day_sources
from monitors.calendars import Calendar
from monitors.market import Candle, Market
from monitors.models import DailyBar, Instrument, Monitor, Quote

A_RUN = 2
"""Stocks whose days are asked for at a time: quotes, and then minutes, come before them in a
source's budget, and after a close there is the whole night."""

SETTLED = timedelta(minutes=30)
"""After the close, when the day's figures are final also where a source is 15 minutes late."""

AGAIN_AFTER = timedelta(minutes=10)
"""How long a stock waits whose days no source would tell."""


def fill(now: datetime, calendar: Calendar) -> int:
    """Ask for the days of some watched stocks that are due; return how many rows were written.

    Stocks that have none come first, as somebody looks at an empty chart.
    """
    markets = [market for market in Market if day_sources(market)]
    due = Instrument.objects.filter(
        days_due_at__lte=now,
        market__in=markets,
        pk__in=Monitor.objects.active().values("instrument"),
    ).annotate(has_days=Exists(DailyBar.objects.filter(instrument=OuterRef("pk"))))
    return sum(
        _fill(one, now, calendar) for one in due.order_by("has_days", "days_due_at", "pk")[:A_RUN]
    )


def due_next(market: Market, now: datetime, calendar: Calendar) -> datetime:
    """Return when a market's days are to be asked for again.

    All of them, each trading day: a split changes what was before it, and figures are corrected.
    """
    return calendar.close_after(market, now - SETTLED) + SETTLED


def _fill(instrument: Instrument, now: datetime, calendar: Calendar) -> int:
    # Moved before anybody is asked: another worker asks for another one, and what dies is asked
    # for again.
    mine = Instrument.objects.filter(pk=instrument.pk, days_due_at=instrument.days_due_at)
    if mine.update(days_due_at=now + AGAIN_AFTER) != 1:
        return 0
    told = ask_days(instrument.parsed)
    if told is None:
        return 0
    source, candles = told
    market = Market(instrument.market)
    due_at = due_next(market, now, calendar)
    Instrument.objects.filter(pk=instrument.pk, days_due_at=now + AGAIN_AFTER).update(
        days_due_at=due_at
    )
    # Made-up and real prices do not stand in one chart; what is stored says which ones it has.
    if not Quote.objects.fits(instrument, source):
        return 0
    over = [candle for candle in candles if _is_over(candle, market, now, calendar)]
    return DailyBar.objects.replace(instrument, over, now)


def _is_over(candle: Candle, market: Market, now: datetime, calendar: Calendar) -> bool:
    """Whether a day's figures are final: the day that runs is made of live minutes instead."""
    today = calendar.trading_day(market, now)
    if candle.at.date() != today:
        return candle.at.date() < today
    sessions = calendar.sessions(market, today)
    return bool(sessions) and sessions[-1][1] + SETTLED <= now
