"""A look at prices of what nobody watches yet: shown to who is about to, and stored nowhere."""

import logging
from collections.abc import Collection, Iterable

from django.core.cache import cache
from redis.exceptions import RedisError

from monitors.asking.inquiries import ask_quotes
from monitors.market import Market, Snapshot
from monitors.models import Instrument
from monitors.symbols import Symbol

logger = logging.getLogger(__name__)

KEPT_FOR = 15
"""Seconds for which nobody asks again, also where there was no answer."""
MOST = 60
"""Symbols of a market that are asked for at one go."""
SHOWN = (
    "source", "state", "price", "previous_close", "open", "high", "low", "volume", "at", "delay",
)  # fmt: skip


def look(instruments: Iterable[Instrument]) -> None:
    """Put what sources say into the quotes of instruments that have no price; nothing is saved."""
    bare = {one.parsed: one for one in instruments if one.quote.price is None}
    for symbol, snapshot in glances(bare.keys()).items():
        for name in SHOWN:
            setattr(bare[symbol].quote, name, getattr(snapshot, name))
        bare[symbol].name = bare[symbol].name or snapshot.name


def glances(symbols: Collection[Symbol]) -> dict[Symbol, Snapshot]:
    """Return what sources say of symbols now, as far as they answer within two seconds."""
    found: dict[Symbol, Snapshot] = {}
    for market in Market:
        here = [symbol for symbol in symbols if symbol.market == market][:MOST]
        if here:
            found |= _kept(market, here)
    return found


def _kept(market: Market, symbols: list[Symbol]) -> dict[Symbol, Snapshot]:
    """Return what was said a moment ago, and ask for the others."""
    keys = {f"glance:{symbol}": symbol for symbol in symbols}
    try:
        kept = {keys[key]: value for key, value in cache.get_many(keys).items()}
        missing = [symbol for symbol in symbols if symbol not in kept]
        told = ask_quotes(market, missing) if missing else {}
        kept |= {symbol: told.get(symbol) for symbol in missing}
        cache.set_many({f"glance:{symbol}": kept[symbol] for symbol in missing}, KEPT_FOR)
    except (RedisError, OSError) as error:
        logger.warning("no glance at prices: %r", error)
        return {}
    return {symbol: snapshot for symbol, snapshot in kept.items() if snapshot is not None}
