"""Asks a second source, in the same sweep, about what a rule that demands one may fire on."""

from collections.abc import Mapping

from monitors.asking.fetching import Haul, ask_others
from monitors.life import Demand
from monitors.market import Snapshot
from monitors.models.instrument import WANTED
from monitors.rules.base import Direction
from monitors.symbols import Symbol
from stockwatch.fields import to_units


def seek(haul: Haul) -> None:
    """Ask about those of the quotes that reach a level of such a rule.

    Only about those, so that nothing is late and no request is spent while nothing happens.
    """
    newest = {str(one.symbol): one for one in sorted(haul.snapshots, key=lambda one: one.at)}
    if doubtful := _reaching(newest):
        ask_others(haul, doubtful)


def to_confirm_sql() -> str:
    """Return the query of the levels of such rules, by symbol, with the extremes known so far.

    Written out, as SQLite uses a partial index only where its condition stands in the statement.
    """
    return f"""WITH {WANTED.cte()} SELECT w.symbol, t.direction, t.level,
        CASE WHEN t.direction > 0 THEN coalesce(q.prompt_high, q.accepted_high)
             ELSE coalesce(q.prompt_low, q.accepted_low) END
        FROM wanted w CROSS JOIN monitors_instrument i CROSS JOIN monitors_trigger t
        CROSS JOIN monitors_quote q
        WHERE i.symbol = w.symbol AND t.instrument_id = i.id AND q.instrument_id = i.id
        AND t.demands >= {int(Demand.CONFIRMED)} AND NOT t.is_release"""


def _reaching(newest: Mapping[str, Snapshot]) -> dict[Symbol, Snapshot]:
    """Return the quotes that reach a level, by the price or by what touch may make of them."""
    rows = WANTED.run(to_confirm_sql(), [(symbol,) for symbol in newest])
    reaching = (
        newest[symbol]
        for symbol, direction, *units in rows
        if _reaches(newest[symbol], Direction(direction), *units)
    )
    return {snapshot.symbol: snapshot for snapshot in reaching}


def _reaches(snapshot: Snapshot, direction: Direction, level: int, known: int | None) -> bool:
    """Whether the price reaches a level, or an extreme of the day that was not known before."""
    sign = int(direction)
    extreme = snapshot.high if direction == Direction.UP else snapshot.low
    reaches = (to_units(snapshot.price) - level) * sign >= 0
    if extreme is None or known is None:
        return reaches
    found = to_units(extreme)
    return reaches or ((found - known) * sign > 0 and (found - level) * sign >= 0)
