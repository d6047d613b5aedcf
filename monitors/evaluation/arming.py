"""Turns rules into triggers and back: the rows by which the index finds what a quote fires."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitors.life import Armament
from monitors.models import Rule, Trigger
from monitors.rules.base import Direction, Level
from stockwatch.fields import to_units
from stockwatch.rowset import Rowset

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


TRIGGERS = Rowset(
    "incoming",
    {
        "rule_id": "bigint",
        "instrument_id": "bigint",
        "metric": "smallint",
        "direction": "smallint",
        "level": "bigint",
        "is_release": "boolean",
        "in_session_only": "boolean",
        "touch_from": "bigint",
        "not_before": "bigint",
        "demands": "smallint",
    },
)
GONE = Rowset("gone", {"rule_id": "bigint"})


def trigger_row(rule: Rule, armed: Armament) -> tuple[Any, ...]:
    """Return one armament of a rule in the order of TRIGGERS; `rule.monitor` is loaded."""
    return (
        rule.pk,
        rule.monitor.instrument_id,
        int(rule.logic.metric),
        int(armed.level.direction),
        to_units(armed.level.price),
        armed.is_release,
        # Arming again looks at every accepted quote, firing perhaps at those of a session only.
        rule.monitor.trading_hours_only and not armed.is_release,
        armed.touch_from,
        microseconds(armed.not_before),
        int(rule.demands),
    )


def disarm(rule_ids: Iterable[int]) -> None:
    """Delete the rules' triggers."""
    delete = "DELETE FROM monitors_trigger WHERE rule_id IN (SELECT rule_id FROM gone)"
    GONE.run(f"WITH {GONE.cte()} {delete}", [(rule_id,) for rule_id in rule_ids])


def arm(armed: Sequence[tuple[Rule, Sequence[Armament]]]) -> None:
    """Replace the rules' triggers by these."""
    disarm(rule.pk for rule, _armaments in armed)
    TRIGGERS.insert(
        "monitors_trigger",
        [trigger_row(rule, armament) for rule, armaments in armed for armament in armaments],
    )
