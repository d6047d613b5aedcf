"""What a market says: the words for markets, states and snapshots that every other module uses."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from monitors.symbols import Symbol


class Market(TextChoices):
    """A group of exchanges that share trading hours and holidays."""

    CN = "CN", _("Mainland China")
    HK = "HK", _("Hong Kong")
    US = "US", _("United States")

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which the exchanges state their times."""
        return _TIMEZONES[self]


_TIMEZONES = {
    Market.CN: ZoneInfo("Asia/Shanghai"),
    Market.HK: ZoneInfo("Asia/Hong_Kong"),
    Market.US: ZoneInfo("America/New_York"),
}


class QuoteState(TextChoices):
    """What a quote's own content shows, whatever the clock says."""

    TRADING = "trading", _("Trading")
    AUCTION = "auction", _("Auction")
    SUSPENDED = "suspended", _("Suspended")
    DELISTED = "delisted", _("Delisted")
    UNKNOWN = "unknown", _("Unknown")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One quote as a source sent it. Prices are in the instrument's currency, volume in shares."""

    symbol: "Symbol"
    at: datetime
    """The exchange's time stamp, aware, UTC."""
    price: Decimal
    previous_close: Decimal | None
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    volume: int
    amount: Decimal | None
    """Turnover of the day, in the currency."""
    state: QuoteState
    name: str
    source: str
    delay: int = 0
    """Seconds by which the source is late by design."""


class InstrumentKind(TextChoices):
    """What an instrument is."""

    STOCK = "stock", _("Stock")
    FUND = "fund", _("Fund")
    INDEX = "index", _("Index")
    BOND = "bond", _("Bond")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a source says of an instrument beside its price. What it does not say is None or ""."""

    symbol: "Symbol"
    name: str
    english_name: str = ""
    kind: InstrumentKind | None = None
    state: QuoteState = QuoteState.UNKNOWN
    """`trading`, `suspended` or `delisted`, where the source tells."""
    lot: int | None = None
    """Shares that are traded together."""
    limit_up: Decimal | None = None
    limit_down: Decimal | None = None
    """The day's price limits."""
    limits_on: date | None = None
    """That day, by the market's own date."""


@dataclass(slots=True)
class Candle:
    """One bar of any interval. `at` is its start, aware; volume is in shares."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int

    def absorb(self, later: "Candle") -> None:
        """Take in the bar that follows within the same interval."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
