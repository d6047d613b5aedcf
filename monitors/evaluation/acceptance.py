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


@dataclass(frozen=True, slots=True)
class Since:
    """What a quote shows of the time since an earlier accepted one of the same day."""

    revision: int
    """Of the earlier one; 0 where there was none: touch has no evidence then."""
    at: datetime | None
    low: int
    high: int
    """The last price with the day's new low and high, if any, in millionths."""


@dataclass(slots=True)
class Update:
    """What a newer quote changes. Prices are in millionths."""

    snapshot: Snapshot
    standing: Standing
    accepted: bool
    price: int
    since: Since
    """Since the previous accepted quote: the range to judge by touch."""
    since_prompt: Since
    """The same since the previous one that was not late by design."""
    day_high: int | None
    day_low: int | None
    """As the quote states them; what it does not state is no evidence, now or for the next one."""
    revision: int
    volume: int
    """Shares traded since the previous accepted quote of the day."""
    starts_anew: bool
    """The stored quote came from the demo market or a recording, or goes there: nothing before
    counts."""
    changed_at: datetime | None
    """When price or volume last changed, by the time stamps of accepted quotes."""
    frozen: bool = False
    """Whether that is long ago while others moved (see monitors.evaluation.freshness)."""


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
    alone = Since(0, None, price, price)
    is_same = price == standing.price and snapshot.volume == standing.volume
    update = Update(
        snapshot=snapshot,
        standing=standing,
        accepted=accepted,
        price=price,
        since=alone,
        since_prompt=alone,
        day_high=units(snapshot.high) or None,
        day_low=units(snapshot.low) or None,
        revision=standing.revision + accepted,
        volume=0,
        starts_anew=starts_anew,
        changed_at=standing.changed_at,
    )
    if accepted and (starts_anew or not is_same or standing.changed_at is None):
        update.changed_at = snapshot.at
    if accepted and not starts_anew:
        _compare_with_accepted(update)
    return update


def _compare_with_accepted(update: Update) -> None:
    """Fill in what depends on the previous accepted quotes of the same day."""
    standing, snapshot = update.standing, update.snapshot
    if standing.accepted_at is None or not _same_day(snapshot, standing.accepted_at):
        update.volume = snapshot.volume if standing.accepted_at else 0
        return
    update.volume = max(0, snapshot.volume - standing.accepted_volume)
    update.since = update.since_prompt = _since(
        update,
        standing.revision,
        standing.accepted_at,
        standing.accepted_low,
        standing.accepted_high,
    )
    if standing.prompt_revision is not None:
        update.since_prompt = _since(
            update,
            standing.prompt_revision,
            standing.prompt_at,
            standing.prompt_low,
            standing.prompt_high,
        )


def _since(
    update: Update, revision: int, at: datetime | None, low: int | None, high: int | None
) -> Since:
    """Compare with an earlier accepted quote; what either does not state is no evidence."""
    if at is None or not _same_day(update.snapshot, at):
        return Since(0, None, update.price, update.price)
    new_low = update.day_low if low and update.day_low and update.day_low < low else update.price
    new_high = (
        update.day_high if high and update.day_high and update.day_high > high else update.price
    )
    return Since(revision, at, min(update.price, new_low), max(update.price, new_high))


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
