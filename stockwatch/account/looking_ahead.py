"""Which level a made-up price is going to reach soon. Pure.

The demo market is a function of the time, so one can look at what is to come. That would be no
virtue anywhere else; here it keeps a promise: in under a minute the alert is there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

STEP = timedelta(seconds=2)
"""The demo market moves so often."""

HORIZON = 15
"""Steps that a level may be away: half a minute, and there is time left for the rest."""

LEAD = 3
"""Steps that a level should be away: one sees the page wait before it happens."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A level worth watching."""

    kind: str
    price: Decimal
    """As it was when this was proposed."""
    level: Decimal


def prices_from(price: Callable[[datetime], Decimal], now: datetime, run: int) -> list[Decimal]:
    """Return the prices to come, the one of now first."""
    return [price(now + STEP * step) for step in range(HORIZON + run)]


def steps_seen(poll_seconds: float) -> int:
    """Return for how many steps a price must hold for sure to be seen by a sweep."""
    return int(poll_seconds / STEP.total_seconds()) + 2


def propose(prices: Sequence[Decimal], run: int) -> Proposal:
    """Return a level just above the price that is reached soon, and held for `run` steps.

    Where the price only falls, one just below it; where it does not move, the price itself.
    """
    now, start = prices[0], LEAD if len(prices) > LEAD + run else 0
    above = max(min(window) for window in _windows(prices[start:], run))
    if above > now:
        return Proposal("price_above", now, above)
    below = min(max(window) for window in _windows(prices[start:], run))
    return Proposal("price_below", now, below) if below < now else Proposal("price_above", now, now)


def is_reached(prices: Sequence[Decimal], kind: str, level: Decimal, run: int) -> bool:
    """Tell whether a level is reached within these prices, and held for `run` steps."""
    if kind == "price_above":
        return any(min(window) >= level for window in _windows(prices, run))
    return any(max(window) <= level for window in _windows(prices, run))


def _windows(prices: Sequence[Decimal], run: int) -> Iterator[Sequence[Decimal]]:
    for start in range(max(1, len(prices) - run + 1)):
        yield prices[start : start + run]
