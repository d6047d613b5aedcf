"""What every quote source is: what it can, how often it may be asked, and how it fetches."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from monitors.market import Candle, Market, Reference, Snapshot
from monitors.symbols import Symbol

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


ASKED_TOO_OFTEN = frozenset({403, 418, 429, 456})
"""HTTP statuses by which a source says that we ask too often (456 is Sina's)."""


class SourceError(Exception):
    """A source did not answer, or answered what cannot be read. The message says what, shortly."""

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status, where there was one; see ASKED_TOO_OFTEN."""
        self.retry_after = retry_after
        """Seconds, where the source said so."""


class ConfigurationError(Exception):
    """A source cannot be used as it is set up. The message names the mend."""

    def __init__(self, setting: str, mend: str) -> None:
        super().__init__(mend)
        self.setting = setting


@dataclass(frozen=True, slots=True)
class Fetched:
    """What could be read of one reply, and what could not."""

    snapshots: list[Snapshot] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One short line for each row that was refused, to be counted and logged."""
    references: Callable[[], list[Reference]] | None = field(default=None, compare=False)
    """Reads what the same reply tells beside prices, of a source that `tells_reference_in_quotes`;
    raises SourceError. It is only called where somebody wants to know."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list of everything that is traded in a market."""

    references: list[Reference]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a source may be asked, by all workers together."""

    requests_a_minute: int
    at_once: int
    """Requests that may be under way at the same time."""


class Source(ABC):
    """One provider of quotes. The module's name is its name in QUOTE_SOURCES."""

    markets: frozenset[Market]
    batch_size: int
    """How many symbols one request may carry."""
    limits: Limits | None = None
    """How often it may be asked; None for a source that asks nobody."""
    delays: Mapping[Market, int] = {}
    """Seconds by which it is late by design, where it is."""
    always_open: bool = False
    """Trades round the clock, whatever the calendars say (the demo market)."""
    disclaimer: "StrOrPromise" = ""
    """What must be said beside its prices where they are not those of the market now. Such a source
    stands alone: its prices are never compared with those of another."""
    has_book: bool = False
    """Whether its replies carry bids and asks."""
    history_markets: frozenset[Market] = frozenset()
    """The markets of which it can tell the past minutes."""
    day_markets: frozenset[Market] = frozenset()
    """The markets of which it can tell the past days."""
    reference_markets: frozenset[Market] = frozenset()
    """The markets of whose instruments it can tell more than the price."""
    tells_reference_in_quotes: bool = False
    """Whether a reply with quotes tells that too, so that nobody needs to ask for it beside."""
    listed_markets: frozenset[Market] = frozenset()
    """The markets of which it can list everything that is traded."""
    can_search: bool = False
    """Whether it says which instruments somebody may mean by a text."""
    settings: Sequence[str] = ()
    """The settings without which it cannot be used, such as an API key."""

    def check(self) -> None:  # noqa: B027 -- most have nothing to check
        """Raise ConfigurationError where it cannot be used as it is set up; asked at the start."""

    @abstractmethod
    async def fetch(self, symbols: Sequence[Symbol], http: ClientSession) -> Fetched:
        """Return the snapshots of at most `batch_size` symbols, in any order.

        A symbol that the source does not know is absent. A row that cannot be trusted is named
        among the problems and not guessed at; the good rows beside it count. Raises SourceError,
        and nothing else, where the reply as a whole is of no use.
        """

    async def history(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Return the one-minute bars of the newest session, oldest first.

        Only asked for the markets in `history_markets`. Raises SourceError, and nothing else.
        """
        raise SourceError("it tells no history")

    async def days(self, symbol: Symbol, http: ClientSession) -> list[Candle]:
        """Return a candle a trading day of the past years, oldest first; `at` is local midnight.

        Prices are adjusted *forward*: the newest ones are those that were paid, older ones are
        brought to what they would be today, as the charts of that market do. Levels that users
        read off a chart are compared with today's raw prices, so that is the only scale on which
        the low of last year still means something after a split; what was really paid then would
        tear the chart at each split, and the other way round today's price would not be today's.
        Dividends are adjusted for where the source's own charts of that market do so.

        The day that runs may be the last. Only asked for the markets in `day_markets`. Raises
        SourceError, and nothing else.
        """
        raise SourceError("it tells no days")

    async def reference(self, symbols: Sequence[Symbol], http: ClientSession) -> list[Reference]:
        """Return what is known of at most `batch_size` symbols beside their prices.

        Only asked for the markets in `reference_markets`. Raises SourceError, and nothing else.
        """
        raise SourceError("it tells no reference data")

    async def listing(self, market: Market, page: int, http: ClientSession) -> Page:
        """Return a page, counted from 1, of everything that is traded in a market.

        Only asked for the markets in `listed_markets`. Raises SourceError, and nothing else.
        """
        raise SourceError("it lists nothing")

    async def search(self, text: str, http: ClientSession) -> list[Reference]:
        """Return the instruments that somebody may mean by a name or its initials, a few at most.

        Only asked where `can_search`. Raises SourceError, and nothing else.
        """
        raise SourceError("it cannot search")
