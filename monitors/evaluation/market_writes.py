"""Writes a batch of newer quotes, and the bars that the accepted ones make."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from monitors.evaluation.acceptance import Update, units
from monitors.market.identity import LASTING, Identity
from monitors.models import Bar, DailyBar, Instrument, InstrumentChange
from stockwatch.rowset import Rowset

QUOTES = Rowset(
    "incoming",
    {
        "instrument_id": "bigint",
        "source": "text",
        "state": "text",
        "price": "bigint",
        "previous_close": "bigint",
        "open": "bigint",
        "high": "bigint",
        "low": "bigint",
        "volume": "bigint",
        "amount": "numeric",
        "at": "timestamptz",
        "received_at": "timestamptz",
        "delay": "integer",
        "revision": "bigint",
        "accepted_at": "timestamptz",
        "accepted_high": "bigint",
        "accepted_low": "bigint",
        "accepted_volume": "bigint",
        "changed_at": "timestamptz",
        "frozen": "boolean",
        "prompt_revision": "bigint",
        "prompt_at": "timestamptz",
        "prompt_high": "bigint",
        "prompt_low": "bigint",
    },
)


BARS = Rowset(
    "incoming",
    {
        "instrument_id": "bigint",
        "at": "timestamptz",
        "open": "bigint",
        "high": "bigint",
        "low": "bigint",
        "close": "bigint",
        "volume": "bigint",
    },
)


MERGED = """ON CONFLICT (instrument_id, at) DO UPDATE SET
    high = CASE WHEN excluded.high > monitors_bar.high
           THEN excluded.high ELSE monitors_bar.high END,
    low = CASE WHEN excluded.low < monitors_bar.low
          THEN excluded.low ELSE monitors_bar.low END,
    close = excluded.close,
    volume = monitors_bar.volume + excluded.volume"""


def write_quotes(updates: Sequence[Update], now: datetime) -> None:
    """Store the quotes, received `now`, and what they tell of their instruments."""
    QUOTES.update("monitors_quote", [_quote_row(update, now) for update in updates])
    _forget_days([update.standing.instrument_id for update in updates if update.starts_anew], now)
    telling = [update for update in updates if _tells_more(update)]
    # In one order for all: whoever else writes them may hold some of their rows.
    for update in sorted(telling, key=lambda update: update.standing.instrument_id):
        _note(update)


def _forget_days(anew: Sequence[int], now: datetime) -> None:
    """Made-up and real prices do not stand in one chart: have the days asked for again."""
    if anew:
        DailyBar.objects.filter(instrument_id__in=anew).delete()
        Instrument.objects.filter(pk__in=anew).update(days_due_at=now)


def _tells_more(update: Update) -> bool:
    """Whether a quote tells another name or state than is known: almost none does."""
    snapshot, standing = update.snapshot, update.standing
    if snapshot.state != standing.trading_state and snapshot.state in LASTING:
        return True
    return bool(snapshot.name) and (snapshot.name != standing.name or not standing.name_source)


def _note(update: Update) -> None:
    snapshot, standing = update.snapshot, update.standing
    known = Identity(standing.name, standing.name_source, standing.trading_state)
    told = snapshot.name[:100], snapshot.state.value, snapshot.source
    now_known = known.after(*told, settings.QUOTE_SOURCES)
    if now_known != known:
        InstrumentChange.objects.note(
            standing.instrument_id, known, now_known, snapshot.at, snapshot.source
        )


def _quote_row(update: Update, now: datetime) -> tuple[Any, ...]:
    snapshot, standing = update.snapshot, update.standing
    last: tuple[Any, ...] = (
        standing.accepted_at,
        standing.accepted_high,
        standing.accepted_low,
        standing.accepted_volume,
    )
    if update.accepted:
        last = (snapshot.at, update.day_high, update.day_low, snapshot.volume)
    elif update.starts_anew:
        last = (None, None, None, 0)
    return (
        standing.instrument_id,
        snapshot.source,
        snapshot.state.value,
        update.price,
        units(snapshot.previous_close),
        units(snapshot.open),
        units(snapshot.high),
        units(snapshot.low),
        snapshot.volume,
        snapshot.amount,
        snapshot.at,
        now,
        snapshot.delay,
        update.revision,
        *last,
        update.changed_at,
        update.frozen,
        *_last_prompt(update),
    )


def _last_prompt(update: Update) -> tuple[Any, ...]:
    """Return the last accepted quote that was not late by design, if late ones came since."""
    standing = update.standing
    if update.starts_anew or (update.accepted and not update.snapshot.delay):
        return (None, None, None, None)
    if update.accepted and standing.prompt_revision is None:
        return (
            standing.revision,
            standing.accepted_at,
            standing.accepted_high,
            standing.accepted_low,
        )
    return (
        standing.prompt_revision,
        standing.prompt_at,
        standing.prompt_high,
        standing.prompt_low,
    )


def write_bars(accepted: Sequence[Update]) -> None:
    """Merge accepted quotes into the bars of their minutes."""
    anew = [update.standing.instrument_id for update in accepted if update.starts_anew]
    if anew:  # made-up and real prices do not stand in one chart
        Bar.objects.filter(instrument_id__in=anew).delete()
    rows = [
        (
            update.standing.instrument_id,
            update.snapshot.at.replace(second=0, microsecond=0),
            update.price,
            update.since.high,
            update.since.low,
            update.price,
            update.volume,
        )
        for update in accepted
    ]
    BARS.insert("monitors_bar", rows, MERGED)
