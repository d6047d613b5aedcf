"""The one join: which armed triggers a batch of accepted quotes reaches."""

from collections.abc import Sequence

from monitors.calendars import Calendar
from monitors.evaluation.acceptance import Update
from monitors.evaluation.arming import from_microseconds, microseconds
from monitors.kinds import source_kinds
from monitors.life import NOTHING, Armament, Demand
from monitors.rules.base import Direction, Level, Metric
from stockwatch.fields import from_units
from stockwatch.rowset import Rowset

READINGS = Rowset(
    "readings",
    {
        "instrument_id": "bigint",
        "metric": "smallint",
        "up": "smallint",
        "down": "smallint",
        "low": "bigint",
        "high": "bigint",
        "last": "bigint",
        "at": "bigint",
        "in_session": "smallint",
        "previous_revision": "bigint",
        "previous_at": "bigint",
        "lacks": "smallint",
    },
)

TRIGGER_COLUMNS = (
    "rule_id",
    "instrument_id",
    "direction",
    "level",
    "is_release",
    "touch_from",
    "not_before",
)


def reached_triggers_sql() -> str:
    """Return the join of readings and triggers: one index range for each reading and direction.

    The plan starts at the readings (see Rowset.probing), for there may be millions of triggers.
    The directions come with the readings, not as constants: given a constant, SQLite first scans
    all triggers to build a Bloom filter, which costs six times as much as the join itself.

    A trigger is reached by the last price, or, if its rule was armed and rested when the previous
    quote was accepted, by the range that touch shows. A release looks at the last price only
    (its touch_from is never reached).

    What lacks what a trigger demands does not reach it. The range is the widest that any rule may
    see (one that refuses late quotes looks back beyond them): which of it counts the rule's
    decision knows.
    """
    return f"WITH {READINGS.cte()} {_reached(Direction.UP)} UNION ALL {_reached(Direction.DOWN)}"


def _reached(direction: Direction) -> str:
    side, comparison, extreme = (
        ("up", "<=", "high") if direction == Direction.UP else ("down", ">=", "low")
    )
    condition = f"""
        t.instrument_id = r.instrument_id AND t.metric = r.metric
        AND t.direction = r.{side} AND t.level {comparison} r.{extreme}
        AND (t.level {comparison} r.last
             OR (t.touch_from <= r.previous_revision AND t.not_before <= r.previous_at))
        AND t.not_before <= r.at AND (r.in_session = 1 OR NOT t.in_session_only)
        AND (t.demands & r.lacks) = 0"""
    return READINGS.probing("monitors_trigger", TRIGGER_COLUMNS, condition)


def reached(accepted: Sequence[Update], calendar: Calendar) -> dict[int, tuple[int, Armament]]:
    """Run the join; return by rule the instrument and the level that was reached."""
    rows = [reading_row(update, calendar) for update in accepted]
    return dict(_hit(*row) for row in READINGS.run(reached_triggers_sql(), rows))


def _hit(
    rule_id: int,
    instrument_id: int,
    direction: int,
    level: int,
    is_release: int,
    touch_from: int,
    not_before: int,
) -> tuple[int, tuple[int, Armament]]:
    """Read one row of the join, in the order of TRIGGER_COLUMNS."""
    reached_level = Level(Direction(direction), from_units(level))
    rest = from_microseconds(not_before)
    return rule_id, (instrument_id, Armament(reached_level, bool(is_release), touch_from, rest))


_CONSTANTS = (int(Metric.PRICE), int(Direction.UP), int(Direction.DOWN))


def reading_row(update: Update, calendar: Calendar) -> tuple[int, ...]:
    """Return an accepted quote in the order of READINGS."""
    snapshot = update.snapshot
    source = source_kinds().get(snapshot.source)
    in_session = (source is not None and source.always_open) or calendar.in_session(
        snapshot.symbol.market, snapshot.at
    )
    return (
        update.standing.instrument_id,
        *_CONSTANTS,
        min(update.since.low, update.since_prompt.low),
        max(update.since.high, update.since_prompt.high),
        update.price,
        microseconds(snapshot.at),
        int(in_session),
        update.since.revision,
        microseconds(update.since.at),
        int(_lacks(update)),
    )


def _lacks(update: Update) -> Demand:
    lacks = NOTHING
    if update.snapshot.delay:
        lacks |= Demand.PROMPT
    if update.frozen:
        lacks |= Demand.MOVING
    return lacks
