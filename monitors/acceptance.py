"""Which quotes count: newer than the stored one, and showing trading by their own content.

Pure: the stored quote, the time and the calendar's word are passed in (contract §5).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from monitors.kinds import comparable
from monitors.market import QuoteState, Snapshot
from monitors.models.instrument import Standing
from stockwatch.fields import to_units


@dataclass(slots=True)
class Update:
    """What a newer quote changes. Prices are in millionths."""

    snapshot: Snapshot
    standing: Standing
    accepted: bool
    price: int
    low: int
    high: int
    """The range to judge by touch: the last price with the day's new low and high, if any."""
    day_high: int | None
    day_low: int | None
    """As the quote states them; what it does not state is no evidence, now or for the next one."""
    revision: int
    previous_revision: int
    """0 where no accepted quote of the same day came before: touch has no evidence then."""
    previous_at: datetime | None
    volume: int
    """Shares traded since the previous accepted quote of the day."""
    starts_anew: bool
    """The stored quote came from the demo market or a recording, or goes there: nothing before
    counts."""


def units(price: Decimal | None) -> int | None:
    """Return a price in millionths."""
    return None if price is None else to_units(price)


def compare(snapshot: Snapshot, standing: Standing, now: datetime, max_age: int) -> Update | None:
    """Return what the snapshot changes, or None: it is no newer than the stored quote, or no price.

    `max_age` is in seconds, 0 for any age; the source's own delay does not make a quote stale.
    """
    starts_anew = bool(standing.source) and not comparable(standing.source, snapshot.source)
    price = to_units(snapshot.price)
    if price <= 0 or not (starts_anew or _is_newer(snapshot, standing)):
        return None
    accepted = snapshot.state == QuoteState.TRADING and not _is_stale(snapshot, now, max_age)
    update = Update(
        snapshot=snapshot,
        standing=standing,
        accepted=accepted,
        price=price,
        low=price,
        high=price,
        day_high=units(snapshot.high) or None,
        day_low=units(snapshot.low) or None,
        revision=standing.revision + accepted,
        previous_revision=0,
        previous_at=None,
        volume=0,
        starts_anew=starts_anew,
    )
    if accepted and not starts_anew:
        _compare_with_accepted(update)
    return update


def _compare_with_accepted(update: Update) -> None:
    """Fill in what depends on the previous accepted quote of the same day."""
    standing, snapshot = update.standing, update.snapshot
    if standing.accepted_at is None or not _same_day(snapshot, standing.accepted_at):
        update.volume = snapshot.volume if standing.accepted_at else 0
        return
    update.previous_revision = standing.revision
    update.previous_at = standing.accepted_at
    high, low = update.day_high, update.day_low
    if high and standing.accepted_high and high > standing.accepted_high:
        update.high = max(update.price, high)
    if low and standing.accepted_low and low < standing.accepted_low:
        update.low = min(update.price, low)
    update.volume = max(0, snapshot.volume - standing.accepted_volume)


def _is_newer(snapshot: Snapshot, standing: Standing) -> bool:
    if standing.at is None or snapshot.at > standing.at:
        return True
    return bool(snapshot.at == standing.at) and _values(snapshot) != (
        standing.price,
        standing.previous_close,
        standing.open,
        standing.high,
        standing.low,
        standing.volume,
        standing.state,
    )


def _values(snapshot: Snapshot) -> tuple[object, ...]:
    return (
        to_units(snapshot.price),
        units(snapshot.previous_close),
        units(snapshot.open),
        units(snapshot.high),
        units(snapshot.low),
        snapshot.volume,
        snapshot.state.value,
    )


def _is_stale(snapshot: Snapshot, now: datetime, max_age: int) -> bool:
    return max_age > 0 and now - snapshot.at > timedelta(seconds=max_age + snapshot.delay)


def _same_day(snapshot: Snapshot, at: datetime) -> bool:
    zone = snapshot.symbol.market.timezone
    return snapshot.at.astimezone(zone).date() == at.astimezone(zone).date()
