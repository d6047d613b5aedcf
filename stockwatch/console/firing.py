"""What fires: notifications of the last days by kind, hour, stock and user."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, Count, Func
from django.utils import timezone

from monitors.models import Instrument
from notifications.models import Notification
from stockwatch.console.remembering import remembered

MOST = 10


class UtcHour(Func):
    """The hour of a time in UTC as text, by what each database does fastest."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **_kwargs: Any) -> Any:
        """Times are kept as text there: its beginning is the hour."""
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 13)")

    def as_postgresql(self, compiler: Any, connection: Any, **_kwargs: Any) -> Any:
        """Format it."""
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
        return self.as_sql(compiler, connection, template=template)


@dataclass(frozen=True)
class Firing:
    """What fired in so many days."""

    at: datetime
    days: int
    total: int
    by_kind: list[tuple[str, int]]
    by_hour: list[tuple[datetime, int]]
    by_symbol: list[tuple[str, str, int]]
    by_user: list[tuple[int, str, int]]


def firing(days: int) -> Firing:
    """Return what fired in the last days, at most a minute old."""
    return remembered(f"firing-{days}", lambda: _work_out(days, timezone.now()))


def _work_out(days: int, now: datetime) -> Firing:
    rows = Notification.objects.filter(created_at__gt=now - timedelta(days=days)).order_by()
    by_kind = rows.values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    hours = dict(rows.values_list(UtcHour("created_at")).annotate(n=Count("pk")))
    symbols = rows.exclude(symbol="").values_list("symbol").annotate(n=Count("pk"))
    users = list(rows.values_list("user").annotate(n=Count("pk")).order_by("-n", "user")[:MOST])
    names = get_user_model()._default_manager.in_bulk([pk for pk, _n in users])  # noqa: SLF001
    kinds = list(by_kind)
    return Firing(
        at=now,
        days=days,
        total=sum(count for _kind, count in kinds),
        by_kind=kinds,
        by_hour=_every_hour(days, now, hours),
        by_symbol=_named(list(symbols.order_by("-n", "symbol")[:MOST])),
        by_user=[(pk, names[pk].get_username(), n) for pk, n in users if pk in names],
    )


def _every_hour(days: int, now: datetime, counts: Mapping[str, int]) -> list[tuple[datetime, int]]:
    """Return each hour with its count, also those in which nothing fired."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=back) for back in range(days * 24 - 1, -1, -1)]
    return [(hour, counts.get(f"{hour:%Y-%m-%d %H}", 0)) for hour in hours]


def _named(symbols: list[tuple[str, int]]) -> list[tuple[str, str, int]]:
    """Give symbols their names."""
    rows = Instrument.objects.filter(symbol__in=[symbol for symbol, _n in symbols])
    names = dict(rows.values_list("symbol", "name"))
    return [(symbol, names.get(symbol, ""), n) for symbol, n in symbols]
