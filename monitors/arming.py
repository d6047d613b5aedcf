"""Turns rules into triggers and back: the rows by which the index finds what a quote fires."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from monitors.life import Armament
from monitors.models import Rule, Trigger
from monitors.rules.base import Direction, Level
from stockwatch.rowset import slices

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime | None) -> int:
    """Return a time as epoch microseconds; 0 for none, which is before any quote."""
    # Exact: a double holds any microsecond until the year 2255.
    return 0 if at is None else round(at.timestamp() * 1_000_000)


def from_microseconds(at: int) -> datetime | None:
    """Return the time that so many epoch microseconds are; None for 0."""
    return EPOCH + timedelta(microseconds=at) if at else None


def armament(trigger: Trigger) -> Armament:
    """Return what a trigger row says."""
    return Armament(
        Level(Direction(trigger.direction), trigger.level),
        trigger.is_release,
        trigger.touch_from,
        from_microseconds(trigger.not_before),
    )


def trigger_of(rule: Rule, armed: Armament) -> Trigger:
    """Return the row of one armament of a rule; `rule.monitor` is loaded."""
    return Trigger(
        rule=rule,
        instrument_id=rule.monitor.instrument_id,
        metric=rule.logic.metric,
        direction=armed.level.direction,
        level=armed.level.price,
        is_release=armed.is_release,
        # Arming again looks at every accepted quote, firing perhaps at those of a session only.
        in_session_only=rule.monitor.trading_hours_only and not armed.is_release,
        touch_from=armed.touch_from,
        not_before=microseconds(armed.not_before),
    )


def disarm(rule_ids: Iterable[int]) -> None:
    """Delete the rules' triggers."""
    for some in slices(list(rule_ids)):
        Trigger.objects.filter(rule_id__in=some).delete()


def arm(armed: Sequence[tuple[Rule, Sequence[Armament]]]) -> None:
    """Replace the rules' triggers by these."""
    disarm(rule.pk for rule, _armaments in armed)
    Trigger.objects.bulk_create(
        trigger_of(rule, armament) for rule, armaments in armed for armament in armaments
    )
