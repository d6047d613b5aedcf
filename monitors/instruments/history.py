"""Fills the charts of stocks that are new here with the minutes that a source remembers."""

import logging
from datetime import datetime, timedelta

from monitors.asking.inquiries import ask_history
from monitors.models import Bar, Instrument, Monitor, Quote
from monitors.symbols import Symbol

logger = logging.getLogger(__name__)

A_RUN = 5
"""Stocks whose past is asked for at a time: quotes come first, and sources count requests."""

AGAIN_AFTER = timedelta(minutes=10)
"""How long a stock waits whose past no source would tell."""


def fill(now: datetime) -> int:
    """Ask for the past of some watched stocks that lack it; return how many minutes were new."""
    watched = Monitor.objects.active().values("instrument")
    due = Instrument.objects.filter(history_due_at__lte=now, pk__in=watched)
    return sum(_fill(one, now) for one in due.order_by("history_due_at")[:A_RUN])


def _fill(instrument: Instrument, now: datetime) -> int:
    told = ask_history(Symbol.parse(instrument.symbol))
    again = None if told is not None else now + AGAIN_AFTER
    Instrument.objects.filter(pk=instrument.pk).update(history_due_at=again)
    if told is None:
        return 0
    source, candles = told
    # Made-up and real prices do not stand in one chart; what is stored says which ones it has.
    if not Quote.objects.fits(instrument, source):
        return 0
    # The minute that runs is being built from quotes.
    running = now.replace(second=0, microsecond=0)
    return Bar.objects.fill(instrument, [candle for candle in candles if candle.at < running])


def forget(market: str, now: datetime) -> None:
    """Have a market's stocks asked for again: minutes are missing after an outage."""
    Instrument.objects.filter(market=market).update(history_due_at=now)
