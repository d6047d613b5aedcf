"""Numbers and times as quote endpoints write them, read strictly: what is odd is a ValueError."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from monitors.market import Market

# Decimal() itself would take "nan", "1e5", "1_000" and full-width digits.
_PRICE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?").fullmatch
_QUANTITY = re.compile(r"([0-9]{1,15})(?:\.[0-9]{1,6})?").fullmatch
_MONEY = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,6})?").fullmatch
_TIME = re.compile(
    r"([12][0-9]{3})([-/]?)([0-9]{2})\2([0-9]{2}) ?([0-9]{2}):?([0-9]{2}):?([0-9]{2})"
).fullmatch


def price(text: str) -> Decimal:
    """Read a price from 0 to below a billion, with at most six decimal places."""
    if not _PRICE(text):
        raise ValueError(f"price {text[:20]!r}")
    return Decimal(text)


def price_or_none(text: str) -> Decimal | None:
    """Read a price where 0 means that there is none yet."""
    return price(text) or None


def change(text: str) -> Decimal:
    """Read the difference of two prices, which may be negative."""
    size = price(text.removeprefix("-"))
    return -size if text.startswith("-") else size


def quantity(text: str) -> int:
    """Read a whole number of fewer than 16 digits; decimals are rounded down."""
    match = _QUANTITY(text)
    if not match:
        raise ValueError(f"volume {text[:20]!r}")
    return int(match[1])


def money(text: str) -> Decimal | None:
    """Read a turnover; an empty text is none."""
    if not text:
        return None
    if not _MONEY(text):
        raise ValueError(f"amount {text[:20]!r}")
    return Decimal(text)


@lru_cache(maxsize=8192)
def moment(text: str, market: Market) -> datetime:
    """Read a local time such as 20260818112030 or 2026/08/18 11:05:23, and return it in UTC.

    Cached, because the rows of one reply share a few seconds.
    """
    match = _TIME(text)
    if not match:
        raise ValueError(f"time {text[:20]!r}")
    year, month, day, hour, minute, second = map(int, match.group(1, 3, 4, 5, 6, 7))
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=market.timezone)
        return local.astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"time {text[:20]!r}") from error


def shown_name(text: str) -> str:
    """Return at most 64 characters, without what no name has (PostgreSQL refuses NUL)."""
    return "".join(char if char.isprintable() else " " for char in text).strip()[:64]
