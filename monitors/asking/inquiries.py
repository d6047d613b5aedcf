"""What else sources know: the past, what is traded, what somebody may mean, names and limits.

Each question goes to the sources in order of preference until one answers.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from aiohttp import ClientSession

from monitors.asking.connections import FETCH_TIMEOUT, answer, verdict_on
from monitors.asking.gates import Gate, Verdict
from monitors.kinds import configured_sources, preferred_sources
from monitors.market import Candle, Market, Reference, Snapshot
from monitors.sources.base import Limits, Page, Source, SourceError
from monitors.symbols import Symbol

T = TypeVar("T")

logger = logging.getLogger(__name__)

SEARCH_TIMEOUT = 2.0
"""Seconds that somebody waits who typed what the list does not have."""
SEARCH_LIMITS = Limits(requests_a_minute=60, at_once=2)
"""For all who type, a source. Searches have a gate of their own: a search that fails must not keep
quotes from being asked for."""


def ask_history(symbol: Symbol) -> tuple[str, list[Candle]] | None:
    """Return the past minutes of a symbol and who told them; None where nobody would."""
    sources = preferred_sources(symbol.market)
    able = {name: one for name, one in sources.items() if symbol.market in one.history_markets}
    return _ask_first(able, lambda source, http: source.history(symbol, http), f"past of {symbol}")


def day_sources(market: Market) -> dict[str, Source]:
    """The sources in use that know a market's past days."""
    sources = preferred_sources(market)
    return {name: one for name, one in sources.items() if market in one.day_markets}


def ask_days(symbol: Symbol) -> tuple[str, list[Candle]] | None:
    """Return the past days of a symbol and who told them; None where nobody would."""
    able = day_sources(symbol.market)
    return _ask_first(able, lambda source, http: source.days(symbol, http), f"days of {symbol}")


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


def ask_quotes(market: Market, symbols: Sequence[Symbol]) -> dict[Symbol, Snapshot]:
    """Return what the first source that answers says of symbols now, beside the sweeps.

    Somebody waits for it: it takes the way of searches.
    """
    able = preferred_sources(market)
    told = _ask_first(
        able,
        lambda source, http: source.fetch(symbols[: source.batch_size], http),
        "quote",
        gate=lambda name: Gate(f"{name}-search", SEARCH_LIMITS),
        timeout=SEARCH_TIMEOUT,
    )
    return {one.symbol: one for one in told[1].snapshots} if told else {}


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
            told = answer(partial(ask, source), timeout)
            verdict = Verdict.OK
        except SourceError as error:
            logger.warning("%s has no %s: %s", name, what, error)
            verdict, retry_after = verdict_on(error), error.retry_after
        else:
            return name, told
        finally:
            way.leave(entry, verdict, retry_after)
    return None
