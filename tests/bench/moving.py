"""A market for the stand-in that moves by the clock: prices cross a level again and again."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol
from tests.standin.market import StandInMarket

LEVEL = Decimal(100)
PERIOD = 10.0
"""Seconds from one crossing to the next; half of them above the level."""

_BELOW, _ABOVE, _STEP = Decimal("99.50"), Decimal("100.50"), Decimal("0.01")
_STEPS = 100
"""Each time above it is another price, by which an alert tells which crossing it is about."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A price above the level, and when it was there, by time.perf_counter."""

    price: Decimal
    at: float


class MovingMarket(StandInMarket):
    """The prices of symbols whose crossings are spread evenly over the period."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        super().__init__()
        self.written: dict[tuple[str, Decimal], tuple[Crossing, float]] = {}
        """By symbol and price: the crossing, and when the first reply that shows it was out."""
        self._begun = time.perf_counter()
        self._phases = {symbol: PERIOD * at / len(symbols) for at, symbol in enumerate(symbols)}
        self._shown: dict[Symbol, Crossing | None] = {}
        self._volume = 0

    def due(self, symbols: Iterable[Symbol]) -> list[Snapshot]:
        """Return the prices of this moment."""
        now = time.perf_counter()
        self._volume += 100
        return [self._snapshot(symbol, now) for symbol in symbols if symbol in self._phases]

    def positions(self, symbols: Iterable[Symbol]) -> dict[Symbol, int]:
        """Name what a request is about to be told."""
        return dict.fromkeys(symbols, 0)

    def advance(self, seen: Mapping[Symbol, int]) -> None:
        """Note that a reply has been written."""
        now = time.perf_counter()
        for symbol in seen:
            crossing = self._shown.get(symbol)
            if crossing is not None:
                self.written.setdefault((str(symbol), crossing.price), (crossing, now))

    def _snapshot(self, symbol: Symbol, now: float) -> Snapshot:
        number, after = divmod(now - self._begun + self._phases[symbol], PERIOD)
        price = _BELOW
        self._shown[symbol] = None
        if after < PERIOD / 2:
            price = _ABOVE + _STEP * (int(number) % _STEPS)
            self._shown[symbol] = Crossing(price, now - after)
        return Snapshot(
            symbol=symbol,
            at=datetime.now(UTC),
            price=price,
            previous_close=LEVEL,
            open=LEVEL,
            high=None,
            low=None,
            volume=self._volume,
            amount=Decimal(12345),
            state=QuoteState.TRADING,
            name="stock",
            source="tencent",
        )
