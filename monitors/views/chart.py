"""What the chart of a monitor's page is told beside its bars: kinds of rules, past firings."""

from collections.abc import Iterable
from typing import Any

import orjson
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from monitors.instruments import bars
from monitors.kinds import rule_kinds
from monitors.market import InstrumentKind, Market, boards
from monitors.models import CalendarOverride, Instrument, Monitor
from monitors.views.acting import own_id
from monitors.wire import on_tick, rule_data
from notifications.models import Notification
from notifications.models.log import MAX_SEQ
from notifications.severity import Severity
from notifications.wire import moment

INTERVALS = [
    *(("1m", _("1m")), ("5m", _("5m")), ("15m", _("15m")), ("1h", _("1h"))),
    *(("1d", _("1d")), ("1w", _("1w")), ("1M", _("1M"))),
]
"""What the chart offers beside the day's line, and how it is called there."""

TABLE_INTERVAL, TABLE_BARS = "15m", 12

OLDER = 500
"""Firings that are told at a time where a chart looks for older ones."""


def chart_data(monitor: Monitor, zone: str) -> dict[str, str]:
    """Return the values of the chart's data attributes; `zone` is the user's own, if any."""
    instrument = monitor.instrument
    return {
        "rules": _json([rule_data(rule) for rule in monitor.rules.all()]),
        "kinds": _json(
            {
                name: {
                    "label": str(kind.label),
                    "short": str(kind.short or kind.label),
                    "side": kind.side.name.lower() if kind.side else "",
                    "urgent": kind.severity >= Severity.URGENT,
                    "edges": kind.edges,
                }
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
                "level": firing.level,
                "kind": firing.kind,
            }
            for firing in firings
        ]
    )


class OlderFirings(forms.Form):
    """`?before=`: the number of the oldest firing that is known."""

    before = forms.IntegerField(min_value=1, max_value=MAX_SEQ)


@login_required
@require_safe
def older_firings(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a monitor's firings before the one that is named, the newest first, as `firings_data`.

    The page has the newest; a chart that is moved to the past asks for those of older bars.
    """
    monitor = get_object_or_404(Monitor.objects.of(own_id(request)), pk=pk)
    query = OlderFirings(request.GET)
    if not query.is_valid():
        return HttpResponseBadRequest()
    told = Notification.objects.of_monitor(monitor.owner_id, monitor.pk)
    older = told.filter(seq__lt=query.cleaned_data["before"], rule__isnull=False)
    return HttpResponse(firings_data(older[:OLDER]), content_type="application/json")


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
