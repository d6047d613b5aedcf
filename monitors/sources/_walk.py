"""A day of made-up trading: believable, and the same wherever it is worked out.

Everything follows from a text seed, as random.Random(text) is the same in every process. Prices
are whole numbers of the smallest step. A day is drawn minute by minute; what happens inside a
minute is drawn when it is asked for, within the minute's own low and high.
"""

from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log, sqrt
from random import Random
from typing import NamedTuple

STEP_SECONDS = 2
STEPS = 60 // STEP_SECONDS
"""Steps in a minute."""

MINUTE_VOLATILITY = 0.0018
"""Typical move of a minute, as a share of the price: 0.5 % is some minutes away."""
REVERSION = 1 / 8
"""Share of the distance from the day's drift lost a minute: it keeps the range to a few %."""
# A big minute makes the next ones big, and that fades: GARCH(1,1) with an average variance of 1.
_SHOCK, _MEMORY = 0.12, 0.85
_CALMEST, _WILDEST = 0.25, 9.0


# What `day` makes of a day on average, and how far it strays from that.
_REACH, _REACH_SPREAD, _LEAST_REACH = 0.0155, 0.005, 0.004
_BUSY, _BUSY_SPREAD = 1.18, 0.05


class Whole(NamedTuple):
    """A day as one bar. Prices are in steps."""

    first: int
    high: int
    low: int
    last: int
    volume: int


class Minute(NamedTuple):
    """A minute's prices, in steps, and what the day had seen before it began."""

    first: int
    high: int
    low: int
    last: int
    volume: int
    high_before: int
    low_before: int
    volume_before: int
    turnover_before: int
    """Shares times steps."""


@dataclass(frozen=True, slots=True)
class Day:
    """The minutes of a day, one after the other in a flat array: 100 KB instead of 600."""

    seed: str
    figures: "array[int]"

    def minute(self, number: int) -> Minute:
        """Return a minute, counted from 0."""
        width = len(Minute._fields)
        return Minute(*self.figures[number * width : (number + 1) * width])


@dataclass(frozen=True, slots=True)
class Tick:
    """One step: the price, and the day up to it."""

    price: int
    high: int
    low: int
    volume: int
    turnover: int


@lru_cache(maxsize=128)
def day(seed: str, start: int, end: int, minutes: int, shares: int) -> Day:
    """Draw a day that begins near `start` and ends at exactly `end`.

    `shares` is the day's typical volume. 128 days are kept: two of every stock.
    """
    random = Random(seed)  # noqa: S311
    figures = array("q")
    levels = _levels(random, start, end, minutes)
    high_before = low_before = levels[0]
    volume_before = turnover_before = 0
    wick = start * MINUTE_VOLATILITY / 2
    for first, last in pairwise(levels):
        high = max(first, last) + int(random.expovariate(1) * wick)
        low = max(1, min(first, last) - int(random.expovariate(1) * wick))
        busy = (0.3 + (high - low) / (4 * wick)) * random.expovariate(1)
        volume = int(shares / minutes * busy) + STEPS  # at least a share a step
        before = (high_before, low_before, volume_before, turnover_before)
        figures.extend(Minute(first, high, low, last, volume, *before))
        high_before, low_before = max(high_before, high), min(low_before, low)
        volume_before += volume
        turnover_before += volume * ((high + low) // 2)
    return Day(seed, figures)


def draw(seed: str, start: int, end: int, minutes: int, shares: int) -> Whole:
    """Return a day as one bar, exactly; it is not kept, so that the days that run stay at hand."""
    path = day.__wrapped__(seed, start, end, minutes, shares)
    drawn = [path.minute(number) for number in range(minutes)]
    last = drawn[-1]
    high, low = max(last.high, last.high_before), min(last.low, last.low_before)
    return Whole(drawn[0].first, high, low, last.last, last.volume_before + last.volume)


def sketch(seed: str, start: int, end: int, minutes: int, shares: int) -> Whole:
    """Return a day as one bar like it: open and close are exact, range and volume likely."""
    first = max(1, round(start * exp(_gap(Random(seed)))))  # noqa: S311
    random = Random(f"{seed} whole")  # noqa: S311
    above, below = (max(_LEAST_REACH, random.gauss(_REACH, _REACH_SPREAD)) for _ in range(2))
    volume = int(shares * random.gauss(_BUSY, _BUSY_SPREAD)) + minutes * STEPS
    high, low = round(max(first, end) * (1 + above)), round(min(first, end) * (1 - below))
    return Whole(first, high, max(1, low), end, volume)


def tick(day: Day, number: int, step: int) -> Tick:
    """Return the state of the day at one step of one minute, both counted from 0."""
    minute = day.minute(number)
    prices = _prices(f"{day.seed} {number}", *minute[:4])
    so_far = prices[: step + 1]
    volume = minute.volume * (step + 1) // STEPS
    return Tick(
        price=prices[step],
        high=max(minute.high_before, *so_far),
        low=min(minute.low_before, *so_far),
        volume=minute.volume_before + volume,
        turnover=minute.turnover_before + volume * ((minute.high + minute.low) // 2),
    )


def _levels(random: Random, start: int, end: int, minutes: int) -> list[int]:
    """Return the prices at the edges of the minutes, the last one being `end`."""
    variance, shock = 1.0, 0.0
    offsets = [_gap(random)]
    for _ in range(minutes):
        variance = 1 - _SHOCK - _MEMORY + _SHOCK * shock * shock + _MEMORY * variance
        variance = min(max(variance, _CALMEST), _WILDEST)
        shock = sqrt(variance) * random.gauss(0, 1)
        offsets.append(offsets[-1] * (1 - REVERSION) + MINUTE_VOLATILITY * shock)
    # Spread over the day, so that the last offset is nothing and the last price is the end.
    tilt = offsets[-1] / minutes
    drift = log(end / start) / minutes
    return [
        max(1, round(start * exp(offset + (drift - tilt) * minute)))
        for minute, offset in enumerate(offsets)
    ]


def _gap(random: Random) -> float:
    """Overnight news: the day does not open where the last one closed. Drawn before all else."""
    return random.gauss(0, MINUTE_VOLATILITY)


@lru_cache(maxsize=512)
def _prices(seed: str, first: int, high: int, low: int, last: int) -> tuple[int, ...]:
    """Draw the prices inside a minute: they touch its high and its low and end at its last."""
    random = Random(seed)  # noqa: S311
    early, late = sorted(random.sample(range(STEPS - 1), 2))
    turns = (high, low) if random.random() < 0.5 else (low, high)
    corners = [(-1, first), (early, turns[0]), (late, turns[1]), (STEPS - 1, last)]
    noise = (high - low) / 10
    prices: list[int] = []
    for (begin, price), (finish, target) in pairwise(corners):
        for step in range(begin + 1, finish):
            straight = price + (target - price) * (step - begin) / (finish - begin)
            prices.append(min(high, max(low, round(random.gauss(straight, noise)))))
        prices.append(target)
    return tuple(prices)
