"""Keeps what is known of instruments beside their prices: asked for before each trading day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from monitors.calendars import Calendar
from monitors.fetching import ask_reference, reference_sources
from monitors.market import Market, Reference
from monitors.models import Instrument, InstrumentChange, Monitor

BEFORE_OPEN = timedelta(minutes=15)
"""By then the mainland's opening auction begins, and the day's limits are told."""

AGAIN_AFTER = timedelta(minutes=10)
"""How long an instrument waits that nobody told of, or of which yesterday's limits were told."""


def refresh(now: datetime, calendar: Calendar) -> int:
    """Ask for a batch of watched instruments of each market; return of how many was told."""
    return sum(_refresh(market, now, calendar) for market in Market)


def due_next(market: Market, calendar: Calendar, now: datetime, limits_on: date | None) -> datetime:
    """Return when to ask again, once an instrument was told of, with limits of some day or none."""
    current = calendar.newest_day(market, now + BEFORE_OPEN)
    if limits_on is not None and limits_on < current:
        return now + AGAIN_AFTER
    return calendar.opening_after(market, now + BEFORE_OPEN) - BEFORE_OPEN


def _refresh(market: Market, now: datetime, calendar: Calendar) -> int:
    sources = reference_sources(market)
    if not sources:
        return 0
    watched = Monitor.objects.active().values("instrument")
    due = Instrument.objects.due_for_reference(market, now).filter(pk__in=watched)
    taken = _take(due, min(source.batch_size for source in sources.values()), now)
    told = ask_reference(market, [one.parsed for one in taken]) if taken else None
    if told is None:
        return 0
    source, references = told
    by_symbol = {str(one.symbol): one for one in references}
    for instrument in taken:
        _put_down(instrument, by_symbol.get(instrument.symbol), source, now, calendar)
    return len(by_symbol)


def _take(due: QuerySet[Instrument], most: int, now: datetime) -> list[Instrument]:
    """Return instruments that are ours to ask for: nobody else does before AGAIN_AFTER."""
    found = list(due[:most])
    still_due = Instrument.objects.filter(
        pk__in=[one.pk for one in found], reference_due_at__lte=now
    )
    is_ours = still_due.update(reference_due_at=now + AGAIN_AFTER) == len(found)
    return found if is_ours else []


@transaction.atomic
def _put_down(
    instrument: Instrument, told: Reference | None, source: str, now: datetime, calendar: Calendar
) -> None:
    """Write down what was told of an instrument, and when to ask again."""
    market = Market(instrument.market)
    limits_on = told.limits_on if told else None
    columns: dict[str, Any] = {"reference_due_at": due_next(market, calendar, now, limits_on)}
    if told is not None:
        known = instrument.identity
        now_known = known.after(told.name, told.state.value, source, settings.QUOTE_SOURCES)
        if now_known != known:
            InstrumentChange.objects.note(instrument.pk, known, now_known, now, source)
        columns |= _columns(told) | {"reference_at": now}
    Instrument.objects.filter(pk=instrument.pk).update(**columns)


def _columns(told: Reference) -> dict[str, Any]:
    """Return what to store. The limits are the day's; the rest stays where nothing is told."""
    lasting = {"english_name": told.english_name, "kind": told.kind, "lot": told.lot}
    return {name: value for name, value in lasting.items() if value} | {
        "limit_up": told.limit_up,
        "limit_down": told.limit_down,
        "limits_on": told.limits_on,
    }
