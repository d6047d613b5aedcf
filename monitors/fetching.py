"""What the sources say of a chunk: each is asked for what those before it left open."""

import asyncio
import atexit
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from monitors.gates import BANNED, Gate, Verdict
from monitors.kinds import configured_sources, preferred_sources
from monitors.market import Candle, Market, Reference, Snapshot
from monitors.models.source import Report
from monitors.sources.base import Fetched, Limits, Page, Source, SourceError
from monitors.symbols import Symbol
from stockwatch.background import background_loop
from stockwatch.rowset import slices

T = TypeVar("T")

logger = logging.getLogger(__name__)

FETCH_TIMEOUT = 6.0
"""Seconds for one request, whatever the source's own limits."""

SEARCH_TIMEOUT = 2.0
"""Seconds that somebody waits who typed what the list does not have."""
SEARCH_LIMITS = Limits(requests_a_minute=60, at_once=2)
"""For all who type, a source. Searches have a gate of their own: a search that fails must not keep
quotes from being asked for."""

STALE_BY = timedelta(seconds=90)
"""A row that is older than the stored quote by more is no answer. Less is the difference between
two sources' clocks, of which some show whole minutes only."""

Known = Mapping[Symbol, datetime | None]
"""Symbols, and when the quote was stamped that is stored of each."""


@dataclass(slots=True)
class Haul:
    """What the sources said, and how they did."""

    snapshots: list[Snapshot] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    silent: set[Market] = field(default_factory=set)
    """Markets of which no source told anything, though some of the symbols have quotes."""
    references: list[tuple[str, Callable[[], list[Reference]]]] = field(default_factory=list)
    """Who told more than prices, and what reads it."""
    opinions: dict[str, Snapshot | None] = field(default_factory=dict)
    """What second sources say, by symbol, where one was asked (see monitors.agreement)."""
    still_here: Callable[[], None] = lambda: None
    """Called before each request but the first."""


def fetch(known: Known, still_here: Callable[[], None] = lambda: None) -> Haul:
    """Ask the sources in order of preference: what one does not answer, the next is asked for.

    Never raises for what a source does; a failure is reported. `still_here` is called before each
    request but the first, at least every FETCH_TIMEOUT seconds.
    """
    haul = Haul(still_here=still_here)
    for market in Market:
        missing = asked = [symbol for symbol in known if symbol.market == market]
        for last_resort in (False, True):
            # Asked a second time only where nobody answered anything.
            if len(missing) == len(asked):
                missing = _ask_in_turn(market, missing, known, haul, last_resort=last_resort)
        if len(missing) == len(asked) and any(known[symbol] for symbol in asked):
            haul.silent.add(market)
    return haul


def _ask_in_turn(
    market: Market, missing: list[Symbol], known: Known, haul: Haul, *, last_resort: bool
) -> list[Symbol]:
    """Ask the sources of a market one after the other; return what none of them answered."""
    for name, source in preferred_sources(market).items():
        if not missing:
            break
        for part in slices(missing, source.batch_size):
            _ask(name, source, {symbol: known[symbol] for symbol in part}, haul, last_resort)
        answered = {snapshot.symbol for snapshot in haul.snapshots}
        missing = [symbol for symbol in missing if symbol not in answered]
    return missing


def _ask(name: str, source: Source, known: Known, haul: Haul, last_resort: bool) -> None:
    """Ask one source once, if its gate lets us; as a last resort only those that are left alone."""
    if haul.reports:
        haul.still_here()
    gate = Gate(name, source.limits)
    entry = gate.enter(last_resort=last_resort)
    if not entry.allowed:
        logger.info("%s is not asked now: %s for %.1f s", name, entry.reason, entry.wait)
        return
    begun = time.monotonic()
    verdict, retry_after = Verdict.FAILED, None
    try:
        fetched = request(source, list(known))
        fresh = [one for one in fetched.snapshots if _is_fresh(one, known)]
        problems = list(fetched.problems)
        if late := len(fetched.snapshots) - len(fresh):
            problems.append(f"{late} rows older than what is known")
        if fresh or not problems:
            verdict = Verdict.OK
        haul.snapshots += fresh
        if fetched.references is not None:
            haul.references.append((name, fetched.references))
    except SourceError as error:
        problems = [str(error)]
        retry_after = error.retry_after
        if error.status in BANNED:
            verdict = Verdict.BANNED
    finally:
        gate.leave(entry, verdict, retry_after)
    problem = "; ".join(problems[:3])
    if problem:
        logger.warning("%s, asked for %d symbols: %s", name, len(known), problem)
    haul.reports.append(Report(name, (time.monotonic() - begun) * 1000, problem))


