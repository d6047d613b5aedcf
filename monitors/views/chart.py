"""What the chart of a monitor's page is told beside its bars."""

from collections.abc import Iterable
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from monitors.instruments import bars
from monitors.kinds import rule_kinds
from monitors.market import InstrumentKind, Market, boards
from monitors.models import CalendarOverride, Instrument, Monitor
from monitors.wire import on_tick, rule_data
from notifications.models import Notification
from notifications.wire import moment

INTERVALS = [
    *(("1m", _("1m")), ("5m", _("5m")), ("15m", _("15m")), ("1h", _("1h"))),
    *(("1d", _("1d")), ("1w", _("1w")), ("1M", _("1M"))),
]
"""What the chart offers beside the day's line, and how it is called there."""

TABLE_INTERVAL, TABLE_BARS = "15m", 12


def chart_data(monitor: Monitor, zone: str) -> dict[str, str]:
    """Return the values of the chart's data attributes; `zone` is the user's own, if any."""
    instrument = monitor.instrument
    return {
        "rules": _json([rule_data(rule) for rule in monitor.rules.all()]),
        "kinds": _json(
            {
                name: {"label": str(kind.label), "edges": kind.edges}
                for name, kind in rule_kinds().items()
            }
        ),
        "ticks": _json(_ticks(instrument)),
        "zone": zone or str(Market(instrument.market).timezone),
        "previous_close": on_tick(instrument.quote.previous_close, instrument.parsed) or "",
    }


def firings_data(firings: Iterable[Notification]) -> str:
    """Return past firings as the chart marks them."""
    return _json(
        [
            {
                "seq": firing.seq,
                "at": moment(firing.quote_at or firing.created_at),
                "price": firing.price,
                "kind": firing.kind,
            }
            for firing in firings
        ]
    )


def last_bars(instrument: Instrument) -> list[dict[str, Any]]:
    """Return the newest bars as a table has them, the newest first."""
    calendar, symbol = CalendarOverride.objects.calendar(), instrument.parsed
    found = bars.newest(instrument, TABLE_INTERVAL, TABLE_BARS, calendar)
    return [
        {
            "at": bar.at,
            "open": on_tick(bar.open, symbol),
            "high": on_tick(bar.high, symbol),
            "low": on_tick(bar.low, symbol),
            "close": on_tick(bar.close, symbol),
            "volume": bar.volume,
        }
        for bar in reversed(found)
    ]


def _ticks(instrument: Instrument) -> list[list[str]]:
    kind = InstrumentKind(instrument.kind) if instrument.kind else None
    return [
        [format(above, "f"), format(tick, "f")]
        for above, tick in boards.ticks(instrument.parsed, kind)
    ]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
