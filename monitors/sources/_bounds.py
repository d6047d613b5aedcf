"""What no quote goes beyond: a row that does is damaged, whatever its source."""

from datetime import timedelta
from decimal import Decimal

CLOCK_SKEW = timedelta(minutes=10)
"""By how much a source's clock may be ahead of ours."""
LARGEST_VOLUME = 10**15
"""Shares of a day, of which no market trades as many."""


def priced(last: Decimal | None, low: Decimal | None, high: Decimal | None) -> Decimal:
    """Return the price of a row. Raises ValueError for none, and for one beyond the day's range."""
    if not last or (high is not None and last > high) or (low is not None and last < low):
        raise ValueError(f"price {last} of {low} to {high}")
    return last


def counted(shares: int) -> int:
    """Return the volume of a row. Raises ValueError for one that cannot be."""
    if shares >= LARGEST_VOLUME:
        raise ValueError(f"volume {shares}")
    return shares
