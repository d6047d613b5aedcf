"""Which instruments are due, and what the sources say of them."""

import asyncio
import atexit
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery

from monitors.calendars import Calendar
from monitors.kinds import source_kinds
from monitors.market import Market, Snapshot
from monitors.models import Instrument, Monitor, SourceHealth
from monitors.sources.base import Fetched, Source, SourceError
from monitors.symbols import Symbol
from stockwatch.background import background_loop
from stockwatch.rowset import slices

logger = logging.getLogger(__name__)

BEFORE_OPEN = timedelta(minutes=20)
"""The opening auction is shown before the session in which it may fire."""
AFTER_CLOSE = timedelta(minutes=20)
"""The closing price comes some time after the bell, and from a source that is 15 minutes late by
design (Hong Kong through tencent) that much later."""
FETCH_TIMEOUT = 6.0
"""Seconds for one request, whatever the source's own limits."""
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
    quoted: bool


def configured_sources() -> dict[str, Source]:
    """The sources in use, by name, in order of preference."""
    return {name: source_kinds()[name]() for name in settings.QUOTE_SOURCES}


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
        .values_list("pk", "symbol", "interval", "round_the_clock", "polled_at", "quote__at")
    )
    return [
        Candidate(pk, Symbol.parse(symbol), interval, always, polled_at, quoted_at is not None)
        for pk, symbol, interval, always, polled_at, quoted_at in rows
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
    return not candidate.quoted and waited >= UNKNOWN_AGAIN


def markets_always_open() -> frozenset[Market]:
    """The markets that a source in use trades round the clock."""
    return frozenset(
        market
        for source in configured_sources().values()
        if source.always_open
        for market in source.markets
    )


def chunks(wanted: Sequence[Candidate]) -> list[list[Symbol]]:
    """Split by market into what one request of the preferred source may carry, or less.

    A quote is told when its whole chunk is written: some small chunks are told sooner than a large
    one, and many would only trouble the source.
    """
    result: list[list[Symbol]] = []
    for market in Market:
        mine = [candidate.symbol for candidate in wanted if candidate.symbol.market == market]
        sizes = [s.batch_size for s in configured_sources().values() if market in s.markets]
        if sizes:
            result += _split(mine, min(sizes[0], max(SMALL_CHUNK, -(-len(mine) // FEW_CHUNKS))))
    return result


def _split(symbols: Sequence[Symbol], size: int) -> list[list[Symbol]]:
    return [list(symbols[start : start + size]) for start in range(0, len(symbols), size)]


def mark_polled(wanted: Iterable[Candidate], now: datetime) -> None:
    """Note when instruments with an interval, or without a quote, were asked for."""
    noted = [candidate.pk for candidate in wanted if candidate.interval or not candidate.quoted]
    for some in slices(noted):
        Instrument.objects.filter(pk__in=some).update(polled_at=now)


@dataclass(frozen=True, slots=True)
class Report:
    """How a source did when it was asked once; `problem` is empty where nothing was wrong."""

    source: str
    latency_ms: float
    problem: str


@dataclass(slots=True)
class Haul:
    """What the sources said, and how they did."""

    snapshots: list[Snapshot] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def record(self) -> None:
        """Put down how the sources did; after the quotes, which are waited for."""
        for report in self.reports:
            SourceHealth.record(report.source, report.latency_ms, report.problem)


def fetch(symbols: Sequence[Symbol]) -> Haul:
    """Ask the sources in order: what one does not answer, the next is asked for.

    Never raises for what a source does; a failure is reported.
    """
    haul = Haul()
    missing = list(symbols)
    for name, source in configured_sources().items():
        wanted = [symbol for symbol in missing if symbol.market in source.markets]
        for part in _split(wanted, source.batch_size):
            _ask(name, source, part, haul)
        answered = {snapshot.symbol for snapshot in haul.snapshots}
        missing = [symbol for symbol in missing if symbol not in answered]
    return haul


def _ask(name: str, source: Source, symbols: Sequence[Symbol], haul: Haul) -> None:
    """Ask one source once."""
    begun = time.monotonic()
    try:
        fetched = background_loop().run(_fetch(source, symbols), FETCH_TIMEOUT)
    except (SourceError, TimeoutError) as error:
        fetched = Fetched(problems=[str(error) or "no answer in time"])
    problem = "; ".join(fetched.problems[:3])
    if problem:
        logger.warning("%s, asked for %d symbols: %s", name, len(symbols), problem)
    haul.snapshots += fetched.snapshots
    haul.reports.append(Report(name, (time.monotonic() - begun) * 1000, problem))


async def _fetch(source: Source, symbols: Sequence[Symbol]) -> Fetched:
    return await source.fetch(symbols, _session())


_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, ClientSession] = WeakKeyDictionary()


def _session() -> ClientSession:
    """The running loop's HTTP session: connections are kept between sweeps."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        session = _sessions[loop] = ClientSession(
            timeout=ClientTimeout(total=FETCH_TIMEOUT), cookie_jar=DummyCookieJar()
        )
        atexit.register(lambda: background_loop().run(session.close(), timeout=1))
    return _sessions[loop]
