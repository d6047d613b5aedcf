"""How fresh a quote is, and when markets trade: what an open page needs to go on saying both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from django.conf import settings
from django.utils import timezone

from monitors.calendars import Calendar, Session
from monitors.kinds import source_kinds
from monitors.market import Market
from monitors.models import Instrument, Quote

AHEAD = 12
"""Sessions that a page knows in advance: a week of them, and it asks again at each."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a quote may be while its market trades; `static/freshness.js` goes on from there."""

    market: str
    """Where it trades; empty where it always does."""
    allowed: int
    """Seconds of trading after which it is stale; 0 is never."""
    is_stale: bool
    time: str
    """The time of day; with the date where that is another day."""


def freshness(instrument: Instrument, calendar: Calendar, now: datetime) -> Freshness:
    """Return how fresh an instrument's quote is; `quote` is loaded."""
    quote, market = instrument.quote, Market(instrument.market)
    source = source_kinds().get(quote.source)
    always_open = source is not None and source.always_open
    since = quote.at if always_open else _begun(market, calendar, now)
    allowed = settings.QUOTE_MAX_AGE + quote.delay if settings.QUOTE_MAX_AGE else 0
    return Freshness(
        "" if always_open else market.value,
        allowed,
        _is_stale(quote, allowed, since, now),
        _time(quote.at, now),
    )


def hours(market: Market, calendar: Calendar, now: datetime, *, always_open: bool) -> str:
    """Return when a market trades from now on, as `static/sessions.js` reads it.

    One that always does so trades by days, so that a page hears of each new one.
    """
    coming = _days(market, now) if always_open else calendar.sessions_from(market, now)
    return _written(islice(coming, AHEAD))


def _is_stale(quote: Quote, allowed: int, since: datetime | None, now: datetime) -> bool:
    """Whether a quote is too old for a market that has been open since a time."""
    if not allowed or since is None or quote.at is None:
        return False
    # What was the last price before the bell grows old from the bell on.
    return now - max(quote.at, since) > timedelta(seconds=allowed)


def _begun(market: Market, calendar: Calendar, now: datetime) -> datetime | None:
    return calendar.opened(market, now) if calendar.is_open(market, now) else None


def _days(market: Market, now: datetime) -> Iterator[Session]:
    day = now.astimezone(market.timezone).date()
    while True:
        begin, day = day, day + timedelta(days=1)
        yield (
            datetime.combine(begin, time(), market.timezone),
            datetime.combine(day, time(), market.timezone),
        )


def _written(sessions: Iterable[Session]) -> str:
    bounds = ((int(begin.timestamp()), int(end.timestamp())) for begin, end in sessions)
    return " ".join(f"{begin}-{end}" for begin, end in bounds)


def _time(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    is_today = local.date() == timezone.localdate(now)
    return f"{local:%H:%M:%S}" if is_today else f"{local:%m-%d %H:%M}"
