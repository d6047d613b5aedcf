"""The log by day and stock. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo

from notifications.models import Notification


@dataclass(slots=True)
class Group:
    """What one day told of one stock, newest first; of all stocks where `symbol` is None."""

    symbol: str | None
    name: str
    rows: list[Notification] = field(default_factory=list)

    @property
    def unread(self) -> int:
        """How many are not read."""
        return sum(row.read_at is None for row in self.rows)


@dataclass(slots=True)
class Day:
    """One day of a reader's zone, its stocks in the order of their newest notification."""

    day: date
    groups: list[Group] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many notifications it has on this page."""
        return sum(len(group.rows) for group in self.groups)


def by_day(rows: Iterable[Notification], zone: tzinfo, *, by_stock: bool) -> list[Day]:
    """Return the days of notifications that come newest first."""
    days: dict[date, dict[str | None, Group]] = {}
    for row in rows:
        groups = days.setdefault(row.created_at.astimezone(zone).date(), {})
        symbol = row.symbol if by_stock else None
        group = groups.setdefault(symbol, Group(symbol, row.name))
        group.rows.append(row)
    return [Day(day, list(groups.values())) for day, groups in days.items()]
