"""Chance: random markets and random users, all from one `random.Random`, so that a seed repeats.

Prices move on few ticks around the levels, so that short plays meet every edge: equal prices,
bounds that are touched, jumps over zones, quotes that are late, double, stale, or no trades at all.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from monitors.lifecycle import RuleSpec
from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol

SYMBOLS = [Symbol.parse(text) for text in ("600519.SH", "00700.HK", "AAPL.US")]
KINDS = ("entry_zone", "take_profit", "stop_loss", "price_above", "price_below")
REPEATS = ("once", "rearm", "every")
GAPS = [Decimal(text) for text in ("0", "0", "0.0001", "0.5", "1", "2.5")]
COOLDOWNS = (0, 1, 3, 10, 60, 3600)

# Ordinary weeks in every market: a Monday, some minutes before each session.
_MONDAY = {
    "600519.SH": datetime(2030, 3, 4, 1, 28, tzinfo=UTC),
    "00700.HK": datetime(2030, 3, 4, 1, 28, tzinfo=UTC),
    "AAPL.US": datetime(2030, 3, 4, 14, 28, tzinfo=UTC),
}
_CENTRE, _REACH = 1000, 20
"""Ticks: levels are from 9.80 to 10.20, and days reach about as far."""

PAUSES = (0, 1, 1, 2, 3, 3, 5, 20, 90, 1800)
"""Seconds between two quotes."""


def price(ticks: int) -> Decimal:
    return Decimal(ticks).scaleb(-2)


def levels(random: Random, kind: str) -> dict[str, str]:
    """A rule's parameters, near to where the prices are."""
    low = random.randint(_CENTRE - _REACH, _CENTRE + _REACH)
    if kind == "entry_zone":
        return {"min": str(price(low)), "max": str(price(low + random.choice((1, 2, 5))))}
    return {"price": str(price(low))}


def rule(random: Random) -> RuleSpec:
    kind = random.choice(KINDS)
    return RuleSpec(
        kind=kind,
        params=levels(random, kind),
        repeat=random.choice(REPEATS),
        rearm_gap=random.choice(GAPS),
        cooldown=random.choice(COOLDOWNS),
        touch=random.random() < 0.75,
    )


@dataclass
class Stock:
    """What really happens to one instrument's price, of which the quotes show some."""

    symbol: Symbol
    random: Random
    at: datetime = field(init=False)
    ticks: int = _CENTRE
    open: int = 0
    high: int = 0
    low: int = 0
    volume: int = 0
    newest: Snapshot | None = None

    def __post_init__(self) -> None:
        self.at = _MONDAY[str(self.symbol)]

    def quotes(self) -> list[Snapshot]:
        """The next quotes that the source sends: mostly one new, sometimes odd ones beside it."""
        random, before = self.random, self.newest
        sent = [self._next()]
        if before is not None and random.random() < 0.1:
            sent.append(before)  # an old one, late
        if random.random() < 0.1:
            sent.append(sent[0])  # the same again
        if random.random() < 0.1:
            sent.append(self._next(pause=0))  # same second, other values, perhaps
        self.newest = sent[0]
        return sent

    def next_day(self) -> None:
        midnight = self.at.replace(hour=0, minute=0, second=0)
        opening = _MONDAY[str(self.symbol)].time()
        self.at = datetime.combine(midnight.date() + timedelta(days=1), opening, UTC)
        self.open = self.high = self.low = self.volume = 0

    def _next(self, pause: int | None = None) -> Snapshot:
        random = self.random
        self.at += timedelta(seconds=random.choice(PAUSES) if pause is None else pause)
        for _unseen in range(random.choice((0, 1, 1, 2, 4))):
            self._trade()
        if self.open and random.random() < 0.25:
            self._spike()
        return Snapshot(
            symbol=self.symbol,
            at=self.at,
            price=price(self.ticks),
            previous_close=price(_CENTRE),
            open=price(self.open) if self.open else None,
            high=self._seldom_absent(self.high),
            low=self._seldom_absent(self.low),
            volume=self.volume,
            amount=None,
            state=self._state(),
            name="",
            source="recording",
            delay=random.choice((0, 0, 0, 900)),
        )

    def _trade(self) -> None:
        step = self.random.choice((-20, -6, -3, -2, -1, -1, 0, 0, 1, 1, 2, 3, 6, 20))
        home = (_CENTRE - self.ticks) // 8
        self.ticks += step + home
        self.open = self.open or self.ticks
        self.high = max(self.high, self.ticks)
        self.low = min(self.low or self.ticks, self.ticks)
        self.volume += self.random.choice((0, 100, 500))

    def _spike(self) -> None:
        """Go somewhere and come back before anybody has seen it: what touch is about."""
        there = self.ticks + self.random.choice((-25, -12, -5, 5, 12, 25))
        self.high, self.low = max(self.high, there), min(self.low, there)
        self.volume += 100

    def _seldom_absent(self, ticks: int) -> Decimal | None:
        return price(ticks) if ticks and self.random.random() < 0.93 else None

    def _state(self) -> QuoteState:
        if not self.open and not self.volume:
            return QuoteState.AUCTION
        odd = (QuoteState.SUSPENDED, QuoteState.DELISTED, QuoteState.AUCTION)
        return self.random.choice(odd) if self.random.random() < 0.06 else QuoteState.TRADING
