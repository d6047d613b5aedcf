"""What the stand-in's market shows: a recording, one cursor a symbol, and prices set by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol


@dataclass
class Tape:
    """The snapshots of one symbol, and how many of them a client has got."""

    snapshots: list[Snapshot] = field(default_factory=list)
    served: int = 0

    @property
    def at_end(self) -> bool:
        return self.served >= len(self.snapshots)

    @property
    def due(self) -> Snapshot:
        """What the next request gets; the last one repeats."""
        return self.snapshots[min(self.served, len(self.snapshots) - 1)]

    @property
    def previous(self) -> Snapshot:
        """What the last request got."""
        return self.snapshots[max(0, self.served - 1)]


class StandInMarket:
    """Every symbol that the stand-in knows."""

    def __init__(self, recording: Iterable[Snapshot] = ()) -> None:
        self.tapes: dict[Symbol, Tape] = {}
        self.by_hand: dict[Symbol, Snapshot] = {}
        self.held = False
        for snapshot in recording:
            self.tapes.setdefault(snapshot.symbol, Tape()).snapshots.append(snapshot)

    async def prepare(self) -> None:
        """Do what a request must wait for."""

    def due(self, symbols: Iterable[Symbol]) -> list[Snapshot]:
        """What a request for these symbols shows; unknown ones are absent."""
        return [
            self.by_hand[symbol] if symbol in self.by_hand else self._held_or_due(symbol)
            for symbol in symbols
            if symbol in self.by_hand or symbol in self.tapes
        ]

    def previous(self, symbol: Symbol) -> Snapshot:
        """What the last request for a known symbol got."""
        return self.by_hand.get(symbol) or self.tapes[symbol].previous

    def advance(self, seen: Mapping[Symbol, int]) -> None:
        """Move each cursor past the position at which it was served.

        Positions, not steps: two requests at a time may have got the same snapshot, and none may
        be skipped.
        """
        for symbol, position in seen.items():
            tape = self.tapes[symbol]
            tape.served = max(tape.served, min(position + 1, len(tape.snapshots)))

    def positions(self, symbols: Iterable[Symbol]) -> dict[Symbol, int]:
        """The cursors that a request for these symbols is about to move."""
        if self.held:
            return {}
        return {
            symbol: self.tapes[symbol].served
            for symbol in symbols
            if symbol in self.tapes and symbol not in self.by_hand
        }

    def set(self, symbol: Symbol, values: Mapping[str, Any] | None) -> None:
        """Show a quote made by hand until further notice; None goes back to the recording.

        What is left out stays as it was; `at` left out is now. A price beyond the day's high or
        low moves that too, unless it is given.
        """
        if values is None:
            self.by_hand.pop(symbol, None)
            return
        before = self.by_hand.get(symbol)
        if before is None and symbol in self.tapes:
            before = self._held_or_due(symbol)
        self.by_hand[symbol] = _changed(before or _blank(symbol), values)

    def rewind(self) -> None:
        """Put every cursor back to the start."""
        for tape in self.tapes.values():
            tape.served = 0

    def _held_or_due(self, symbol: Symbol) -> Snapshot:
        tape = self.tapes[symbol]
        return tape.previous if self.held else tape.due


def _blank(symbol: Symbol) -> Snapshot:
    return Snapshot(
        symbol=symbol,
        at=datetime.now(UTC),
        price=Decimal(10),
        previous_close=Decimal(10),
        open=Decimal(10),
        high=None,
        low=None,
        volume=100,
        amount=None,
        state=QuoteState.TRADING,
        name=str(symbol),
        source="standin",
    )


_PRICES = {"price", "previous_close", "open", "high", "low", "amount"}


def _changed(snapshot: Snapshot, values: Mapping[str, Any]) -> Snapshot:
    read: dict[str, Any] = {"at": datetime.now(UTC)}
    for name, value in values.items():
        match name:
            case "at":
                read[name] = datetime.fromisoformat(value)
            case "state":
                read[name] = QuoteState(value)
            case "volume":
                read[name] = int(value)
            case "name":
                read[name] = str(value)
            case _ if name in _PRICES:
                read[name] = None if value is None else Decimal(str(value))
            case _:
                raise ValueError(f"a quote has no {name}")
    changed = replace(snapshot, **read)
    spread: dict[str, Any] = {}
    if "high" not in values:
        spread["high"] = max(changed.high or changed.price, changed.price)
    if "low" not in values:
        spread["low"] = min(changed.low or changed.price, changed.price)
    return replace(changed, **spread)