def ask_others(haul: Haul, quotes: Mapping[Symbol, Snapshot]) -> None:
    """Ask, about quotes of a haul, sources that did not tell them, and put down what they say.

    A source that is late by design has no say, nor has an answer older than the quote.
    """
    haul.opinions |= dict.fromkeys(map(str, quotes))
    for market in Market:
        for name, source in preferred_sources(market).items():
            known: Known = {
                symbol: quote.at
                for symbol, quote in quotes.items()
                if symbol.market == market
                and quote.source != name
                and haul.opinions[str(symbol)] is None
            }
            if not known or source.delays.get(market):
                continue
            second = Haul(reports=haul.reports, still_here=haul.still_here)
            for part in slices(list(known), source.batch_size):
                _ask(name, source, {symbol: known[symbol] for symbol in part}, second, False)
            haul.opinions |= {str(one.symbol): one for one in second.snapshots}


def ask_history(symbol: Symbol) -> tuple[str, list[Candle]] | None:
    """Return the past minutes of a symbol and who told them; None where nobody would."""
    sources = preferred_sources(symbol.market)
    able = {name: one for name, one in sources.items() if symbol.market in one.history_markets}
    return _ask_first(able, lambda source, http: source.history(symbol, http), f"past of {symbol}")


def ask_listing(market: Market, page: int, name: str = "") -> tuple[str, Page] | None:
    """Return a page of what is traded in a market and who listed it; None where nobody would.

    `name` is the source whose pages the ones before were; the first page anybody may tell.
    """
    sources = preferred_sources(market)
    able = {
        other: one
        for other, one in sources.items()
        if market in one.listed_markets and name in ("", other)
    }
    return _ask_first(
        able, lambda source, http: source.listing(market, page, http), f"list of {market}"
    )


def ask_search(text: str) -> list[Reference] | None:
    """Return what somebody may mean by a text; None where no source would say."""
    able = {name: one for name, one in configured_sources().items() if one.can_search}
    told = _ask_first(
        able,
        lambda source, http: source.search(text, http),
        "answer",
        gate=lambda name: Gate(f"{name}-search", SEARCH_LIMITS),
        timeout=SEARCH_TIMEOUT,
    )
    return None if told is None else told[1]


def reference_sources(market: Market) -> dict[str, Source]:
    """The sources in use that tell more of a market's instruments than the price."""
    return {
        name: source
        for name, source in preferred_sources(market).items()
        if market in source.reference_markets
    }


def ask_reference(market: Market, symbols: Sequence[Symbol]) -> tuple[str, list[Reference]] | None:
    """Return what is known of symbols of a market, and who told it; None where nobody would.

    They are at most as many as each of the market's `reference_sources` takes.
    """
    return _ask_first(
        reference_sources(market),
        lambda source, http: source.reference(symbols, http),
        f"reference data of {len(symbols)} symbols",
    )


def _ask_first(
    sources: Mapping[str, Source],
    ask: Callable[[Source, ClientSession], Awaitable[T]],
    what: str,
    *,
    gate: Callable[[str], Gate] | None = None,
    timeout: float = FETCH_TIMEOUT,
) -> tuple[str, T] | None:
    """Return what the first source says that its gate lets us ask and that answers, and its name.

    `what` is asked for, in the words of the log; `gate` is another way than the one for quotes;
    `timeout` is in seconds.
    """
    for name, source in sources.items():
        way = gate(name) if gate else Gate(name, source.limits)
        entry = way.enter()
        if not entry.allowed:
            continue
        verdict, retry_after = Verdict.FAILED, None
        try:
            answer = _wait(partial(ask, source), timeout)
            verdict = Verdict.OK
        except SourceError as error:
            logger.warning("%s has no %s: %s", name, what, error)
            retry_after = error.retry_after
            verdict = Verdict.BANNED if error.status in BANNED else Verdict.FAILED
        else:
            return name, answer
        finally:
            way.leave(entry, verdict, retry_after)
    return None


def _is_fresh(snapshot: Snapshot, known: Known) -> bool:
    """Whether a row is an answer: not much older than what is stored, but by the source's delay."""
    stored = known.get(snapshot.symbol)
    return stored is None or snapshot.at + timedelta(seconds=snapshot.delay) >= stored - STALE_BY


def request(source: Source, symbols: Sequence[Symbol]) -> Fetched:
    """Ask a source for quotes. Raises SourceError, and nothing else."""
    return _wait(partial(source.fetch, symbols), FETCH_TIMEOUT)


def _wait(ask: Callable[[ClientSession], Awaitable[T]], timeout: float) -> T:
    """Ask over the kept connections. Raises SourceError, whatever goes wrong in there."""

    async def asking() -> T:
        return await ask(_session())

    try:
        return background_loop().run(asking(), timeout)
    except SourceError:
        raise
    except TimeoutError as error:
        raise SourceError("no answer in time") from error
    except Exception as error:
        # A mistake of ours in one source must not keep the next from being asked.
        logger.exception("a source failed in a way that it should not")
        raise SourceError(f"our mistake: {type(error).__name__}") from error


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
