"""Which instruments are due, and how they are split into chunks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery

from monitors.calendars import Calendar
from monitors.kinds import comparable, configured_sources
from monitors.market import Market
from monitors.models import Instrument, Monitor
from monitors.polling.pacing import plan
from monitors.symbols import Symbol
from stockwatch.rowset import slices

BEFORE_OPEN = timedelta(minutes=20)
"""The opening auction is shown before the session in which it may fire."""
AFTER_CLOSE = timedelta(minutes=20)
"""The closing price comes some time after the bell, and from a source that is 15 minutes late by
design (Hong Kong through tencent) that much later."""
SMALL_CHUNK, FEW_CHUNKS = 100, 5
"""Symbols that are not split any more, and chunks that a market is split into where it may be."""
UNKNOWN_AGAIN = timedelta(seconds=60)
"""How often a symbol that has no quote yet is asked for while its market is closed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instrument with an active monitor, and what decides whether it is due."""

    pk: int
    symbol: Symbol
    interval: int
    """Seconds, the smallest of its active monitors; 0 is every sweep."""
    round_the_clock: bool
    polled_at: datetime | None
    quoted_at: datetime | None
    """The time stamp of the stored quote."""


def candidates() -> list[Candidate]:
    """Instruments with an active monitor: an index probe each, however many monitors there are."""
    active = Monitor.objects.active().filter(instrument=OuterRef("pk"))
    rows = (
        Instrument.objects.annotate(
            interval=Subquery(active.order_by("check_interval").values("check_interval")[:1]),
            round_the_clock=Exists(active.filter(trading_hours_only=False)),
        )
        .exclude(interval=None)
        .order_by("pk")
        .values_list(
            *("pk", "symbol", "interval", "round_the_clock", "polled_at"),
            *("quote__at", "quote__source"),
        )
    )
    # What the demo market or a recording left behind is no quote to anybody else. One source
    # answers for all: such a one stands alone.
    source_in_use = next(iter(configured_sources()), "")
    return [
        Candidate(
            *(pk, Symbol.parse(symbol), interval, always, polled_at),
            quoted_at=quoted_at if source and comparable(source, source_in_use) else None,
        )
        for pk, symbol, interval, always, polled_at, quoted_at, source in rows
    ]


def due(
    known: Iterable[Candidate], calendar: Calendar, now: datetime, always_open: frozenset[Market]
) -> list[Candidate]:
    """Those to ask for: their market trades or a monitor does not mind, and it is time."""
    trading = {
        market for market in Market if market in always_open or _trades(market, calendar, now)
    }
    return [candidate for candidate in known if _is_due(candidate, trading, now)]


def _trades(market: Market, calendar: Calendar, now: datetime) -> bool:
    return any(calendar.is_open(market, at) for at in (now, now + BEFORE_OPEN, now - AFTER_CLOSE))


def _is_due(candidate: Candidate, trading: set[Market], now: datetime) -> bool:
    # Half a sweep early is on time: waiting for the next one would make every interval longer.
    waited = (
        timedelta.max
        if candidate.polled_at is None
        else now - candidate.polled_at + timedelta(seconds=settings.POLL_SECONDS / 2)
    )
    if candidate.round_the_clock or candidate.symbol.market in trading:
        return waited >= timedelta(seconds=candidate.interval)
    return candidate.quoted_at is None and waited >= UNKNOWN_AGAIN


def markets_always_open() -> frozenset[Market]:
    """The markets that a source in use trades round the clock."""
    return frozenset(
        market
        for source in configured_sources().values()
        if source.always_open
        for market in source.markets
    )


def chunks(wanted: Sequence[Candidate]) -> list[list[Candidate]]:
    """Split by market into what one request of the source that goes farthest may carry, or less.

    A quote is told when its whole chunk is written: some small chunks are told sooner than a large
    one, and many would only trouble the source.
    """
    result: list[list[Candidate]] = []
    for market in Market:
        mine = [candidate for candidate in wanted if candidate.symbol.market == market]
        far = plan(market)
        if far is not None:
            few = FEW_CHUNKS if far.requests is None else max(1, min(FEW_CHUNKS, int(far.requests)))
            most = min(far.batch_size, max(SMALL_CHUNK, -(-len(mine) // few)))
            result += map(list, slices(mine, most))
    return result


def mark_polled(wanted: Iterable[Candidate], now: datetime, *, all_of_them: bool = False) -> None:
    """Note when instruments were asked for, where that matters: to those that are not always."""
    noted = [one.pk for one in wanted if all_of_them or one.interval or one.quoted_at is None]
    for some in slices(noted):
        Instrument.objects.filter(pk__in=some).update(polled_at=now)
