"""What the watchlist shows of a monitor: one row, with all that its page needs to keep it moving.

A page has a hundred of them. So a row is put together here, once, and its template only places the
parts (`stockwatch.patterns`): a template that decides takes five times as long.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

import orjson
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from monitors.calendars import Calendar
from monitors.life import RuleState
from monitors.market.pinyin import readings
from monitors.models import CalendarOverride, Instrument, InstrumentChange, Monitor
from monitors.models.monitor import MonitorStatus
from monitors.rules.base import text
from monitors.views.cards import distance
from monitors.views.nearest import MIDDLE, nearest, waited_for
from monitors.views.row_labels import RowWords, address, labels, rearm_button, rule_items
from monitors.views.row_quotes import RowQuote, row_quote
from monitors.views.sparklines import Sparkline, sparklines
from notifications.wire import moment
from stockwatch.patterns import Pattern


class Row(NamedTuple):
    """A monitor as the watchlist shows it."""

    monitor: Monitor
    html: SafeString


def rows(monitors: Iterable[Monitor], calendar: Calendar | None = None) -> list[Row]:
    """Return the monitors' rows, by two queries beside those of MonitorQuerySet.with_all.

    Without a calendar, by three.
    """
    shown, now = list(monitors), timezone.now()
    calendar = calendar or CalendarOverride.objects.calendar()
    instruments = {monitor.instrument_id: monitor.instrument for monitor in shown}
    changes = InstrumentChange.objects.newest_of(instruments)
    lines = sparklines(instruments.values(), calendar, now)
    words = RowWords()
    quotes = {pk: row_quote(one, calendar, now) for pk, one in instruments.items()}
    values = [
        _values(
            one,
            quotes[one.instrument_id],
            labels(one, quotes[one.instrument_id], changes[one.instrument_id], words, now),
            _drawn(lines.get(one.instrument_id)),
            words,
        )
        for one in shown
    ]
    if not values:
        return []
    pattern = Pattern("monitors/_row.html", values[0])
    return [Row(one, pattern.fill(its)) for one, its in zip(shown, values, strict=True)]


def _values(
    monitor: Monitor, quote: RowQuote, marks: SafeString, spark: SafeString, words: RowWords
) -> dict[str, Any]:
    """Return what the row's template places."""
    rules = [(rule, rule.logic.levels()) for rule in monitor.rules.all()]
    waits, price = waited_for(monitor, rules, words.kinds), monitor.instrument.quote.price
    near = nearest(waits, price)
    is_active = monitor.status == MonitorStatus.ACTIVE
    name, pk = monitor.instrument.name or monitor.instrument.symbol, monitor.pk
    return {
        "attributes": _attributes(monitor, quote, waits),
        "classes": f"{monitor.status} {quote.trend}",
        "name": name,
        "symbol": monitor.instrument.symbol,
        "price": quote.price,
        "limits": _attribute("title", quote.limits),
        "at": _attribute("datetime", quote.at),
        "time": quote.fresh.time,
        "percent": quote.percent,
        "change": quote.change,
        "near_label": near.label if near else "",
        "level": text(near.level) if near else "",
        "distance": f"{distance(near.level, price)} %" if near else "",
        "bar_x": near.x if near else MIDDLE,
        "bar_width": near.width if near else 0,
        "close": " close" if near is not None and near.is_close else "",
        "labels": marks,
        "rules": rule_items(monitor, rules, words),
        "spark": spark,
        "note": _note(monitor.note),
        "pk": pk,
        "url": address("monitor", pk),
        "edit_url": address("monitor-edit", pk),
        "delete_url": address("monitor-delete", pk),
        "menu_url": address("monitor-actions", pk),
        "switch": words.pause if is_active else words.resume,
        "switch_url": address("monitor-pause" if is_active else "monitor-resume", pk),
        "rearm": rearm_button(monitor, name, words) if is_active and _has_fired(monitor) else "",
    }


def _attribute(name: str, value: str) -> SafeString:
    """Return an attribute; nothing where it has no value."""
    return mark_safe(f' {name}="{escape(value)}"' if value else "")  # noqa: S308


def _note(note: str) -> SafeString:
    shown = escape(Truncator(note).chars(140)) if note else ""
    return mark_safe(f'<p class="note">{shown}</p>' if note else "")  # noqa: S308


def _attributes(monitor: Monitor, quote: RowQuote, waits: list[tuple[str, Decimal]]) -> SafeString:
    """Return what the script needs to know of a row."""
    values: dict[str, Any] = {
        "monitor": monitor.pk,
        "symbol": monitor.instrument.symbol,
        "signature": _signature(monitor),
        "levels": orjson.dumps([[text(level), label] for label, level in waits]).decode(),
        "find": _sought(monitor.instrument, monitor.group, monitor.note),
        "market": quote.fresh.market,
        "allowed": quote.fresh.allowed,
        "added": monitor.pk,
    }
    if fired := _fired_at(monitor):
        values["fired"] = int(fired.timestamp())
    return mark_safe(" ".join(f'data-{name}="{escape(str(it))}"' for name, it in values.items()))  # noqa: S308


def _signature(monitor: Monitor) -> str:
    """Return what changes when the row has to be drawn anew; the script makes it of a frame."""
    rules = [f"{rule.pk}:{rule.state}:{rule.fired_count}" for rule in monitor.rules.all()]
    return " ".join([monitor.status, moment(monitor.updated_at) or "", *rules])


def _sought(instrument: Instrument, *written: str) -> str:
    """Return what typing finds it by, in lower case."""
    name = instrument.name.lower()
    words = (instrument.symbol, name, instrument.english_name, *written, _initials(name))
    return " ".join(words).lower()


@lru_cache(maxsize=4096)
def _initials(name: str) -> str:
    return " ".join(reading.initials for reading in readings(name))


def _fired_at(monitor: Monitor) -> datetime | None:
    return max((rule.fired_at for rule in monitor.rules.all() if rule.fired_at), default=None)


def _has_fired(monitor: Monitor) -> bool:
    return any(rule.state == RuleState.FIRED or rule.fired_count for rule in monitor.rules.all())


def _drawn(line: Sparkline | None) -> SafeString:
    return mark_safe(line.svg if line else "")  # noqa: S308
