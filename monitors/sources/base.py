"""What every quote source is: it knows its markets, its batch size, and how to fetch snapshots."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from aiohttp import ClientSession

from monitors.market import Market, Snapshot
from monitors.symbols import Symbol


class SourceError(Exception):
    """A source did not answer, or answered what cannot be read. The message says what, shortly."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What could be read of one reply, and what could not."""

    snapshots: list[Snapshot] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One short line for each row that was refused, to be counted and logged."""


class Source(ABC):
    """One provider of quotes. The module's name is its name in QUOTE_SOURCES."""

    markets: ClassVar[frozenset[Market]]
    batch_size: ClassVar[int]
    """How many symbols one request may carry."""
    always_open: ClassVar[bool] = False
    """Trades round the clock, whatever the calendars say (the demo market)."""

    @abstractmethod
    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Return the snapshots of at most `batch_size` symbols, in any order.

        A symbol that the source does not know is absent. A row that cannot be trusted is named
        among the problems and not guessed at; the good rows beside it count. Raises SourceError,
        and nothing else, where the reply as a whole is of no use.
        """
