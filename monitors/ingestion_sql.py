"""The statements that a batch of quotes is written and joined with, the same on both databases."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from monitors.rules.base import Direction
from stockwatch.rowset import Rowset

READINGS = Rowset(
    "readings",
    {
        "instrument_id": "bigint",
        "metric": "smallint",
        "low": "bigint",
        "high": "bigint",
        "last": "bigint",
        "at": "bigint",
        "in_session": "smallint",
        "previous_revision": "bigint",
        "previous_at": "bigint",
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

    The plan must start at the readings, a few thousand rows, and probe the index of the triggers,
    of which there may be millions. SQLite keeps the written order of a CROSS JOIN; PostgreSQL is
    kept from reordering by a LATERAL subquery that OFFSET 0 makes opaque.

    A trigger is reached by the last price, or, if its rule was armed and rested when the previous
    quote was accepted, by the range that touch shows. A release looks at the last price only
    (its touch_from is never reached).
    """
    return (
        f"WITH {READINGS.cte()} "
        f"{_reached(Direction.UP)} UNION ALL {_reached(Direction.DOWN)}"
    )


def _reached(direction: Direction) -> str:
    comparison, extreme = ("<=", "high") if direction == Direction.UP else (">=", "low")
    columns = ", ".join(f"t.{name}" for name in TRIGGER_COLUMNS)
    conditions = f"""
        t.instrument_id = r.instrument_id AND t.metric = r.metric
        AND t.direction = {int(direction)} AND t.level {comparison} r.{extreme}
        AND (t.level {comparison} r.last
             OR (t.touch_from <= r.previous_revision AND t.not_before <= r.previous_at))
        AND t.not_before <= r.at AND (r.in_session = 1 OR NOT t.in_session_only)"""
    if connection.vendor == "postgresql":
        return f"""SELECT t.* FROM readings r CROSS JOIN LATERAL (
            SELECT {columns} FROM monitors_trigger t WHERE {conditions} OFFSET 0) t"""
    return f"SELECT {columns} FROM readings r CROSS JOIN monitors_trigger t WHERE {conditions}"


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
    },
)


def update_quotes_sql() -> str:
    """Return the update of stored quotes by the batch."""
    settings = ", ".join(f"{name} = i.{name}" for name in QUOTES.columns if name != "instrument_id")
    return (
        f"WITH {QUOTES.cte()} UPDATE monitors_quote SET {settings} "
        "FROM incoming i WHERE monitors_quote.instrument_id = i.instrument_id"
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


def upsert_bars_sql() -> str:
    """Return the merge of the batch into the one-minute bars."""
    return f"""WITH {BARS.cte()}
        INSERT INTO monitors_bar ({", ".join(BARS.columns)})
        SELECT {", ".join(BARS.columns)} FROM incoming WHERE true
        ON CONFLICT (instrument_id, at) DO UPDATE SET
            high = CASE WHEN excluded.high > monitors_bar.high
                   THEN excluded.high ELSE monitors_bar.high END,
            low = CASE WHEN excluded.low < monitors_bar.low
                  THEN excluded.low ELSE monitors_bar.low END,
            close = excluded.close,
            volume = monitors_bar.volume + excluded.volume"""


def run(rowset: Rowset, sql: str, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Run a statement on its rows and return what it selects; without rows, nothing is run."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, rowset.params(rows))
        return cursor.fetchall() if cursor.description else []
