"""Which instruments stand still while their market moves: quotes that look fresh and are not.

A source that serves an old reply under new time stamps looks exactly like a stock that nobody
trades. That others of the same market move tells that quotes do come in; that its market has been
open all the while, that it could have moved.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitors.calendars import Calendar
from monitors.evaluation.acceptance import Update
from monitors.kinds import source_kinds
from monitors.market import Market

MOVING = timedelta(seconds=60)
"""A market moves whose liveliest stock changed no longer ago."""


def mark_frozen(accepted: Sequence[Update], calendar: Calendar, after: timedelta) -> None:
    """Mark those of a batch that have not changed for `after` of trading time; 0 marks none."""
    if not after:
        return
    moved: dict[Market, datetime] = {}
    for update in accepted:
        market, changed_at = update.snapshot.symbol.market, update.changed_at
        if changed_at is not None and (market not in moved or changed_at > moved[market]):
            moved[market] = changed_at
    for update in accepted:
        market, at = update.snapshot.symbol.market, update.snapshot.at
        still_since = update.changed_at or at
        if at - still_since >= after and at - moved[market] <= MOVING:
            update.frozen = at - _traded_since(update, still_since, calendar) >= after


def _traded_since(update: Update, at: datetime, calendar: Calendar) -> datetime:
    """Return the later of a time and the opening of the session that the quote belongs to."""
    source = source_kinds().get(update.snapshot.source)
    if source is not None and source.always_open:
        return at
    opened = calendar.opened(update.snapshot.symbol.market, update.snapshot.at)
    return update.snapshot.at if opened is None else max(at, opened)
