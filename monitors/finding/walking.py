"""Reads the sources' lists of what is traded: a page a run, each market once a day."""

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction

from monitors.asking.inquiries import ask_listing
from monitors.calendars import Calendar
from monitors.finding import listings
from monitors.kinds import disclaimer
from monitors.market import Market
from monitors.models import ListWalk
from monitors.sources.base import Page

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=20)
"""Some hours less than a day, so that a walk does not come later every day."""
OVERDUE_AFTER = timedelta(days=3)
"""A list that is older is read in trading hours, too."""
LONGEST = timedelta(hours=6)
"""A walk that takes longer begins anew: what its first pages said has changed."""
MOST_PAGES = 1000
MADE_UP = datetime(2000, 1, 1, tzinfo=UTC)
"""What the demo market lists yields to whatever else is known, and so never lacks anything."""


def step(calendar: Calendar, now: datetime) -> bool:
    """Read the next page of the first market whose turn it is; return whether there was one."""
    walks = [(market, ListWalk.of(market)) for market in Market]
    return any(
        _read_page(market, walk, now)
        for market, walk in walks
        if is_due(walk, now, is_open=calendar.is_open(market, now))
    )


def is_due(walk: ListWalk, now: datetime, *, is_open: bool) -> bool:
    """Whether to read on. What has begun goes on; what is to begin waits until the close."""
    if walk.begun_at is not None or walk.ended_at is None:
        return True
    return now - walk.ended_at >= (OVERDUE_AFTER if is_open else AGAIN_AFTER)


def _read_page(market: Market, walk: ListWalk, now: datetime) -> bool:
    if walk.begun_at is not None and now - walk.begun_at >= LONGEST:
        logger.warning("the list of %s was not read to its end in time", market)
        walk.give_up()
    told = ask_listing(market, walk.pages + 1, walk.source if walk.pages else "")
    if told is None:
        return False
    source, page = told
    _take(market, walk, source, page, now)
    return True


@transaction.atomic
def _take(market: Market, walk: ListWalk, source: str, page: Page, now: datetime) -> None:
    """Write a page down, unless another worker has; the last one tells what is missing."""
    if not walk.advance(source, now):
        return
    listings.note(page.references, MADE_UP if disclaimer(source) else now)
    if page.is_last or walk.pages + 1 >= MOST_PAGES:
        if page.is_last and walk.begun_at:
            listings.mark_missing(market, walk.begun_at)
        walk.end(now)
