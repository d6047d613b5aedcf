"""What the sources say of a chunk: each is asked for what those before it left open."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from monitors.asking.connections import FETCH_TIMEOUT, answer, verdict_on
from monitors.asking.gates import Gate, Verdict
from monitors.kinds import preferred_sources
from monitors.market import Market, Reference, Snapshot
from monitors.models.source import Report
from monitors.sources.base import Fetched, Source, SourceError
from monitors.symbols import Symbol
from stockwatch.rowset import slices

logger = logging.getLogger(__name__)

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
    """What second sources say, by symbol, where one was asked (see evaluation.agreement)."""
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
        verdict, problems = _keep(name, request(source, list(known)), known, haul)
    except SourceError as error:
        problems = [str(error)]
        verdict, retry_after = verdict_on(error), error.retry_after
    finally:
        gate.leave(entry, verdict, retry_after)
    problem = "; ".join(problems[:3])
    if problem:
        logger.warning("%s, asked for %d symbols: %s", name, len(known), problem)
    haul.reports.append(Report(name, (time.monotonic() - begun) * 1000, problem))


def _keep(name: str, fetched: Fetched, known: Known, haul: Haul) -> tuple[Verdict, list[str]]:
    """Keep what is news; return what a gate must know of the reply, and what was wrong with it."""
    fresh = [one for one in fetched.snapshots if _is_fresh(one, known)]
    problems = list(fetched.problems)
    if late := len(fetched.snapshots) - len(fresh):
        problems.append(f"{late} rows older than what is known")
    haul.snapshots += fresh
    if fetched.references is not None:
        haul.references.append((name, fetched.references))
    return Verdict.OK if fresh or not problems else Verdict.FAILED, problems


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


def _is_fresh(snapshot: Snapshot, known: Known) -> bool:
    """Whether a row is an answer: not much older than what is stored, but by the source's delay."""
    stored = known.get(snapshot.symbol)
    return stored is None or snapshot.at + timedelta(seconds=snapshot.delay) >= stored - STALE_BY


def request(source: Source, symbols: Sequence[Symbol]) -> Fetched:
    """Ask a source for quotes. Raises SourceError, and nothing else."""
    return answer(partial(source.fetch, symbols), FETCH_TIMEOUT)
