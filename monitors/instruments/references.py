"""Keeps what is known of instruments beside their prices, renewed before each trading day.

Where the quotes' own replies tell it, sweeps bring it; what they have not brought is asked for.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from monitors.asking.fetching import Haul
from monitors.asking.inquiries import ask_reference, reference_sources
from monitors.calendars import Calendar
from monitors.kinds import preferred_sources
from monitors.market import Market, Reference
from monitors.models import Instrument, InstrumentChange, Monitor
from monitors.polling import Candidate
from monitors.sources.base import SourceError

logger = logging.getLogger(__name__)

BEFORE_OPEN = timedelta(minutes=15)
"""By then the mainland's opening auction begins, and the day's limits are told."""

AGAIN_AFTER = timedelta(minutes=10)
"""How long an instrument waits that nobody told of, or of which yesterday's limits were told."""

GRACE = timedelta(minutes=1)
"""How long sweeps have time to bring what is due before somebody asks for it."""


def watched_and_due(now: datetime) -> QuerySet[Instrument]:
    """Return the instruments that somebody watches whose reference data are to be asked for."""
    watched = Monitor.objects.active().values("instrument")
    return Instrument.objects.due_for_reference(now).filter(pk__in=watched)


def take_with_quotes(chunk: Sequence[Candidate], due: set[int], now: datetime) -> list[str]:
    """Return those of a market's chunk that are due, if they come with the quotes.

    Nobody else asks for them before AGAIN_AFTER.
    """
    wanted = [one for one in chunk if one.pk in due]
    if not wanted or not _come_with_quotes(wanted[0].symbol.market):
        return []
    _put_off([one.pk for one in wanted], now)
    return [str(one.symbol) for one in wanted]


def harvest(haul: Haul, symbols: Iterable[str], now: datetime, calendar: Calendar) -> int:
    """Write down what a haul tells of some symbols beside prices; return of how many."""
    wanted = set(symbols)
    count = 0
    for source, read in haul.references:
        try:
            told = {str(one.symbol): one for one in read()}
        except SourceError as error:
            logger.warning("%s sent quotes, but nothing to be read beside: %s", source, error)
            continue
        for instrument in Instrument.objects.filter(symbol__in=wanted & told.keys()):
            _put_down(instrument, told[instrument.symbol], source, now, calendar)
            count += 1
        wanted -= told.keys()
    return count


def refresh(now: datetime, calendar: Calendar) -> int:
    """Ask for a batch of watched instruments of each market; return of how many was told.

    They are due for GRACE at least.
    """
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
    taken = _take(market, min(source.batch_size for source in sources.values()), now)
    told = ask_reference(market, [one.parsed for one in taken]) if taken else None
    if told is None:
        return 0
    source, references = told
    by_symbol = {str(one.symbol): one for one in references}
    for instrument in taken:
        _put_down(instrument, by_symbol.get(instrument.symbol), source, now, calendar)
    return len(by_symbol)


def _take(market: Market, most: int, now: datetime) -> list[Instrument]:
    """Return instruments that are ours to ask for: nobody else does before AGAIN_AFTER."""
    found = list(watched_and_due(now - GRACE).filter(market=market)[:most])
    is_ours = _put_off([one.pk for one in found], now) == len(found)
    return found if is_ours else []


def _put_off(pks: Sequence[int], now: datetime) -> int:
    """Have due instruments wait, as somebody is about to be asked; return how many were due."""
    due = Instrument.objects.filter(pk__in=pks, reference_due_at__lte=now)
    return due.update(reference_due_at=now + AGAIN_AFTER)


def _come_with_quotes(market: Market) -> bool:
    """Whether the source that is asked first for quotes of a market tells more than prices."""
    first = next(iter(preferred_sources(market).values()), None)
    return first is not None and first.tells_reference_in_quotes


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
